/**
 * Checks `no-dirty-read`: no replica may return a version to a reader before it has synced that version. What the Host
 * read from the disk when the node started counts as synced. Not judged with a periodic log.
 */
import { keyedWorkloads, type Checker } from "../model/checker.ts";
import { conclude, notApplicable } from "../conclude.ts";
import { milliseconds } from "../messages/operation-messages.ts";
import { positionOf } from "../evidence/position.ts";
import { versionsByWriter } from "../messages/version-messages.ts";
import type { Model } from "../model/model.ts";
import type { ReadReply } from "../evidence/evidence-index.ts";
import type { SyncEvent, VersionName } from "../language/history.ts";
import type { Anomaly, Judgement } from "../language/verdict.ts";

export const noDirtyRead: Checker<"no-dirty-read"> = {
  name: "no-dirty-read",
  meaning: "no replica returns data to a reader before it has synced the data",
  predicate:
    "For each reply of a replica to a reader: every version in it was synced on that replica before the reply was sent.",
  source: "quorate's own rule, judged by the syncs that each node's Host recorded.",
  needs: ["evidence", "versions", "quorums"],
  workloads: keyedWorkloads,
  check: judgeNoDirtyRead,
};

function judgeNoDirtyRead(model: Model): Judgement {
  const { run, evidence } = model;
  if (run.sync === "periodic")
    return notApplicable("the log is periodic: replicas show what they applied and sync it later");
  const anomalies: Anomaly[] = [];
  const undecided: string[] = [];
  let judged = 0;
  for (const reply of evidence.told) {
    if (run.preference[reply.key]?.includes(reply.node) !== true) continue;
    judged++;
    const dirty = reply.versions.filter((version) => !wasSynced(model, reply, version));
    if (dirty.length === 0) continue;
    if (evidence.complete(reply.node, -Infinity, positionOf(reply)))
      anomalies.push(anomalyOf(model, reply, dirty));
    else undecided.push(`evidence of ${reply.node} is missing`);
  }
  if (judged === 0) return notApplicable("no replica answered a reader");
  return conclude({ anomalies, undecided, judged });
}

/**
 * Whether the node had synced the version, as data or as a hint, before it replied. A node that has no data of its own
 * for the key may reply with a hint that it keeps for another replica.
 */
function wasSynced({ evidence }: Model, reply: ReadReply, version: VersionName): boolean {
  return [evidence.syncs, evidence.hintSyncs].some((syncs) => {
    const sync = syncs.firstNamed(reply.node, reply.key, version);
    return sync !== undefined && positionOf(sync) < positionOf(reply);
  });
}

function anomalyOf(model: Model, reply: ReadReply, dirty: readonly VersionName[]): Anomaly {
  const { node, key, atUs, trace } = reply;
  const writers = dirty.flatMap((version) => model.writers(key).byVersion(version)?.op ?? []);
  const synced = dirty.map((version): SyncEvent | undefined =>
    model.evidence.syncs.firstNamed(node, key, version),
  );
  const last = synced.every((sync) => sync !== undefined)
    ? `synced that data only at ${milliseconds(Math.max(...synced.map((sync) => sync.atUs)))}`
    : `never synced that data`;
  return {
    guarantee: "no-dirty-read",
    explanation: `${node} returned ${versionsByWriter(model, key, dirty)} of ${key} to ${reply.peer === node ? "a reader on the same node" : reply.peer} at ${milliseconds(atUs)}, but ${last}`,
    operations: [...writers, ...(trace === undefined ? [] : [trace])],
    key,
    atUs,
  };
}
