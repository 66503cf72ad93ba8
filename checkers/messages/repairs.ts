/** The nodes to which repairs sent a version of a key. No verdict uses this. */
import { brief, milliseconds } from "./operation-messages.ts";
import { versionsByWriter } from "./version-messages.ts";
import type { StoreRequest } from "../evidence/evidence-index.ts";
import type { Model } from "../model/model.ts";
import type { Key, NodeName, VersionName } from "../language/history.ts";

/**
 * A sentence for each node to which a repair sent the version in [fromUs, toUs]. The sentence is about the first such
 * repair only, since two nodes may send a version back and forth for ever.
 */
export function repairsOf(
  model: Model,
  key: Key,
  version: VersionName,
  [fromUs, toUs]: readonly [number, number] = [-Infinity, Infinity],
): string[] {
  const first = new Map<NodeName, StoreRequest>();
  for (const repair of [...model.evidence.repairs(key)].sort((a, b) => a.atUs - b.atUs)) {
    if (
      repair.atUs >= fromUs &&
      repair.atUs <= toUs &&
      repair.versions.includes(version) &&
      !first.has(repair.peer)
    )
      first.set(repair.peer, repair);
  }
  return [...first.values()].map((repair) => sentence(model, repair));
}

function sentence(model: Model, repair: StoreRequest): string {
  const { node, peer, key, versions, atUs } = repair;
  const to =
    peer === node
      ? "itself"
      : (model.rings.everOwned(key) ?? []).includes(peer)
        ? peer
        : `${peer}, which is no replica of ${key},`;
  return `${node} sent ${to} ${versionsByWriter(model, key, versions)} at ${milliseconds(atUs)}, by ${repairName(model, repair)}`;
}

/** The kind of a repair, and the operation that caused it if any: `anti-entropy`, `read-repair of read 3`. */
export function repairName(model: Model, { cause, trace }: StoreRequest): string {
  const by = trace === undefined ? undefined : model.operation.get(trace);
  return by === undefined ? cause : `${cause} of ${brief(by)}`;
}
