/**
 * Checks `handed-over`. Reads may ask a new owner of a key only after the new owner has on disk what each living former
 * owner had before the change was known. A node may drop a key that it no longer owns only after every owner has the
 * node's data of the key on disk. Judged by the Host's record of each node's syncs. A key with deletes is not judged if
 * the store removes tombstones. If a fault may have destroyed a node's data, other nodes need not have what this node
 * had synced.
 */
import { keyedWorkloads, type Checker } from "../model/checker.ts";
import { conclude, notApplicable } from "../conclude.ts";
import { hasEffect } from "../model/fault-windows.ts";
import { faultsOver } from "../messages/because.ts";
import { milliseconds } from "../messages/operation-messages.ts";
import { positionOf } from "../evidence/position.ts";
import { versionsByWriter } from "../messages/version-messages.ts";
import type { Model } from "../model/model.ts";
import type { Key, NodeName, SyncEvent, VersionName } from "../language/history.ts";
import type { Anomaly, Judgement } from "../language/verdict.ts";

export const handedOver: Checker<"handed-over"> = {
  name: "handed-over",
  meaning:
    "reads ask a new owner of a key only after it has synced all that the earlier owners held, and a node drops a key that it no longer owns only after every owner has synced all that the node held",
  predicate:
    "By the time a node first uses a ring by which reads ask the new owners of a key, each new owner has synced every version that a living earlier owner had synced before this earlier owner or the version's coordinator learned of the change. By the time a node drops a key that it no longer owns, each owner has synced every version that the node held. A version counts for those that it replaces. Not judged: what a node held if its disk may have lost data, and deleted keys if tombstones are removed.",
  source:
    "quorate's own rule, judged by the syncs that each node's Host recorded; Apache Cassandra's documentation, Adding, replacing, moving and removing nodes.",
  needs: ["evidence", "versions", "quorums"],
  workloads: keyedWorkloads,
  check: judgeHandedOver,
};

function judgeHandedOver(model: Model): Judgement {
  const findings = [...readsMoved(model), ...dropped(model)];
  if (findings.length === 0)
    return notApplicable(
      "no key that an earlier owner had synced before the change got a new owner, and no node dropped a key that it no longer owned; deleted keys do not count if tombstones are removed, nor does what a node held if a fault may have taken data from its disk",
    );
  return conclude({
    anomalies: findings.flatMap(({ anomaly }) => anomaly ?? []),
    undecided: findings.flatMap(({ undecided }) => undecided ?? []),
    judged: findings.length,
    measurements: { drops: model.evidence.drops.length },
  });
}

/**
 * One judged case. If there is neither an anomaly nor a reason why the case is undecided, the guarantee holds in this
 * case.
 */
interface Finding {
  readonly anomaly?: Anomaly;
  readonly undecided?: string;
}

/**
 * Judges the keys whose reads move to new owners: by then, a new owner must have what each earlier owner had. Nodes
 * that never use the new ring do not count, nor do earlier owners whose data a fault may have destroyed.
 */
function readsMoved(model: Model): readonly Finding[] {
  const { rings } = model;
  return rings.versions.flatMap((ring, index, all) => {
    const before = all[index - 1];
    // Reads move only after a version of the ring in which writes go to the old and to the new owners.
    if (before === undefined || before.writes.length < 2) return [];
    const from = all.slice(0, index).findLast(({ writes }) => writes.length < 2);
    const begin = all.find(({ version }) => version > (from?.version ?? -1)) ?? before;
    const movedUs = rings.beganUs(ring.version);
    return Object.entries(ring.reads.preference).flatMap(([key, owners]) => {
      const earlier = before.reads.preference[key] ?? [];
      if (mayHaveGone(model, key)) return [];
      // A node that never uses this version or a newer one counts as dead for good.
      const uses = (node: NodeName): boolean => usedFromUs(model, node, ring.version) < Infinity;
      const newOwners = owners.filter((node) => !earlier.includes(node) && uses(node));
      const sources = earlier.filter((node) => uses(node) && !mayHaveLost(model, node));
      return newOwners.flatMap((to) =>
        sources.flatMap((source): readonly Finding[] => {
          const learnedUs = usedFromUs(model, source, begin.version);
          const held = heldBefore(model, source, key, ({ atUs }) => atUs < learnedUs);
          const written = writtenByOldRing(model, source, key, begin.version);
          const versions = [...new Set([...held.versions, ...written])];
          const lacks = lackedBy(model, [to], key, versions, movedUs);
          if (versions.length === 0) return [];
          if (lacks.length === 0) return [{}];
          if (!model.evidence.complete(to, -Infinity, Infinity))
            return [{ undecided: `evidence of ${to} is missing` }];
          return [{ anomaly: movedTooEarly(model, { source, key, lacks, movedUs }) }];
        }),
      );
    });
  });
}

/** The time from which the node used this version of the ring or a newer one. Infinity: it never did. */
const usedFromUs = ({ rings }: Model, node: NodeName, version: number): number =>
  rings
    .adoptions(node, -Infinity, Infinity)
    .find(({ atUs, ring }) => atUs > -Infinity && ring.version >= version)?.atUs ?? Infinity;

/**
 * The versions of writes that the node received and first synced while their coordinators did not yet use the version
 * `begin` of the ring or a newer one. These writes went to the earlier owners alone.
 */
const writtenByOldRing = (
  model: Model,
  node: NodeName,
  key: Key,
  begin: number,
): readonly VersionName[] =>
  model.evidence
    .storesReceived(node, key)
    .filter(({ cause }) => cause === "write")
    .flatMap(({ atUs, peer, versions }) => {
      const learnedUs = usedFromUs(model, peer, begin);
      // A node that joined later may send versions that are older than itself.
      if (atUs >= learnedUs) return [];
      const { syncs } = model.evidence;
      return versions.filter((version) => {
        const sync = syncs.firstNamed(node, key, version);
        return sync !== undefined && sync.atUs < learnedUs;
      });
    });

/** Judges the drops of keys by nodes that no longer owned them. */
function dropped(model: Model): readonly Finding[] {
  const { evidence, rings } = model;
  return evidence.drops.flatMap(({ sync, key }): readonly Finding[] => {
    if (mayHaveGone(model, key) || mayHaveLost(model, sync.node)) return [];
    const held = heldBefore(model, sync.node, key, (other) => positionOf(other) < positionOf(sync));
    // The record of the drop may be synced later than the drop itself, when other nodes own the key. Therefore the
    // owners count of each ring that the node used since its last sync of the key, and one of these rings must be
    // satisfied.
    const owners = rings
      .of(sync.node, held.sinceUs ?? sync.atUs, sync.atUs)
      .map(({ writes, members }) =>
        (writes.at(-1)?.preference[key] ?? []).filter((node) => members.includes(node)),
      )
      .filter((nodes) => !nodes.includes(sync.node));
    const lacking = owners.map((nodes) => lackedBy(model, nodes, key, held.versions, sync.atUs));
    const least = lacking.sort((a, b) => a.length - b.length)[0] ?? [];
    const missing = least.find(({ node }) => !evidence.complete(node, -Infinity, Infinity));
    if (missing !== undefined) return [{ undecided: `evidence of ${missing.node} is missing` }];
    return [least.length > 0 ? { anomaly: droppedTooEarly(model, sync, key, least) } : {}];
  });
}

/** Whether a fault may have destroyed data of the node, synced or not. */
const mayHaveLost = ({ faults }: Model, node: NodeName): boolean =>
  faults.some(
    (fault) => fault.nodes.has(node) && hasEffect(fault, "synced-data-lost", "unsynced-data-lost"),
  );

/**
 * Whether the removal of a tombstone may have taken data of the key that the node had synced. It is then unknown what
 * the node held when it dropped the key.
 */
const mayHaveGone = ({ run, keys }: Model, key: Key): boolean =>
  run.deletes !== undefined && (keys.get(key) ?? []).some(({ f }) => f === "delete");

interface Held {
  readonly versions: readonly VersionName[];
  /** The time of the last sync. Absent: there was none. */
  readonly sinceUs?: number;
}

interface Lack {
  readonly node: NodeName;
  readonly version: VersionName;
}

/**
 * What the node had last synced of the key in the syncs that `counts` accepts. Stamps: the version with the largest
 * stamp. Siblings: the versions of the last record.
 */
function heldBefore(
  { evidence, run }: Model,
  node: NodeName,
  key: Key,
  counts: (sync: SyncEvent) => boolean,
): Held {
  const records = evidence.dataSyncs(node, key).filter(({ sync }) => counts(sync));
  const last = records.at(-1);
  if (last === undefined) return { versions: [] };
  const sinceUs = last.sync.atUs;
  if (run.versions !== "stamps") return { versions: last.record.versions, sinceUs };
  const [first, ...more] = records.flatMap(({ record }) => record.versions);
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

/** The anomaly of reads that moved to a new owner before the new owner had what `source` held. */
function movedTooEarly(
  model: Model,
  {
    source,
    key,
    lacks,
    movedUs,
  }: {
    readonly source: NodeName;
    readonly key: Key;
    readonly lacks: readonly Lack[];
    readonly movedUs: number;
  },
): Anomaly {
  const to = lacks[0]?.node;
  return {
    guarantee: "handed-over",
    explanation:
      `from ${milliseconds(movedUs)} on reads of ${key} could ask ${to}, a new owner, but by then ${to} had not synced ` +
      versionsByWriter(
        model,
        key,
        lacks.map(({ version }) => version),
      ),
    because: [
      `${source}, an earlier owner, had synced the missing data before ${source} or the coordinator of the write learned of the change`,
      ...faultsOver(model, key, -Infinity, movedUs),
    ],
    operations: writesOf(model, key, lacks),
    key,
    atUs: movedUs,
  };
}

function droppedTooEarly(
  model: Model,
  { node, atUs }: SyncEvent,
  key: Key,
  lacks: readonly Lack[],
): Anomaly {
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
    operations: writesOf(model, key, lacks),
    key,
    atUs,
  };
}

/** The operations that wrote the lacking versions, at most five. */
function writesOf(model: Model, key: Key, lacks: readonly Lack[]): Anomaly["operations"] {
  const writers = model.writers(key);
  const wrote = new Set(lacks.flatMap(({ version }) => writers.byVersion(version)?.op ?? []));
  return [...wrote].slice(0, 5);
}
