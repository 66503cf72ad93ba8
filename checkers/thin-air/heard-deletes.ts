/**
 * Decides which deletes last although the store removes tombstones after a while: those whose tombstone every replica
 * had received before the first replica dropped it (Apache Cassandra's documentation, Tombstones). Evidence decides
 * this for each delete, since settings alone promise nothing.
 */
import type { Operation } from "../columnar/operation.ts";
import type { NodeName, VersionName } from "../language/history.ts";
import type { Model } from "../model/model.ts";

/**
 * The time from which nothing can bring back what the delete superseded. By then each replica had the tombstone or
 * something newer durable, unless it never had the key. After that, there must be two request timeouts without a fault,
 * and all older versions that were under way must have arrived, before the first tombstone may be removed.
 *
 * @param stamp The stamp of the delete.
 * @returns The time in microseconds. Undefined: some replica may have received the delete too late, or the evidence
 * does not show when it did.
 */
export function heardByAllUs(
  model: Model,
  { key, endUs }: Pick<Operation, "key" | "endUs">,
  stamp: VersionName,
): number | undefined {
  const { run, evidence, faults } = model;
  const { tombstone } = run.bounds;
  const replicas = run.preference[key];
  if (tombstone === undefined || replicas === undefined) return undefined;
  if (!run.has.has("evidence") || model.foreign !== null || evidence.gapCount() > 0)
    return undefined;
  if (run.nodes.some((node) => evidence.hintSyncs.hasOlder(node, key, stamp))) return undefined;
  let heardUs = endUs;
  let droppedUs = Infinity;
  for (const node of replicas) {
    const heard = evidence.syncs.first("stamps", node, key, stamp);
    if (heard === undefined && evidence.syncs.hasOlder(node, key, stamp)) return undefined;
    if (heard === undefined) continue;
    heardUs = Math.max(heardUs, heard.atUs);
    droppedUs = Math.min(droppedUs, heard.atUs + tombstone.keptUs);
  }
  // A node that began a read or write earlier may still send messages, and a fault, such as a pause, may delay them. So
  // waits for two request timeouts without any fault.
  const quietUs = quietSince(
    faults.filter(({ fromUs, toUs }) => toUs > heardUs && fromUs < droppedUs),
    heardUs,
    2 * tombstone.requestUs,
  );
  if (quietUs >= droppedUs) return undefined;
  return replicas.some((node) => isUnderWay(model, { node, key }, stamp, droppedUs))
    ? undefined
    : heardUs;
}

/** The end of the first period of `lengthUs` without faults that begins at or after `fromUs`. */
function quietSince(
  faults: readonly { readonly fromUs: number; readonly toUs: number }[],
  fromUs: number,
  lengthUs: number,
): number {
  let startUs = fromUs;
  for (const fault of [...faults].sort((a, b) => a.fromUs - b.fromUs)) {
    if (fault.fromUs >= startUs + lengthUs) break;
    startUs = Math.max(startUs, fault.toUs);
  }
  return startUs + lengthUs;
}

/**
 * Whether an older version was sent to the node before `byUs` and arrived at `byUs` or later. Links may hold a message
 * for long.
 */
function isUnderWay(
  { evidence }: Model,
  { node, key }: { readonly node: NodeName; readonly key: string },
  stamp: VersionName,
  byUs: number,
): boolean {
  return evidence
    .storesReceived(node, key)
    .some(
      (received) =>
        received.atUs >= byUs &&
        received.versions.some((version) => version < stamp) &&
        sentUs(evidence, received) < byUs,
    );
}

/** The time at which the received request was sent. −Infinity: no record of the sending exists. */
function sentUs(
  evidence: Model["evidence"],
  received: ReturnType<Model["evidence"]["storesReceived"]>[number],
): number {
  const sendings =
    received.cause === "write"
      ? evidence.storeRequests.get(received.trace ?? -1)
      : evidence.repairs(received.key);
  return (
    sendings?.findLast(
      (sent) =>
        sent.node === received.peer &&
        sent.peer === received.node &&
        sent.request === received.request &&
        sent.atUs <= received.atUs,
    )?.atUs ?? -Infinity
  );
}
