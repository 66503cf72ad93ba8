/** Finds the keys whose replicas must become equal in the final phase, and the time from which the bound runs. */
import { coveredByHandoff } from "./handoff.ts";
import type { Model } from "../model/model.ts";
import type { Key } from "../language/history.ts";

/**
 * When the final phase had healed all faults and started nodes again (all nodes, or only those that were down).
 * Undefined: the final phase did not get that far.
 */
export const restartedUs = (model: Model): number | undefined =>
  model.phases.findLast(({ phase }) => phase === "restarted")?.atUs;

/**
 * The keys whose replicas must become equal, with the time at which the bound starts. With anti-entropy: all keys, from
 * the restart. With handoff: the keys for which hints certainly cover every write, from the restart. With read repair:
 * the keys that a read of all N replicas covered in the final phase, from the end of that read, but none with sloppy
 * quorums. Without repair: none. If `converged` is not promised but the user claims it: all keys, from the restart.
 * Empty if the final phase did not get as far as the restart.
 */
export function convergingKeys(model: Model): ReadonlyMap<Key, number> {
  const { run, keys } = model;
  const fromUs = restartedUs(model);
  const converging = new Map<Key, number>();
  if (fromUs === undefined) return converging;
  // With sloppy quorums, a read of N nodes may have asked fallback nodes instead of replicas.
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
