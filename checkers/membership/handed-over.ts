/**
 * Checks `handed-over`: a node may drop a key that it no longer owns only after every owner had the node's data of the
 * key durable. Judged by the Host's record of each node's syncs. A key with deletes is not judged if the store removes
 * tombstones. A node whose disk lost data is not judged, since it may have held less than it had synced.
 */
import { keyedWorkloads, type Checker } from "../model/checker.ts";
import { conclude, notApplicable } from "../conclude.ts";
import { hasEffect } from "../model/fault-windows.ts";
import { milliseconds } from "../messages/operation-messages.ts";
import { positionOf } from "../evidence/position.ts";
import { versionsByWriter } from "../messages/version-messages.ts";
import type { Model } from "../model/model.ts";
import type { Key, NodeName, SyncEvent, VersionName } from "../language/history.ts";
import type { Anomaly, Judgement } from "../language/verdict.ts";

export const handedOver: Checker<"handed-over"> = {
  name: "handed-over",
  meaning:
    "a node drops a key that it no longer owns only after every owner has synced all that the node held",
  predicate:
    "By the time a node drops a key that it no longer owns, each owner has synced every version that the node held.",
  source:
    "quorate's own rule, judged by the syncs that each node's Host recorded; Apache Cassandra's documentation, Adding, replacing, moving and removing nodes.",
  needs: ["evidence", "versions", "quorums"],
  workloads: keyedWorkloads,
  check: judgeHandedOver,
};

function judgeHandedOver(model: Model): Judgement {
  const { evidence, rings, faults } = model;
  const drops = evidence.drops.filter(
    ({ sync, key }) =>
      !mayHaveGone(model, key) &&
      !faults.some(
        (fault) =>
          fault.nodes.has(sync.node) && hasEffect(fault, "synced-data-lost", "unsynced-data-lost"),
      ),
  );
  if (drops.length === 0)
    return notApplicable(
      "no node dropped a key that it no longer owned; drops of deleted keys, and drops on nodes whose disks a fault emptied or damaged, do not count",
    );
  const anomalies: Anomaly[] = [];
  const undecided: string[] = [];
  let judged = 0;
  for (const { sync, key } of drops) {
    const held = heldBefore(model, sync, key);
    // The record of the drop may be synced later than the drop itself, when other nodes own the key. Therefore the
    // owners count of each ring that the node used since its last sync of the key, and one of these rings must be
    // satisfied.
    const owners = rings
      .of(sync.node, held.sinceUs, sync.atUs)
      .map(({ writes, members }) =>
        (writes.at(-1)?.preference[key] ?? []).filter((node) => members.includes(node)),
      )
      .filter((nodes) => !nodes.includes(sync.node));
    const lacking = owners.map((nodes) => lackedBy(model, nodes, key, held.versions, sync.atUs));
    const least = lacking.sort((a, b) => a.length - b.length)[0] ?? [];
    const missing = least.find(({ node }) => !evidence.complete(node, -Infinity, Infinity));
    judged++;
    if (missing !== undefined) undecided.push(`evidence of ${missing.node} is missing`);
    else if (least.length > 0) anomalies.push(anomalyOf(model, sync, key, least));
  }
  return conclude({ anomalies, undecided, judged, measurements: { drops: drops.length } });
}

/**
 * Whether the removal of a tombstone may have taken data of the key that the node had synced. It is then unknown what
 * the node held when it dropped the key.
 */
const mayHaveGone = ({ run, keys }: Model, key: Key): boolean =>
  run.deletes !== undefined && (keys.get(key) ?? []).some(({ f }) => f === "delete");

interface Held {
  readonly versions: readonly VersionName[];
  readonly sinceUs: number;
}

interface Lack {
  readonly node: NodeName;
  readonly version: VersionName;
}

/**
 * What the node had last synced of the key before it dropped the key, and the time of the last sync. Stamps: the
 * version with the largest stamp. Siblings: the versions of the last record.
 */
function heldBefore({ evidence, run }: Model, drop: SyncEvent, key: Key): Held {
  const records = evidence
    .dataSyncs(drop.node, key)
    .filter(({ sync }) => positionOf(sync) < positionOf(drop));
  const versions = records.flatMap(({ record }) => record.versions);
  const sinceUs = records.at(-1)?.sync.atUs ?? drop.atUs;
  if (run.versions !== "stamps")
    return { versions: records.at(-1)?.record.versions ?? [], sinceUs };
  const [first, ...more] = versions;
  return {
    versions: first === undefined ? [] : [more.reduce((a, b) => (a > b ? a : b), first)],
    sinceUs,
  };
}

function lackedBy(
  { evidence, run }: Model,
  owners: readonly NodeName[],
  key: Key,
  held: readonly VersionName[],
  atUs: number,
): readonly Lack[] {
  return owners.flatMap((node) =>
    held.flatMap((version): readonly Lack[] => {
      const sync = evidence.syncs.first(run.versions, node, key, version);
      return sync !== undefined && sync.atUs <= atUs ? [] : [{ node, version }];
    }),
  );
}

function anomalyOf(
  model: Model,
  { node, atUs }: SyncEvent,
  key: Key,
  lacks: readonly Lack[],
): Anomaly {
  const writers = model.writers(key);
  const wrote = [...new Set(lacks.flatMap(({ version }) => writers.byVersion(version)?.op ?? []))];
  return {
    guarantee: "handed-over",
    explanation:
      `${node} dropped ${key}, which it no longer owned, at ${milliseconds(atUs)}, but ` +
      lacks
        .map(
          (lack) =>
            `${lack.node}, an owner, had not synced ${versionsByWriter(model, key, [lack.version])} by then`,
        )
        .join(", and "),
    operations: wrote.slice(0, 5),
    key,
    atUs,
  };
}
