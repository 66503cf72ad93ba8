/** Checks `no-aborted-read`: a write with a definite error may never be read, held by a replica or made durable. */
import { keyedWorkloads, type Checker } from "../model/checker.ts";
import { isFail, isOk, isRead } from "../columnar/operation-table.ts";
import { conclude } from "../conclude.ts";
import { brief, milliseconds, named } from "../messages/operation-messages.ts";
import type { Model } from "../model/model.ts";
import type { Operation } from "../columnar/operation.ts";
import type { Key, VersionedValue } from "../language/history.ts";
import type { Anomaly, Judgement } from "../language/verdict.ts";

/** A sign, as a clause, that a failed write took effect. `reader` is the read that showed it, if a read did. */
interface Effect {
  readonly sign: string;
  readonly reader?: Operation;
  readonly atUs: number;
}

export const noAbortedRead: Checker<"no-aborted-read"> = {
  name: "no-aborted-read",
  meaning: "a write that was answered with a definite error never takes effect",
  predicate:
    "No write that ended with a definite error is returned by a read, shown by an inspection or synced by a replica.",
  source: "G1a, aborted reads, in Adya, Weak Consistency, PhD thesis, MIT 1999, section 4.2.",
  needs: [],
  workloads: keyedWorkloads,
  check: judgeNoAbortedRead,
};

function judgeNoAbortedRead(model: Model): Judgement {
  const { table, views } = model.columns;
  const failed: Operation[] = [];
  let reads = 0;
  for (let row = 0; row < table.count; row++) {
    if (table.f[row] !== isRead && table.outcome[row] === isFail) failed.push(views.at(row));
    else if (table.f[row] === isRead && table.outcome[row] === isOk) reads++;
  }
  const effects = effectsOf(model, failed);
  const anomalies = failed.flatMap((write): Anomaly[] => {
    const effect = effects.get(write);
    if (effect === undefined) return [];
    const explanation = `${named(write)} ended with the definite error ${write.code}, but ${effect.sign}`;
    const operations = effect.reader === undefined ? [write.op] : [write.op, effect.reader.op];
    const because = madeDurable(model, write);
    return [
      {
        guarantee: "no-aborted-read",
        explanation,
        operations,
        key: write.key,
        atUs: effect.atUs,
        ...(because.length === 0 ? {} : { because }),
      },
    ];
  });
  // Each successful read was judged too: no failed write may have written what it returned.
  return conclude({
    anomalies,
    judged: failed.length + reads,
    measurements: { definiteErrors: failed.length },
  });
}

function effectsOf(model: Model, failed: readonly Operation[]): ReadonlyMap<Operation, Effect> {
  const effects = new Map<Operation, Effect>();
  const note = (
    key: Key,
    versioned: VersionedValue,
    effect: (write: Operation) => Effect,
  ): void => {
    const writer = model.writers(key).of(versioned);
    if (writer?.outcome === "fail" && !effects.has(writer)) effects.set(writer, effect(writer));
  };
  if (failed.length === 0) return effects;
  for (const reader of model.operations) {
    if (reader.f !== "read") continue;
    for (const versioned of reader.versions)
      note(reader.key, versioned, (write) => ({
        sign: `${named(reader)} returned ${brief(write)}`,
        reader,
        atUs: reader.endUs,
      }));
  }
  for (const { node, atUs, state } of model.inspections) {
    for (const [key, { versions }] of Object.entries(state)) {
      for (const versioned of versions)
        note(key, versioned, (write) => ({
          sign: `replica ${node} held ${brief(write)} at ${milliseconds(atUs)}`,
          atUs,
        }));
    }
  }
  for (const write of failed) {
    const node = effects.has(write) ? undefined : durableOn(model, write);
    if (node !== undefined)
      effects.set(write, {
        sign: `replica ${node} made ${brief(write)} durable`,
        atUs: write.endUs,
      });
  }
  return effects;
}

/** A sentence for each node that made a failed write durable, in the order of the syncs. */
function madeDurable({ evidence, run, writers }: Model, write: Operation): string[] {
  const version = writers(write.key).versionOf(write);
  if (version === undefined) return [];
  return run.nodes
    .flatMap((node) => evidence.syncs.firstNamed(node, write.key, version) ?? [])
    .sort((a, b) => a.atUs - b.atUs)
    .map(
      ({ node, atUs }) =>
        `${node} synced ${brief(write)} at ${milliseconds(atUs)}, ${milliseconds(Math.abs(write.endUs - atUs))} ${atUs <= write.endUs ? "before" : "after"} the client was told that the write had failed`,
    );
}

/** A node that synced the version of this write, according to the Host's evidence. Undefined: there is none. */
function durableOn({ evidence, run, writers }: Model, write: Operation): string | undefined {
  const version = writers(write.key).versionOf(write);
  return version === undefined
    ? undefined
    : run.nodes.find((node) => evidence.syncs.named(node, write.key, version));
}
