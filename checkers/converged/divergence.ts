/** Finds when a replica was stale and what repaired it, according to evidence. */
import { positionOf } from "../evidence/position.ts";
import type { StoreRequest } from "../evidence/evidence-index.ts";
import type { Model } from "../model/model.ts";
import type { Key, NodeName, StoreCause, SyncEvent, VersionName } from "../language/history.ts";

/** A replica lacked a version, mostly while another replica had it durable. Then `mechanism` brought the version. */
export interface Divergence {
  readonly node: NodeName;
  readonly version: VersionName;
  readonly mechanism: Exclude<StoreCause, "write"> | "unknown";
  /** The time from the first sync of the version on any replica to the first sync on this one, in microseconds. */
  readonly behindUs: number;
  readonly atUs: number;
}

/**
 * The divergences of a key's replicas that something other than the write itself ended, in the order of their ends.
 * Empty without evidence.
 */
export function divergencesOf(model: Model, key: Key): Divergence[] {
  const { run, rings, evidence } = model;
  const writers = model.writers(key);
  const versions = (model.keys.get(key) ?? []).flatMap(
    (operation) => writers.versionOf(operation) ?? [],
  );
  const divergences = versions.flatMap((version) => {
    const syncs = (rings.everOwned(key) ?? []).flatMap(
      (node) => evidence.syncs.first(run.versions, node, key, version) ?? [],
    );
    const firstUs = Math.min(...syncs.map(({ atUs }) => atUs));
    return syncs.flatMap((sync): Divergence[] => {
      const mechanism = broughtBy(model, key, version, sync);
      return mechanism === "write"
        ? []
        : [{ node: sync.node, version, mechanism, behindUs: sync.atUs - firstUs, atUs: sync.atUs }];
    });
  });
  return divergences.sort((a, b) => a.atUs - b.atUs);
}

/**
 * The cause of the last request before the sync that brought the node the synced data. `unknown`: no such request is
 * recorded.
 */
function broughtBy(
  { run, evidence }: Model,
  key: Key,
  version: VersionName,
  sync: SyncEvent,
): StoreCause | "unknown" {
  const record = sync.records.findLast((one) => one.key === key);
  const carries = (versions: readonly VersionName[]): boolean =>
    versions.includes(version) ||
    (record?.versions ?? []).some((one) => versions.includes(one)) ||
    (run.versions === "stamps" && versions.some((one) => one >= version));
  const requests = evidence.storesReceived(sync.node, key);
  for (let i = countBefore(requests, positionOf(sync)) - 1; i >= 0; i--) {
    const request = requests[i];
    if (request === undefined || request.boot !== sync.boot) break;
    if (carries(request.versions)) return request.cause;
  }
  return "unknown";
}

function countBefore(requests: readonly StoreRequest[], position: number): number {
  let low = 0;
  let high = requests.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (positionOf(requests[middle] as StoreRequest) < position) low = middle + 1;
    else high = middle;
  }
  return low;
}
