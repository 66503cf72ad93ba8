/** The ending of a run: from when on the replicas of each key must become equal. */
import { coveredByHandoff } from "./handoff.ts";
import type { Model } from "../model/model.ts";
import type { Key } from "../language/history.ts";

/** When the final phase had healed and restarted everything; undefined: it did not come so far. */
export const restartedUs = (model: Model): number | undefined =>
  model.phases.findLast(({ phase }) => phase === "restarted")?.atUs;

/**
 * The keys whose replicas must become equal, and from when on the bound counts. Anti-entropy on: all, from the restart.
 * Read repair alone: those that a read of all N replicas covered in the final phase, from that read. Handoff alone:
 * those whose every write it surely covers. No repair: none. Where a person claims `converged` beyond what the settings
 * promise: all, from the restart, whatever repairs them.
 */
export function convergingKeys(model: Model): ReadonlyMap<Key, number> {
  const { run, keys } = model;
  const fromUs = restartedUs(model);
  const converging = new Map<Key, number>();
  if (fromUs === undefined) return converging;
  // Under sloppy quorums a read of N nodes may have asked fallback nodes.
  const readsRepair = run.repair.read !== "off" && run.quorums !== "sloppy";
  const isClaimedAlone = run.claimed.includes("converged") && !run.promised.includes("converged");
  const inspectedUs = model.inspections.find(({ when }) => when === "final")?.atUs ?? Infinity;
  for (const key of Object.keys(run.preference)) {
    const replicas = model.rings.finalOwners(key);
    if (run.repair.antiEntropy || isClaimedAlone) {
      converging.set(key, fromUs);
      continue;
    }
    if (coveredByHandoff(model, key, fromUs)) converging.set(key, fromUs);
    if (!readsRepair) continue;
    const covering = (keys.get(key) ?? []).find(
      (read) =>
        read.f === "read" &&
        read.outcome === "ok" &&
        (read.r ?? run.r) >= replicas.length &&
        read.startUs >= fromUs &&
        read.endUs <= inspectedUs,
    );
    if (covering !== undefined && !converging.has(key)) converging.set(key, covering.endUs);
  }
  return converging;
}
