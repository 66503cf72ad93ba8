/**
 * no-resurrection: nothing that a delete superseded, acknowledged before the read began, is read again. Both models.
 */
import { keyedWorkloads, type Checker } from "../model/checker.ts";
import { isDelete, isOk } from "../columnar/operation-table.ts";
import { conclude, notApplicable } from "../conclude.ts";
import { faultsOver, repliesOf, replicasBehind, seenWithout } from "../messages/because.ts";
import { brief, milliseconds, named } from "../messages/operation-messages.ts";
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
    "A read that begins after a delete was acknowledged returns nothing that the delete superseded: no smaller stamp, or no version in the context of the delete.",
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

/** Last write wins: a delete supersedes every smaller stamp. */
function byStamp(model: Model): Judgement {
  const anomalies: Anomaly[] = [];
  let judged = 0;
  for (const [key, operations] of model.keys) {
    const writers = model.writers(key);
    const deletes = operations
      .filter(({ f, outcome }) => f === "delete" && outcome === "ok")
      .sort((a, b) => a.endUs - b.endUs);
    // In the order of their invocations, which is that of time.
    const reads = operations.filter(({ f, outcome }) => f === "read" && outcome === "ok");
    let newest: Operation | undefined;
    let next = 0;
    for (const read of reads) {
      for (
        let one = deletes[next];
        one !== undefined && one.endUs < read.startUs;
        one = deletes[++next]
      ) {
        if (
          newest === undefined ||
          (writers.versionOf(one) ?? "") > (writers.versionOf(newest) ?? "")
        )
          newest = one;
      }
      if (newest === undefined) continue;
      judged++;
      const versioned = read.versions[0];
      const stamp = writers.versionOf(newest);
      if (
        versioned === undefined ||
        versioned.value === null ||
        stamp === undefined ||
        writers.rank(versioned) >= stamp
      )
        continue;
      const writer = writers.of(versioned);
      const explanation = `${named(read)} returned ${versioned.value}, although ${brief(newest)}, newer by stamp, was acknowledged ${milliseconds(read.startUs - newest.endUs)} before the read began`;
      const because = [
        ...repliesOf(model, read),
        ...replicasBehind(model, newest, stamp, read),
        ...seenWithout(model, newest, stamp, read.endUs),
        ...repairsOf(model, key, versioned.version, [newest.endUs, read.endUs]),
        ...faultsOver(model, key, newest.startUs, read.endUs),
      ];
      const witnesses = [...(writer === undefined ? [] : [writer.op]), newest.op, read.op];
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
