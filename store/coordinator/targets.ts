/**
 * The nodes that a coordinator asks about a key: its replicas, and under sloppy quorums fallback nodes for unreachable
 * ones.
 */
import type { Core } from "../core.ts";
import type { NodeName } from "../host.ts";

export interface Target {
  readonly node: NodeName;
  /** The replica that this node replaces. */
  readonly hintFor?: NodeName;
}

/** What is needed to know which nodes are reachable and which fallback nodes replace the others. */
export interface TargetPlace extends Pick<Core, "parts"> {
  readonly rings: Pick<Core["rings"], "view">;
  readonly peers: Pick<Core["peers"], "isUp" | "countUp">;
}

/** The nodes that a read asks: the replicas, with a fallback node, if any, for each unreachable one. */
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
 * One node for each replica: the replica itself if it is reachable, or else a reachable fallback node, if any. All are
 * distinct.
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
