/**
 * Checks `no-resurrection`, for stamps and for siblings: a read may not return what a delete superseded, if that delete
 * was acknowledged before the read began. If stamps order the writes and the run has a bound for tombstones, only
 * deletes that every replica received in time count (heard-deletes.ts), unless the user claims the guarantee.
 */
import { heardByAllUs } from "./heard-deletes.ts";
import { keyedWorkloads, type Checker } from "../model/checker.ts";
import { isDelete, isOk } from "../columnar/operation-table.ts";
import { conclude, notApplicable } from "../conclude.ts";
import { faultsOver, repliesOf, replicasBehind, seenWithout } from "../messages/because.ts";
import { apart, brief, named } from "../messages/operation-messages.ts";
import { noneResurrected } from "../siblings/sibling-rules.ts";
import { repairsOf } from "../messages/repairs.ts";
import { siblingRule } from "../siblings/siblings.ts";
import type { Model } from "../model/model.ts";
import type { Operation } from "../columnar/operation.ts";
import type { Anomaly, Judgement } from "../language/verdict.ts";

const noDelete = "no delete was acknowledged before a read";
const amongSiblings = siblingRule(noneResurrected);

export const noResurrection: Checker<"no-resurrection"> = {
  name: "no-resurrection",
  meaning: "nothing that an acknowledged delete superseded is read again",
  predicate:
    "A read that begins after a delete was acknowledged returns nothing that the delete superseded: with stamps no version with a smaller stamp, with siblings no version in the context of the delete. Where the run may outlast the grace time of tombstones, a delete is judged only if every replica received it, and two request timeouts without faults passed after that, before the first tombstone was dropped. Then only reads that begin after every replica had received the delete are judged.",
  source: "Apache Cassandra's documentation, Tombstones: zombie data.",
  needs: ["versions"],
  workloads: keyedWorkloads,
  check: judgeNoResurrection,
};

function judgeNoResurrection(model: Model): Judgement {
  const { f, outcome, count } = model.columns.table;
  if (!f.subarray(0, count).some((of, row) => of === isDelete && outcome[row] === isOk))
    return notApplicable(noDelete);
  return model.run.versions === "stamps" ? byStamp(model) : amongSiblings(model);
}

/** Judges stores in which the last write wins: a delete supersedes every version with a smaller stamp. */
function byStamp(model: Model): Judgement {
  const anomalies: Anomaly[] = [];
  let judged = 0;
  for (const [key, operations] of model.keys) {
    const writers = model.writers(key);
    const deletes = operations
      .filter(({ f, outcome }) => f === "delete" && outcome === "ok")
      .flatMap((one) => {
        const stamp = writers.versionOf(one);
        const fromUs = standsFromUs(model, one, stamp);
        return fromUs === undefined ? [] : [{ one, stamp, fromUs }];
      })
      .sort((a, b) => a.fromUs - b.fromUs);
    // The reads are in the order of invocations, and so of time.
    const reads = operations.filter(({ f, outcome }) => f === "read" && outcome === "ok");
    let newest: (typeof deletes)[number] | undefined;
    let next = 0;
    for (const read of reads) {
      for (
        let deleted = deletes[next];
        deleted !== undefined && deleted.fromUs < read.startUs;
        deleted = deletes[++next]
      ) {
        if (newest === undefined || (deleted.stamp ?? "") > (newest.stamp ?? "")) newest = deleted;
      }
      if (newest === undefined) continue;
      judged++;
      const versioned = read.versions[0];
      const { one: deleted, stamp } = newest;
      if (
        versioned === undefined ||
        versioned.value === null ||
        stamp === undefined ||
        writers.rank(versioned) >= stamp
      )
        continue;
      const writer = writers.of(versioned);
      const explanation = `${named(read)} returned ${versioned.value}, although ${brief(deleted)}, newer by stamp, was acknowledged ${apart(read.startUs - deleted.endUs)} before the read began`;
      const because = [
        ...repliesOf(model, read),
        ...replicasBehind(model, deleted, stamp, read),
        ...seenWithout(model, deleted, stamp, read.endUs),
        ...repairsOf(model, key, versioned.version, [deleted.endUs, read.endUs]),
        ...faultsOver(model, key, deleted.startUs, read.endUs),
      ];
      const witnesses = [...(writer === undefined ? [] : [writer.op]), deleted.op, read.op];
      anomalies.push({
        guarantee: "no-resurrection",
        explanation,
        operations: witnesses,
        key,
        atUs: read.endUs,
        ...(because.length === 0 ? {} : { because }),
      });
    }
  }
  return judged === 0 ? notApplicable(noDelete) : conclude({ anomalies, judged });
}

/**
 * The time from which no read may return what the delete superseded. Undefined: the store does not promise that for
 * this delete. If the run has no bound for tombstones or the user claims the guarantee, it covers every delete from its
 * acknowledgement on.
 */
function standsFromUs(
  model: Model,
  deleted: Operation,
  stamp: string | undefined,
): number | undefined {
  const { run } = model;
  if (run.bounds.tombstone === undefined || run.claimed.includes("no-resurrection"))
    return deleted.endUs;
  return stamp === undefined ? undefined : heardByAllUs(model, deleted, stamp);
}
