/** Finds the keys for which hinted handoff alone certainly brings every write to every replica. */
import { hasEffect, isClockFault } from "../model/fault-windows.ts";
import type { Model } from "../model/model.ts";
import type { Operation } from "../columnar/operation.ts";
import type { Key, NodeName } from "../language/history.ts";

/**
 * Whether handoff certainly brings every write of the key to every replica. Three conditions must hold. Each write was
 * acknowledged, did not happen, or failed in a way that leaves hints. The write's coordinator ran until it had durable
 * hints for every replica that missed the write. The hints were not too old when they could be delivered.
 *
 * A periodic log or a faulty disk may lose hints or sync them late, and a wrong clock does not show a hint's age. A
 * deleted key is not covered if its tombstone may be removed before a hint of an older write arrives: the old value
 * then returns on one replica, and no other repair compares the replicas.
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
    // The hints must be durable before the final phase kills the nodes.
    const keptUs = write.endUs + handoff.keptWithinUs;
    return (
      keptUs <= healedUs &&
      deliveredUs - write.startUs <= handoff.windowUs &&
      !stopped(model, coordinators(model, write), write.startUs, keptUs)
    );
  });
}

/**
 * The nodes that may have coordinated the write: the client's node, and with siblings any replica of the key, since a
 * put then goes through one of them.
 */
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
      // `node-down` includes a paused process, which stores its hints only after it resumes.
      hasEffect(fault, "node-down") &&
      fault.fromUs <= toUs &&
      fault.toUs >= fromUs &&
      nodes.some((node) => fault.nodes.has(node)),
  );
}
