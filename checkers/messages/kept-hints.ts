/** What became of the hints of a version for a node that lacks that version. No verdict uses this. */
import { milliseconds } from "./operation-messages.ts";
import { versionsByWriter } from "./version-messages.ts";
import type { StoreRequest } from "../evidence/evidence-index.ts";
import type { Model } from "../model/model.ts";
import type { Key, NodeName, VersionName } from "../language/history.ts";

/**
 * A sentence for each node that kept a hint of the key for the node `lacking`, in order of time. Nodes that kept their
 * first such hint after `untilUs` are left out.
 */
export function hintsFor(
  model: Model,
  key: Key,
  version: VersionName,
  lacking: NodeName,
  untilUs: number,
): string[] {
  const kept = new Map<NodeName, number>();
  for (const { node, what, key: of, detail, atUs } of model.evidence.explained)
    if (what === "hint kept" && of === key && detail === `for ${lacking}` && !kept.has(node))
      kept.set(node, atUs);
  return [...kept]
    .filter(([, atUs]) => atUs <= untilUs)
    .sort(([, a], [, b]) => a - b)
    .map(([keeper, atUs]) => sentence(model, { key, version, lacking, untilUs, keeper, atUs }));
}

interface KeptHint {
  readonly key: Key;
  readonly version: VersionName;
  readonly lacking: NodeName;
  readonly untilUs: number;
  readonly keeper: NodeName;
  readonly atUs: number;
}

function sentence(model: Model, hint: KeptHint): string {
  const { key, version, lacking, keeper, atUs } = hint;
  const durable = model.evidence.syncEvents.find(
    ({ node, records }) =>
      node === keeper &&
      records.some(
        (record) =>
          record.key === key && record.hintFor === lacking && record.versions.includes(version),
      ),
  );
  const what = durable === undefined ? key : versionsByWriter(model, key, [version]);
  const since = durable?.atUs ?? atUs;
  const memoryOnly = durable === undefined ? ", but never synced that hint" : "";
  return `${keeper} kept a hint of ${what} for ${lacking} at ${milliseconds(since)}${memoryOnly}, and ${whatBecame(model, hint)}`;
}

function whatBecame(
  model: Model,
  { key, version, lacking, keeper, atUs, untilUs }: KeptHint,
): string {
  const { evidence } = model;
  const isAfter = (event: { readonly atUs: number }): boolean =>
    event.atUs >= atUs && event.atUs <= untilUs;
  const sent = evidence
    .repairs(key)
    .filter((one) => one.cause === "handoff" && one.node === keeper && one.peer === lacking)
    .filter(isAfter);
  const dropped = evidence.explained.find(
    (event) =>
      event.node === keeper &&
      event.what === "hint dropped" &&
      event.key === key &&
      event.detail?.startsWith(`for ${lacking}:`) === true &&
      isAfter(event),
  );
  if (dropped !== undefined)
    return `dropped the hint at ${milliseconds(dropped.atUs)}${dropped.detail?.slice(`for ${lacking}`.length) ?? ""}${sent.length === 0 ? `; ${keeper} had never sent the hint` : ""}`;
  const last = sent.at(-1);
  if (last !== undefined) return told(model, last, version, sent.length);
  const restart = evidence.bootStarts(keeper).find(isAfter);
  return restart === undefined
    ? "never sent the hint"
    : `never sent the hint; ${keeper} started again at ${milliseconds(restart.atUs)}`;
}

function told(model: Model, last: StoreRequest, version: VersionName, times: number): string {
  const { peer, key, versions, atUs } = last;
  if (!versions.includes(version))
    return `its last handoff of ${key} to ${peer}, at ${milliseconds(atUs)}, sent ${versionsByWriter(model, key, versions)} instead`;
  const confirmed = model.evidence.repliesTo(last).length > 0;
  return `last sent the hint at ${milliseconds(atUs)}${times > 1 ? `, in its handoff number ${times} of ${key} to ${peer}` : ""}${confirmed ? "" : ", without an answer"}, and never again`;
}
