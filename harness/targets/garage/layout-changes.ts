/**
 * Changes of membership, as an operator of Garage makes them: `garage layout assign`, `remove`, `apply`, and
 * `skip-dead-nodes` where a node is dead for good.
 */
import type { MembershipChange } from "../../../generators/index.ts";
import type { ChangeState } from "../../platforms/session.ts";
import type { Admin, RoleChange } from "./admin.ts";

/** What is known of a cluster's nodes. */
export interface LayoutGround {
  readonly nodes: readonly string[];
  admin(node: string): Admin;
  idOf(node: string): string;
  /** Among the nodes. */
  addressOf(node: string): string;
}

export interface LayoutChanges {
  /** The nodes of the newest layout. */
  members(): readonly string[];
  /** Begins the change, or tells what became of it. Never rejects. */
  ask(name: string, change: MembershipChange): Promise<ChangeState>;
}

/** Each partition has so many replicas: with fewer nodes there is no layout. */
const fewestNodes = 3;
/** A node that moves gets this share of its capacity from then on, and with it fewer partitions. */
const movedShare = 0.5;

export const createLayoutChanges = (ground: LayoutGround): LayoutChanges => {
  const { admin, idOf, addressOf } = ground;
  const members = new Set(ground.nodes);
  /** The layout that each change made. */
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
    if ((await asked.layoutVersion()) < newest || !(await asked.isSynchronized()))
      return { is: "refused", why: "the node asked is behind", again: true };
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
      // Whoever else cannot be reached may be alive, and go on by the old layout: nobody may speak for it.
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
        // Asked again, the node says what it did.
        return { is: "unknown" };
      }
    },
  };
};
