/** How far the order of writes may deviate from real time. */
import { hasEffect, isClockFault } from "./fault-windows.ts";
import { stampQuorumOf } from "./stamp-quorum.ts";
import type { Model } from "./model.ts";
import type { Operation } from "../columnar/operation.ts";
import type { Key } from "../language/history.ts";

/**
 * How long after the end of one write another write can start and still get the smaller stamp, in microseconds.
 * Infinity: there is no limit. Without quorum stamps: the largest difference between clocks, or Infinity if a fault may
 * have changed a clock. Quorum stamps: 0 if each read of stamps meets every write acknowledged before, otherwise
 * Infinity. A read of stamps can miss a write if too few replicas confirmed the write, if disks lost data, or if a
 * fallback node of a sloppy quorum confirmed it.
 */
export function slackUsOf(
  { run, faults, rings }: Model,
  key: Key,
  acknowledged: readonly Operation[],
): number {
  if (run.stamps !== "quorum") return faults.some(isClockFault) ? Infinity : run.bounds.skewUs;
  if (run.quorums === "sloppy") return Infinity;
  const loss = ["synced-data-lost", ...(run.sync === "periodic" ? ["unsynced-data-lost"] : [])];
  const lost = (rings.everOwned(key) ?? []).filter((node) =>
    faults.some((fault) => fault.nodes.has(node) && hasEffect(fault, ...loss)),
  ).length;
  const holders = acknowledged.reduce((least, { w = run.w }) => Math.min(least, w), run.w) - lost;
  return holders + stampQuorumOf(run) > run.n ? 0 : Infinity;
}
