/** Hinted handoff: of which keys it surely brings every write to every replica, without any other repair. */
import { hasEffect, isClockFault } from "../model/fault-windows.ts";
import type { Model } from "../model/model.ts";
import type { Operation } from "../columnar/operation.ts";
import type { Key, NodeName } from "../language/history.ts";

/**
 * Each write of the key was acknowledged, did not happen, or failed so that hints were kept of it; its coordinator
 * lived and ran until it had durable hints for whoever missed it, and the hints got no older than their window. A disk
 * that lost data may have lost hints, and a clock that lies says nothing of a hint's age. Nor is a key covered that was
 * deleted where a tombstone may go before a hint of an older write comes: that value is then back at its target, and no
 * other repair compares.
 */
export function coveredByHandoff(model: Model, key: Key, restartedUs: number): boolean {
  const { run, faults, keys } = model;
  const { handoff } = run.repair;
  if (
    handoff === undefined ||
    run.sync === "periodic" ||
    faults.some(
      (fault) =>
        hasEffect(fault, "synced-data-lost", "writes-refused", "syncs-slow") || isClockFault(fault),
    )
  )
    return false;
  const healedUs = model.phases.findLast(({ phase }) => phase === "healed")?.atUs ?? -Infinity;
  const deliveredUs = restartedUs + run.bounds.convergeUs;
  const isDeletedForGood =
    run.deletes === undefined ||
    (run.promised.includes("no-resurrection") && run.bounds.tombstone === undefined);
  return (keys.get(key) ?? []).every((write) => {
    if (write.f === "read" || write.outcome === "fail") return true;
    if (write.f === "delete" && !isDeletedForGood) return false;
    if (write.outcome === "info" && !handoff.hintedErrors.includes(write.code ?? "")) return false;
    // The ending kills every node, coordinators too.
    const keptUs = write.endUs + handoff.keptWithinUs;
    return (
      keptUs <= healedUs &&
      deliveredUs - write.startUs <= handoff.windowUs &&
      !stopped(model, coordinators(model, write), write.startUs, keptUs)
    );
  });
}

/** The nodes that may have coordinated it: a put of a sibling goes through a replica of its key. */
function coordinators({ run, rings }: Model, { node, key }: Operation): readonly NodeName[] {
  return run.versions === "stamps" ? [node] : [node, ...(rings.everOwned(key) ?? [])];
}

function stopped(
  { faults }: Model,
  nodes: readonly NodeName[],
  fromUs: number,
  toUs: number,
): boolean {
  return faults.some(
    (fault) =>
      // A process that stands still keeps its hints only once it goes on.
      hasEffect(fault, "node-down") &&
      fault.fromUs <= toUs &&
      fault.toUs >= fromUs &&
      nodes.some((node) => fault.nodes.has(node)),
  );
}
