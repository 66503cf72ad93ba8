/**
 * Chooses the nodes that a coordinator asks about a key: its replicas, and under sloppy quorums reachable fallback
 * nodes in place of unreachable ones.
 */
import type { Core } from "../core.ts";
import type { NodeName } from "../host.ts";

export interface Target {
  readonly node: NodeName;
  /** The unreachable replica that this node replaces. */
  readonly hintFor?: NodeName;
}

/** The parts of a node that tell which nodes are reachable and which fallback nodes replace the others. */
export interface TargetPlace extends Pick<Core, "parts"> {
  readonly rings: Pick<Core["rings"], "view">;
  readonly peers: Pick<Core["peers"], "isUp" | "countUp">;
}

/**
 * The nodes that a read asks. If fallback nodes replace unreachable replicas, these are the nodes of `targetsOf`.
 * Otherwise all replicas.
 */
export function askedOf(
  core: TargetPlace,
  replicas: readonly NodeName[],
  key: string,
): readonly NodeName[] {
  if (core.peers.countUp(replicas) === replicas.length) return replicas;
  const targets = targetsOf(core, replicas, key);
  return targets.some(({ hintFor }) => hintFor !== undefined)
    ? targets.map(({ node }) => node)
    : replicas;
}

/**
 * The targets of a request, all distinct: each reachable replica, and for each other replica a reachable fallback node
 * as long as there is one.
 */
export function targetsOf(
  { rings, parts, peers }: TargetPlace,
  replicas: readonly NodeName[],
  key: string,
): readonly Target[] {
  const targets: Target[] = [];
  const standIns =
    peers.countUp(replicas) < replicas.length
      ? parts
          .fallbacks(rings.view.reads, key)
          .filter((node) => peers.isUp(node) && !replicas.includes(node))
      : [];
  for (const replica of replicas) {
    if (peers.isUp(replica)) targets.push({ node: replica });
    else {
      const fallback = standIns.shift();
      if (fallback !== undefined) targets.push({ node: fallback, hintFor: replica });
    }
  }
  return targets;
}
