/**
 * Membership changes as an operator of Garage makes them: `garage layout assign`, `remove`, `apply`, and
 * `skip-dead-nodes` if a node is dead for good.
 */
import type { MembershipChange } from "../../../generators/index.ts";
import type { ChangeState } from "../../platforms/session.ts";
import type { Admin, RoleChange } from "./admin.ts";

/** What layout changes need to know of a cluster's nodes. */
export interface LayoutGround {
  readonly nodes: readonly string[];
  admin(node: string): Admin;
  idOf(node: string): string;
  /** Returns the node's address on the nodes' network. */
  addressOf(node: string): string;
}

export interface LayoutChanges {
  /** The nodes of the newest layout. */
  members(): readonly string[];
  /**
   * Begins the change, unless another change is under way. If this change has begun already, returns its state. The
   * promise never rejects.
   */
  ask(name: string, change: MembershipChange): Promise<ChangeState>;
}

/** The number of replicas of each partition. A layout needs at least as many nodes. */
const fewestNodes = 3;
/** The share of its capacity that a moved node keeps, so that it gets fewer partitions. */
const movedShare = 0.5;

export const createLayoutChanges = (ground: LayoutGround): LayoutChanges => {
  const { admin, idOf, addressOf } = ground;
  const members = new Set(ground.nodes);
  /** The layout version that each change made, by the change's name. */
  const versions = new Map<string, number>();
  let underWay: string | null = null;
  let newest = 1;

  const rolesOf = (change: MembershipChange): readonly RoleChange[] => {
    switch (change.kind) {
      case "add":
        return [{ assign: idOf(change.node) }];
      case "remove":
        return [{ remove: idOf(change.node) }];
      case "replace":
        return [{ remove: idOf(change.node) }, { assign: idOf(change.by) }];
      case "move":
        return [{ assign: idOf(change.node), share: movedShare }];
    }
  };

  const problemOf = (change: MembershipChange): string | null => {
    const own = change.kind === "add" ? null : change.node;
    if (own !== null && !members.has(own)) return `${own} has no role in the layout`;
    return change.kind === "remove" && members.size <= fewestNodes
      ? `${fewestNodes} replicas need ${fewestNodes} nodes`
      : null;
  };

  const begin = async (name: string, change: MembershipChange): Promise<ChangeState> => {
    const problem = problemOf(change);
    if (problem !== null) return { is: "refused", why: problem, again: false };
    const asked = admin(change.through);
    if ((await asked.layoutVersion()) < newest)
      return { is: "refused", why: `${change.through} has an older layout`, again: true };
    if (!(await asked.isSynchronized()))
      return {
        is: "refused",
        why: "some nodes have not synchronized the newest layout",
        again: true,
      };
    const comes =
      change.kind === "add" ? change.node : change.kind === "replace" ? change.by : null;
    if (comes !== null) await asked.connect([{ id: idOf(comes), address: addressOf(comes) }]);
    newest = await asked.reshape(rolesOf(change));
    versions.set(name, newest);
    if (comes !== null) members.add(comes);
    if (change.kind === "remove" || change.kind === "replace") members.delete(change.node);
    return { is: "under-way" };
  };

  const follow = async (
    name: string,
    change: MembershipChange,
    version: number,
  ): Promise<ChangeState> => {
    const asked = admin(change.through);
    if ((await asked.layoutVersion()) < version) return { is: "under-way" };
    if (await asked.isSynchronized()) {
      if (underWay === name) underWay = null;
      return { is: "over" };
    }
    if (change.kind === "replace") {
      // Other unreachable nodes may be alive and still use the old layout. `skipDeadNodes` would declare them dead too,
      // so it is called only once every member is reachable.
      const down = await asked.down();
      const others = [...members].map(idOf).filter((id) => down.includes(id));
      if (others.length === 0) await asked.skipDeadNodes(version);
    }
    return { is: "under-way" };
  };

  return {
    members: () => [...members],
    ask: async (name, change) => {
      try {
        const version = versions.get(name);
        if (version !== undefined) return await follow(name, change, version);
        if (underWay !== null && underWay !== name)
          return { is: "refused", why: `${underWay} is under way`, again: true };
        underWay = name;
        const state = await begin(name, change);
        if (state.is === "refused") underWay = null;
        return state;
      } catch {
        // The layout may have changed. The next request for this change finds that out.
        return { is: "unknown" };
      }
    },
  };
};
