/** Membership changes: an operator adds, removes, replaces or moves a node while clients continue. */
import type { Random } from "fast-check";
import { chance, integer, pick, range, weighted } from "../draw.ts";
import type { NodeNamer } from "../plan.ts";
import type { FaultKind, WantsAt } from "./fault-kind.ts";
import { closeGap } from "./nodes.ts";
import { port, process, type Want } from "./port.ts";
import { closed, dayMs, index } from "./schemas.ts";

/** A change of the membership that an operator requests from a node. Nodes are given by name. */
export type MembershipChange = (
  | { readonly kind: "add"; readonly node: string }
  | { readonly kind: "remove"; readonly node: string }
  /** `node` is dead, for good. */
  | { readonly kind: "replace"; readonly node: string; readonly by: string }
  /** The node gets another part of the keys. */
  | { readonly kind: "move"; readonly node: string }
) & {
  /** The node that gets the request. */
  readonly through: string;
};

/** The port for membership changes. The subject is the change's name. A change continues after the fault is healed. */
export const membershipPort = port(
  "membership",
  "machine",
  (a: MembershipChange, _: MembershipChange) => a,
);

/** One of the nodes that a membership change needs is down during a part of the change. */
export type Interruption = {
  /**
   * Which node is down: the node that joins (`newcomer`), the node that gets the request (`asked`), or the node that
   * leaves or moves (`node`).
   */
  readonly who: "newcomer" | "asked" | "node";
  readonly afterMs: number;
  readonly forMs: number;
};

export type MembershipFault = {
  readonly kind: "membership";
  readonly change: "add" | "remove" | "replace" | "move";
  /** The index of the node that leaves, dies or moves. Absent if the change is `add`. */
  readonly node?: number;
  /**
   * The index of the node that joins. It is at least the cluster's number of nodes, since the cluster's own nodes have
   * the lower indices. Absent if no node joins.
   */
  readonly newcomer?: number;
  /** The index of the node that gets the request. */
  readonly asked: number;
  readonly interrupted?: Interruption;
};

/** The largest number of different nodes that join in one drawn plan. */
const newcomers = 3;

export const membership = {
  kind: "membership",
  meaning:
    "An operator adds, removes or replaces a node, or moves a node's keys, while clients go on.",
  schema: closed(
    {
      kind: { const: "membership" },
      change: { enum: ["add", "remove", "replace", "move"] },
      node: index,
      newcomer: index,
      asked: index,
      interrupted: closed({
        who: { enum: ["newcomer", "asked", "node"] },
        afterMs: dayMs,
        forMs: { ...dayMs, minimum: 1 },
      }),
    },
    ["kind", "change", "asked"],
  ),
  ports: [membershipPort, process],
  example: { kind: "membership", change: "move", node: 0, asked: 1 } as MembershipFault,
  needsPeers: true,
  namedOnly: true,
  mostInPlan: 3,
  triggers: {},
  isPossible: ({ newcomers: most = 0 }) => most > 0,
  draw: (random, { nodes, aim, facts }) => {
    // If every node holds every key, moving one changes nothing, and none may leave until another has joined.
    const spares = nodes > facts.replicas;
    const change = weighted(random, [
      ["add", 12],
      ["remove", spares ? 9 : 3],
      // If one replica is enough for a write, the dead node may have had the only copy, and less stays promised.
      ["replace", facts.needed({ f: "write" }) > 1 ? 9 : 1],
      ["move", spares ? 6 : 2],
    ] as const);
    // The node that gets the request must not be the one that leaves, dies or moves.
    const others = range(nodes).filter((node) => node !== aim);
    const asked = pick(random, others);
    const newcomer = nodes + integer(random, 0, Math.min(newcomers, facts.newcomers ?? 1) - 1);
    const plain: MembershipFault = {
      kind: "membership",
      change,
      ...(change === "add" ? {} : { node: aim }),
      ...(change === "add" || change === "replace" ? { newcomer } : {}),
      asked,
    };
    return chance(random, 25) ? { ...plain, interrupted: drawInterruption(random, plain) } : plain;
  },
  say: (fault, nameOf) => sentenceOf(fault, nameOf),
  nodesOf: (fault) => {
    const { node, asked } = fault;
    const stopped = stoppedBy(fault);
    return [...new Set([node ?? asked, ...(stopped === undefined ? [] : [stopped])])];
  },
  stops: (fault) => {
    const stopped = stoppedBy(fault);
    return [
      ...(fault.change === "replace" && fault.node !== undefined ? [fault.node] : []),
      ...(stopped === undefined ? [] : [stopped]),
    ];
  },
  joins: ({ newcomer }) => (newcomer === undefined ? [] : [newcomer]),
  leaves: ({ change, node }) =>
    node !== undefined && (change === "remove" || change === "replace") ? [node] : [],
  newOwners: ({ change, node, newcomer }, key, { nodes, replicasOf, replicasAmong }) => {
    const before = replicasOf(key);
    if (node !== undefined && !before.includes(node)) return [];
    if (change === "replace") return newcomer === undefined ? [] : [newcomer];
    // The place of a moved node depends on the version of the ring.
    if (change === "move" || replicasAmong === undefined) return null;
    const members = range(nodes).filter((member) => member !== node);
    const after = replicasAmong(key, newcomer === undefined ? members : [...members, newcomer]);
    return after.filter((owner) => !before.includes(owner));
  },
  clashes: (one, other) =>
    (one.newcomer !== undefined && one.newcomer === other.newcomer) ||
    (one.node !== undefined && one.node === other.node) ||
    one.asked === other.node ||
    one.node === other.asked,
  problem: (fault, nodes) => problemOf(fault, nodes),
  partsOf: ({ interrupted }) => (interrupted === undefined ? 0 : 1),
  narrow: ({ interrupted: _, ...fault }) => fault,
  withoutNode: (fault, gone) => {
    if (fault.node === gone || fault.asked === gone) return null;
    return {
      ...fault,
      asked: closeGap(fault.asked, gone),
      ...(fault.node === undefined ? {} : { node: closeGap(fault.node, gone) }),
      ...(fault.newcomer === undefined ? {} : { newcomer: closeGap(fault.newcomer, gone) }),
    };
  },
  wants: (fault, at) => [
    membershipPort.want(titleOf(fault, at.nameOf), changeOf(fault, at.nameOf)),
    ...interruption(fault, at),
  ],
  everyMs: ({ interrupted }) => (interrupted === undefined ? null : 50),
  effects: ({ change, node, interrupted, asked }) => [
    // Data that only the dead node held is lost.
    ...(change === "replace" && node !== undefined
      ? ([
          { effect: "data-lost", node, synced: true },
          { effect: "node-down", node },
        ] as const)
      : []),
    ...(change === "remove" && node !== undefined
      ? ([{ effect: "node-down", node }] as const)
      : []),
    ...(interrupted?.who === "asked" ? ([{ effect: "node-down", node: asked }] as const) : []),
    ...(interrupted?.who === "node" && node !== undefined
      ? ([{ effect: "node-down", node }] as const)
      : []),
  ],
} satisfies FaultKind<MembershipFault>;

function drawInterruption(random: Random, { change }: MembershipFault): Interruption {
  // New owners fetch their data soon after the change begins.
  const afterMs = chance(random, 50) ? integer(random, 0, 60) : integer(random, 0, 300);
  const forMs = integer(random, 100, 800);
  const newcomer = change === "add" || change === "replace";
  const who = pick(random, [
    "asked",
    ...(newcomer ? (["newcomer"] as const) : []),
    ...(change === "remove" || change === "move" ? (["node"] as const) : []),
  ] as const);
  return { who, afterMs, forMs };
}

/** The index of the node that is down during a part of the change. */
const stoppedBy = ({ interrupted, node, newcomer, asked }: MembershipFault): number | undefined =>
  interrupted === undefined ? undefined : { asked, newcomer, node }[interrupted.who];

function interruption(fault: MembershipFault, { elapsedMs, nameOf }: WantsAt): readonly Want[] {
  const { interrupted } = fault;
  if (interrupted === undefined) return [];
  const { afterMs, forMs } = interrupted;
  if (elapsedMs < afterMs || elapsedMs >= afterMs + forMs) return [];
  const stopped = stoppedBy(fault);
  return stopped === undefined ? [] : [process.want(nameOf(stopped), "killed")];
}

const titleOf = ({ change, node, newcomer }: MembershipFault, nameOf: NodeNamer): string =>
  [change, ...[node, newcomer].flatMap((one) => (one === undefined ? [] : [nameOf(one)]))].join(
    " ",
  );

function changeOf(
  { change, node = 0, newcomer = 0, asked }: MembershipFault,
  nameOf: NodeNamer,
): MembershipChange {
  const through = nameOf(asked);
  switch (change) {
    case "add":
      return { kind: "add", node: nameOf(newcomer), through };
    case "replace":
      return { kind: "replace", node: nameOf(node), by: nameOf(newcomer), through };
    case "remove":
    case "move":
      return { kind: change, node: nameOf(node), through };
  }
}

function sentenceOf(fault: MembershipFault, nameOf: NodeNamer): string {
  const { interrupted, change, node = 0, newcomer = 0, asked } = fault;
  const what = {
    add: `add ${nameOf(newcomer)}`,
    remove: `remove ${nameOf(node)}`,
    replace: `kill ${nameOf(node)} for good and replace it by ${nameOf(newcomer)}`,
    move: `give ${nameOf(node)} another part of the keys`,
  }[change];
  const but =
    interrupted === undefined
      ? ""
      : `, and ${interrupted.afterMs} ms later kill ${{ newcomer: nameOf(newcomer), asked: nameOf(asked), node: nameOf(node) }[interrupted.who]} for ${interrupted.forMs} ms`;
  return `${what} through ${nameOf(asked)}${but}`;
}

function problemOf(
  { change, node, newcomer, asked, interrupted }: MembershipFault,
  nodes: number,
): ReturnType<NonNullable<FaultKind["problem"]>> {
  const hint = "see docs/faults.md";
  const leaves = change !== "add";
  if (leaves !== (node !== undefined))
    return {
      path: "/node",
      expected: leaves
        ? `the node to ${change}`
        : "no field `node`, since the change add names only the newcomer",
      got: node,
      hint,
    };
  const comes = change === "add" || change === "replace";
  if (comes !== (newcomer !== undefined))
    return {
      path: "/newcomer",
      expected: comes
        ? "the node that joins"
        : `no field \`newcomer\`, since no node joins in the change ${change}`,
      got: newcomer,
      hint,
    };
  if (newcomer !== undefined && (newcomer < nodes || newcomer > 8))
    return {
      path: "/newcomer",
      expected: `the index of a new node, from ${nodes} (settings.nodes) to 8`,
      got: newcomer,
      hint,
    };
  if (asked >= nodes || asked === node)
    return {
      path: "/asked",
      expected: `a node from 0 to ${nodes - 1} other than the node that leaves, dies or moves`,
      got: asked,
      hint,
    };
  return interrupted?.who === "newcomer" && !comes
    ? { path: "/interrupted/who", expected: "an existing node", got: "newcomer", hint }
    : null;
}
