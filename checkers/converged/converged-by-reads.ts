/**
 * Judges `converged` without inspection: the last reads of each key that must converge, one through each node, must
 * return the same values. Different values prove nothing if the final phase did not become quiet and some of the reads
 * began before the time for repair had passed.
 */
import { lastReadsOf } from "../model/last-reads.ts";
import { allOf, milliseconds, returned, together } from "../messages/operation-messages.ts";
import { faultsOver } from "../messages/because.ts";
import { conclude, notApplicable } from "../conclude.ts";
import { convergingKeys } from "./final-phase.ts";
import { keysOf } from "../model/model.ts";
import { fromLastReads } from "../model/checker.ts";
import type { Model } from "../model/model.ts";
import type { Operation } from "../columnar/operation.ts";
import type { Key } from "../language/history.ts";
import type { Anomaly, Judgement } from "../language/verdict.ts";

export function convergedByReads(model: Model): Judgement {
  const keys = promisedKeys(model);
  if (keys.length === 0)
    return notApplicable(
      "no repair mechanism covers any key, so the replicas need not become equal",
    );
  const anomalies: Anomaly[] = [];
  const undecided: string[] = [];
  let judged = 0;
  let equal = 0;
  for (const key of keys) {
    const { reads, missing } = lastReadsOf(model, key);
    const differ = new Set(reads.map(valuesOf)).size > 1;
    if (differ && isLateEnough(model, reads)) {
      judged++;
      anomalies.push(anomalyOf(model, key, reads));
    } else if (differ)
      undecided.push(
        `the last reads of ${key} differ, but repair may take ${milliseconds(model.run.bounds.convergeUs)} after the end of the faults, and not all of these reads began that late`,
      );
    else if (missing.length > 0)
      undecided.push(`no read of ${key} through ${allOf(missing)} succeeded in the final phase`);
    else {
      judged++;
      equal++;
    }
  }
  return conclude({
    anomalies,
    undecided,
    judged,
    judgedFrom: fromLastReads(model.run, ["inspection", "quorums", "repair"]),
    measurements: { keys: keys.length, equal },
  });
}

/**
 * The keys whose replicas must become equal: all keys if the store has anti-entropy, or if its repair or its quorums
 * are unknown, otherwise those that `convergingKeys` names.
 */
function promisedKeys(model: Model): readonly Key[] {
  const { has, repair } = model.run;
  return has.has("repair") && has.has("quorums") && !repair.antiEntropy
    ? [...convergingKeys(model).keys()]
    : keysOf(model);
}

/** A text that is equal for reads that returned the same values. Tombstones are left out. */
const valuesOf = ({ versions }: Operation): string =>
  JSON.stringify(versions.flatMap(({ value }) => value ?? []).sort());

function isLateEnough({ phases, run }: Model, reads: readonly Operation[]): boolean {
  if (phases.some(({ phase }) => phase === "quiet")) return true;
  const healed = phases.findLast(({ phase }) => phase === "healed" || phase === "restarted");
  if (healed === undefined) return false;
  return reads.every(({ startUs }) => startUs >= healed.atUs + run.bounds.convergeUs);
}

function anomalyOf(model: Model, key: Key, reads: readonly Operation[]): Anomaly {
  const shown = together(reads.map((read) => [read.node, returned(read.versions)] as const)).map(
    ([nodes, what]) => `${what} through ${allOf(nodes)}`,
  );
  const atUs = reads.at(-1)?.endUs ?? 0;
  return {
    guarantee: "converged",
    explanation: `the last reads of ${key} still differ: ${shown.join("; ")}`,
    operations: reads.slice(0, 5).map(({ op }) => op),
    key,
    atUs,
    because: faultsOver(model, key, -Infinity, atUs),
  };
}
