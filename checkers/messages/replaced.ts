/** Replicas that replaced a newer version by an older one. No verdict uses this. */
import { milliseconds } from "./operation-messages.ts";
import { versionsByWriter } from "./version-messages.ts";
import type { Model } from "../model/model.ts";
import type { Key, NodeName, VersionName } from "../language/history.ts";

/**
 * If the last write wins: a sentence for each node that replaced a newer version of the key by an older one until
 * `untilUs`, without a restart in between. The sentence is about the last time. If the store removes tombstones,
 * replaced tombstones are left out.
 */
export function olderInPlace(model: Model, key: Key, untilUs: number): string[] {
  if (model.run.versions !== "stamps") return [];
  const writers = model.writers(key);
  const held = new Map<NodeName, { readonly boot: number; readonly version: VersionName }>();
  const said = new Map<NodeName, string>();
  for (const { node, boot, records, recovered, atUs } of model.evidence.syncEvents) {
    if (atUs > untilUs) continue;
    for (const record of records) {
      const [version] = record.versions;
      if (record.key !== key || record.hintFor !== undefined || version === undefined) continue;
      const before = held.get(node);
      held.set(node, { boot, version });
      if (recovered === true || before === undefined || before.boot !== boot) continue;
      const wasDeleted = writers.byVersion(before.version)?.f === "delete";
      // A removed tombstone leaves no version, so any version may follow it.
      if (before.version > version && !(wasDeleted && model.run.deletes !== undefined))
        said.set(
          node,
          `at ${milliseconds(atUs)} ${node} replaced ${versionsByWriter(model, key, [before.version])}, which has the higher stamp, by ${versionsByWriter(model, key, [version])}`,
        );
    }
  }
  return [...said.values()];
}
