/** Replicas that removed a delete's tombstone. No verdict uses this. */
import { containsVersion } from "../evidence/contains.ts";
import { brief, milliseconds } from "./operation-messages.ts";
import { tombstoneDrops } from "./dropped-tombstones.ts";
import { repairsOf } from "./repairs.ts";
import { versionsByWriter } from "./version-messages.ts";
import type { Model } from "../model/model.ts";
import type { Key } from "../language/history.ts";
import type { Operation } from "../columnar/operation.ts";

/**
 * Sentences about the key's last acknowledged delete whose tombstone some replica removed: which replicas removed the
 * tombstone, and at most three times that a repair later sent deleted data to a node.
 */
export function cameBack(model: Model, key: Key, untilUs: number): string[] {
  const writers = model.writers(key);
  const writes = (model.keys.get(key) ?? []).filter(({ f }) => f !== "read");
  for (const of of [...writes].reverse()) {
    const gone = of.outcome === "ok" ? tombstonesGone(model, of, untilUs) : [];
    const own = writers.versionOf(of);
    if (gone.length === 0 || own === undefined) continue;
    const older = writes.filter((one) => {
      const version = writers.versionOf(one);
      if (version === undefined || one.f !== "write") return false;
      return model.run.versions === "stamps" ? version < own : one.endUs < of.startUs;
    });
    const returned = older.flatMap((one) =>
      repairsOf(model, key, writers.versionOf(one) ?? "", [of.endUs, untilUs]),
    );
    return [...gone, ...returned.slice(0, 3)];
  }
  return [];
}

/**
 * A sentence for each replica that had the delete's tombstone durable and later showed the key without it. The sentence
 * is about the first such answer or inspection.
 */
function tombstonesGone(model: Model, of: Operation, untilUs: number): string[] {
  const { run, rings, evidence, inspections } = model;
  const version = model.writers(of.key).versionOf(of);
  if (of.f !== "delete" || run.deletes === undefined || version === undefined) return [];
  const answers = evidence.told.filter(({ key }) => key === of.key);
  return (rings.everOwned(of.key) ?? []).flatMap((node) => {
    const sync = evidence.syncs.firstNamed(node, of.key, version);
    if (sync === undefined) return [];
    const shown = [
      ...answers.filter((told) => told.node === node),
      ...inspections.flatMap(({ node: inspected, atUs, state }) => {
        const held = Object.hasOwn(state, of.key) ? state[of.key] : undefined;
        return inspected === node
          ? [
              {
                atUs,
                versions: held?.versions.map((one) => one.version) ?? [],
                context: held?.context,
              },
            ]
          : [];
      }),
    ]
      .filter(({ atUs }) => atUs > sync.atUs && atUs <= untilUs)
      .sort((a, b) => a.atUs - b.atUs)
      .find(
        ({ versions, context }) =>
          !containsVersion(
            run.versions,
            { versions, ...(context === undefined ? {} : { context }) },
            version,
          ),
      );
    if (shown === undefined) return [];
    const synced = `${node} had synced the tombstone of ${brief(of)} at ${milliseconds(sync.atUs)}`;
    const drops = tombstoneDrops(evidence, node, of.key, [sync.atUs, shown.atUs]);
    const [at, held] = [milliseconds(shown.atUs), versionsByWriter(model, of.key, shown.versions)];
    return [
      drops === undefined
        ? `${synced}, but no longer held the tombstone at ${at}: ${node} then held ${held}`
        : `${synced}, ${drops}, and at ${at} held ${held}`,
    ];
  });
}
