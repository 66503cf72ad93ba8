/** Quorums that a request names for itself, as numbers or by name. */
import type { Random } from "fast-check";
import {
  type AskedQuorums,
  quorumNames,
  readQuorum,
  type StoreSettings,
  writeQuorum,
} from "../store/index.ts";
import { chance, integer, pick } from "./draw.ts";
import type { PlannedOperation } from "./plan.ts";
import type { Swarm } from "./swarm.ts";

/** R and W are never below the cluster's, as the smallest decide what a plan promises; but for ANY, in the plans that use it. */
export function drawOwnQuorums(
  random: Random,
  { settings, anyPercent }: Swarm,
  f: PlannedOperation["f"],
): AskedQuorums {
  const { n, r, w } = settings;
  const byName = chance(random, 40);
  // Where nobody stands in for a replica, R and W say all that PR and PW do.
  const primaries =
    settings.quorums === "sloppy" && chance(random, 30) ? integer(random, 1, n) : null;
  if (f === "read")
    return {
      r: byName ? pick(random, namesFor(settings, "r")) : integer(random, r, n),
      ...(primaries !== null && { pr: primaries }),
    };
  // A hint satisfies ANY, and neither PW nor DW.
  if (chance(random, anyPercent)) return { w: "ANY" };
  const synced = chance(random, 20) ? integer(random, 1, n) : null;
  return {
    w: byName ? pick(random, namesFor(settings, "w")) : integer(random, w, n),
    ...(primaries !== null && { pw: primaries }),
    ...(synced !== null && { dw: synced }),
  };
}

/** `default` always is one. */
function namesFor(settings: StoreSettings, kind: "r" | "w"): NonNullable<AskedQuorums["r"]>[] {
  const replicas = (name: NonNullable<AskedQuorums["r"]>): number =>
    (kind === "r" ? readQuorum(settings, { r: name }) : writeQuorum(settings, { w: name })).needed;
  return quorumNames.filter(
    (name) => name !== "ANY" && replicas(name) >= settings[kind] && replicas(name) <= settings.n,
  );
}
