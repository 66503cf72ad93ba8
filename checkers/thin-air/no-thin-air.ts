/**
 * Checks `no-thin-air`: no read may return a value that nobody wrote, or whose write began only after the read had
 * ended.
 */
import { keyedWorkloads, type Checker } from "../model/checker.ts";
import { isOk, isRead } from "../columnar/operation-table.ts";
import { conclude } from "../conclude.ts";
import { faultsOver, repliesOf } from "../messages/because.ts";
import { brief, milliseconds, named, valueName } from "../messages/operation-messages.ts";
import { repairsOf } from "../messages/repairs.ts";
import type { Model } from "../model/model.ts";
import type { Operation } from "../columnar/operation.ts";
import type { Writers } from "../model/writers.ts";
import type { VersionedValue, VersionName } from "../language/history.ts";
import type { Anomaly, Judgement } from "../language/verdict.ts";

export const noThinAir: Checker<"no-thin-air"> = {
  name: "no-thin-air",
  meaning:
    "no read returns a value that was never written, or whose write began only after the read had ended",
  predicate:
    "For each acknowledged read and each version that it returns: some operation wrote that value and was invoked before the read ended.",
  source: "ThinAirRead in Bouajjani et al., On Verifying Causal Consistency, POPL 2017, section 3.",
  needs: [],
  workloads: keyedWorkloads,
  check: judgeNoThinAir,
};

function judgeNoThinAir(model: Model): Judgement {
  const { table, rows, authors, views } = model.columns;
  const anomalies: Anomaly[] = [];
  let judged = 0;
  for (const key of rows.keys) {
    const writers = model.writers(table.keys.textOf(key));
    for (const row of rows.of(key)) {
      if (table.f[row] !== isRead || table.outcome[row] !== isOk) continue;
      judged++;
      const first = table.firstVersion[row] as number;
      for (let at = first; at < first + (table.versionCount[row] as number); at++) {
        const writer = authors.of(table.version[at] as number, table.versionValue[at] as number);
        if (writer >= 0 && (table.startUs[writer] as number) <= (table.endUs[row] as number))
          continue;
        const read = views.at(row);
        const anomaly = thinAirRead(
          "no-thin-air",
          writers,
          read,
          read.versions[at - first] as VersionedValue,
        );
        if (anomaly !== null)
          anomalies.push(withCauses(model, anomaly, read, read.versions[at - first]?.version));
      }
    }
  }
  return conclude({ anomalies, judged });
}

/**
 * Adds causes to the anomaly, as far as they are known: what replicas replied to the read, how the value reached them
 * (at most two repairs), restarts of replicas that returned the value, and faults since the first of the anomaly's
 * operations began.
 */
function withCauses(
  model: Model,
  anomaly: Anomaly,
  read: Operation,
  version: VersionName | undefined,
): Anomaly {
  const began = Math.min(
    ...anomaly.operations.flatMap((op) => model.operation.get(op)?.startUs ?? []),
  );
  const shown = model.evidence
    .readReplies(read.op)
    .filter(({ versions }) => version !== undefined && versions.includes(version));
  const because = [
    ...repliesOf(model, read),
    ...(version === undefined
      ? []
      : repairsOf(model, read.key, version, [-Infinity, read.endUs]).slice(0, 2)),
    ...[...new Set(shown.map(({ peer }) => peer))].flatMap((node) => {
      const start = model.evidence
        .bootStarts(node)
        .findLast(({ atUs }) => atUs > began && atUs <= read.endUs);
      return start === undefined
        ? []
        : [`${node} had started again at ${milliseconds(start.atUs)}`];
    }),
    ...faultsOver(model, read.key, began, read.endUs),
  ];
  return because.length === 0 ? anomaly : { ...anomaly, because };
}

/**
 * The anomaly of a read that returned a value which nobody can have written before the read ended. Null: somebody may
 * have.
 */
export function thinAirRead(
  guarantee: string,
  writers: Writers,
  read: Operation,
  versioned: VersionedValue,
): Anomaly | null {
  const writer = writers.of(versioned);
  const at = { guarantee, key: read.key, atUs: read.endUs };
  const what = `${named(read)} returned ${valueName(versioned.value)}${versioned.version === (versioned.value ?? "") ? "" : ` (${versioned.version})`}`;
  if (writer === undefined) {
    if (
      versioned.value === null &&
      writers.anonymousDeletes.some((candidate) => candidate.startUs <= read.endUs)
    )
      return null;
    const owner = writers.byVersion(versioned.version);
    if (owner === undefined)
      return {
        ...at,
        explanation: `${what}, which no operation had written`,
        operations: [read.op],
      };
    const { value } = versioned;
    const cut =
      value !== null && value !== owner.value && owner.value?.startsWith(value) === true
        ? `: ${value} is the beginning of that write's value`
        : "";
    const explanation = `${named(read)} returned ${valueName(value)}, which no operation had written, under the version ${versioned.version} of ${brief(owner)}${cut}`;
    return { ...at, explanation, operations: [owner.op, read.op] };
  }
  if (writer.startUs <= read.endUs) return null;
  const early = milliseconds(writer.startUs - read.endUs);
  return {
    ...at,
    explanation: `${what}, although ${brief(writer)} was invoked only ${early} after the read ended`,
    operations: [writer.op, read.op],
  };
}
