/** How far the order of writes may deviate from real time. */
import { isClockFault } from "./fault-windows.ts";
import { stampQuorumOf } from "./stamp-quorum.ts";
import type { Model } from "./model.ts";
import type { Operation } from "../columnar/operation.ts";
import type { Key } from "../language/history.ts";

/**
 * The longest time in microseconds between the end of a write and the start of a later write that may get the smaller
 * stamp. Infinity: without limit. 0 for quorum stamps, as long as each read of stamps meets every write acknowledged
 * before. It may miss one if too few replicas confirmed the write, if disks lost data, or under sloppy quorums, where a
 * fallback node may have confirmed it.
 */
export function slackUsOf(
  { run, faults, rings }: Model,
  key: Key,
  acknowledged: readonly Operation[],
): number {
  if (run.stamps !== "quorum") return faults.some(isClockFault) ? Infinity : run.bounds.skewUs;
  if (run.quorums === "sloppy") return Infinity;
  const loses = (kind: string): boolean =>
    kind === "disk" || (kind === "power" && run.sync === "periodic");
  const lost = (rings.everOwned(key) ?? []).filter((node) =>
    faults.some(({ kind, nodes }) => loses(kind) && nodes.has(node)),
  ).length;
  const holders = acknowledged.reduce((least, { w = run.w }) => Math.min(least, w), run.w) - lost;
  return holders + stampQuorumOf(run) > run.n ? 0 : Infinity;
}
