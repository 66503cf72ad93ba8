/**
 * Checks `unique-stamps`: if the last write wins, no two writes of a key may get equal stamps, whichever nodes give
 * them.
 */
import { brief, milliseconds, named } from "../messages/operation-messages.ts";
import { conclude, notApplicable } from "../conclude.ts";
import { tiesOf } from "../messages/ties.ts";
import type { Checker } from "../model/checker.ts";
import type { Model } from "../model/model.ts";
import type { Operation } from "../columnar/operation.ts";
import type { Key, VersionName } from "../language/history.ts";
import type { Anomaly, Judgement } from "../language/verdict.ts";

export const uniqueStamps: Checker<"unique-stamps"> = {
  name: "unique-stamps",
  meaning: "no two writes of a key get equal stamps",
  predicate:
    "Under last write wins no two writes of a key carry equal stamps in acknowledgements, reads, and the requests that coordinators send to replicas.",
  source: "Kingsbury, Jepsen: Cassandra, 2013, shows what equal timestamps lose.",
  needs: ["stamps"],
  workloads: ["register"],
  check: judgeUniqueStamps,
};

function judgeUniqueStamps(model: Model): Judgement {
  const anomalies: Anomaly[] = [];
  let judged = 0;
  for (const [key, operations] of model.keys) {
    judged += operations.filter(({ f, outcome }) => f !== "read" && outcome === "ok").length;
    for (const [stamp, writes] of tiesOf(model, key))
      anomalies.push(anomalyOf(model, key, stamp, writes));
  }
  return judged === 0 && anomalies.length === 0
    ? notApplicable("no write was acknowledged")
    : conclude({ anomalies, judged });
}

function anomalyOf(
  model: Model,
  key: Key,
  stamp: VersionName,
  [first, second, ...more]: readonly Operation[],
): Anomaly {
  if (first === undefined || second === undefined)
    throw new RangeError(`expected two writes under the stamp ${stamp}`);
  const others =
    more.length === 0 ? "" : ` (and ${more.length} more ${more.length === 1 ? "write" : "writes"})`;
  const stale = staleRead(model, first, second);
  return {
    guarantee: "unique-stamps",
    explanation: `${named(first)} and ${named(second)}${others} got the same stamp, ${stamp}`,
    operations: [first.op, second.op, ...(stale === undefined ? [] : [stale.op])],
    key,
    atUs: second.endUs,
    because: [
      `${first.client} asked ${first.node} at ${milliseconds(first.startUs)}, ${second.client} asked ${second.node} at ${milliseconds(second.startUs)}`,
      ...(stale === undefined
        ? []
        : [
            `${named(stale)} returned the value of ${brief(first)}, although ${brief(second)} began after ${brief(first)} had ended and was acknowledged before the read began`,
          ]),
    ],
  };
}

/**
 * A read that returned the first write although it should have returned the second: the second began after the first
 * had ended, and was acknowledged before the read began. Undefined: there is none.
 */
function staleRead(model: Model, first: Operation, second: Operation): Operation | undefined {
  if (first.outcome !== "ok" || second.outcome !== "ok" || first.endUs >= second.startUs)
    return undefined;
  const writers = model.writers(first.key);
  return (model.keys.get(first.key) ?? []).find(
    (read) =>
      read.f === "read" &&
      read.outcome === "ok" &&
      read.startUs > second.endUs &&
      read.versions.some((shown) => writers.of(shown) === first),
  );
}
