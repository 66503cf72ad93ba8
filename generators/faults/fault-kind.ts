/**
 * The type of a kind of fault: everything that plans, the nemesis, shrinking, promises and reports must know about it.
 * Each built-in kind is one file, listed in registry.ts.
 */
import type { Random } from "fast-check";
import type { Fault, NodeNamer, PlannedFault } from "../plan.ts";
import type { ClusterFacts } from "../target.ts";
import type { HostEvent } from "../trigger.ts";
import type { Port, Want } from "./port.ts";

/**
 * An effect of a fault on a cluster of any store, from which promises and the forecast are derived. Nodes are indices.
 */
export type Effect =
  /** The node's disk loses data for good. `synced` is true if synced data is lost too. */
  | { readonly effect: "data-lost"; readonly node: number; readonly synced: boolean }
  | { readonly effect: "clock-off"; readonly node: number | "clients" }
  /** What one node sends does not reach the other, or not in time. */
  | { readonly effect: "apart"; readonly from: number; readonly to: number }
  /** Requests to the node, or its replies, do not arrive. */
  | { readonly effect: "clients-apart"; readonly node: number }
  | { readonly effect: "node-down"; readonly node: number }
  /** The node hardly answers in time. */
  | { readonly effect: "node-slow"; readonly node: number }
  /** The node's disk takes no more writes. */
  | { readonly effect: "writes-refused"; readonly node: number }
  /** Each fsync of the node takes long. */
  | { readonly effect: "syncs-slow"; readonly node: number }
  /** The effect is not known, so only guarantees that hold whatever happens stay promised. */
  | { readonly effect: "unknown" };

/** What a kind of fault knows about the plan when it draws a fault. */
export interface FaultDraw {
  readonly nodes: number;
  /** The index of the node to affect. */
  readonly aim: number;
  /** The number of clients in the plan. If absent, the plan has at least two. */
  readonly clients?: number;
  readonly facts: ClusterFacts;
}

/** What a fault knows when it says what it wants of ports: its cluster and the time. */
export interface WantsAt {
  /** The number of nodes. */
  readonly nodes: number;
  /** How long ago the fault began, in ms. */
  readonly elapsedMs: number;
  /** Returns the name of the node with this index. */
  readonly nameOf: NodeNamer;
}

/** Why a fault contradicts itself or its cluster. `path` is a JSON pointer into the fault. */
export interface FaultProblem {
  readonly path: string;
  readonly expected: string;
  readonly got: unknown;
  readonly hint: string;
}

/**
 * A kind of fault: all that plans, the nemesis, shrinking, promises and reports must know of it. `commandFault` builds a
 * kind from two shell commands. `kindsWith` adds kinds to the built-in ones.
 *
 * @example
 * // Kills the node that the plan aims at.
 * const crash: FaultKind<{ kind: "crash"; node: number }> = {
 *   kind: "crash",
 *   meaning: "One node is killed, and started again on its disk.",
 *   schema: {
 *     type: "object",
 *     properties: { kind: { const: "crash" }, node: { type: "integer", minimum: 0 } },
 *     required: ["kind", "node"],
 *     additionalProperties: false,
 *   },
 *   ports: [processes],
 *   example: { kind: "crash", node: 0 },
 *   draw: (_, { aim }) => ({ kind: "crash", node: aim }),
 *   say: ({ node }, nameOf) => `crash of ${nameOf(node)}`,
 *   nodesOf: ({ node }) => [node],
 *   partsOf: () => 1,
 *   narrow: () => null,
 *   withoutNode: (fault, gone) =>
 *     fault.node === gone ? null : { ...fault, node: fault.node > gone ? fault.node - 1 : fault.node },
 *   wants: ({ node }, { nameOf }) => [processes.want(nameOf(node), "killed")],
 *   effects: ({ node }) => [{ effect: "node-down", node }],
 * };
 */
export interface FaultKind<F extends Fault = Fault> {
  readonly kind: F["kind"];
  /** One sentence for help and documents that says what it does. */
  readonly meaning: string;
  /** JSON Schema of the fault. */
  readonly schema: object;
  /** All ports that faults of this kind may use. */
  readonly ports: readonly Port[];
  /**
   * A valid fault of this kind for a cluster of two nodes. Before plans are drawn, the platform is asked whether it
   * supports this fault.
   */
  readonly example: F;
  /** True if the fault needs links between nodes, which a cluster of one node lacks. */
  readonly needsPeers?: boolean;
  /** True if the list of kinds `all` does not include this kind. Drawn plans then use the kind only if it is named. */
  readonly namedOnly?: true;
  /** The largest number of faults of this kind in a drawn plan. Absent: any number. */
  readonly mostInPlan?: number;
  /** Whether a cluster with these facts can have faults of this kind. If absent, every cluster can. */
  isPossible?(facts: ClusterFacts): boolean;
  /**
   * The indices of the nodes that the fault adds to the cluster. They follow the indices of the cluster's own nodes.
   * Absent if faults of this kind never change the membership.
   */
  joins?(fault: F): readonly number[];
  /** The indices of the nodes that leave the cluster for good. Absent if no node leaves. */
  leaves?(fault: F): readonly number[];
  /**
   * The indices of the nodes that own the key only after the fault's membership change. Null if that is not known.
   * Absent if faults of this kind never change the membership.
   */
  newOwners?(fault: F, key: string, facts: ClusterFacts): readonly number[] | null;
  /** Whether a plan must not contain both of these faults of this kind. If absent, a plan may contain any two. */
  clashes?(one: F, other: F): boolean;
  /**
   * A fault of this kind that cuts one node off from all other nodes. Absent if no fault of this kind does that.
   * Shrinking in real time tries whether the anomaly shows again if such a fault takes the place of the plan's faults.
   */
  isolate?(node: number): F;
  /**
   * True if a fault's kind, nodes and cut links describe it completely, so that a history needs no further description.
   */
  readonly isPlain?: boolean;
  /** Present if the fault may wait for a trigger. `favourite` is the event at which the fault is most effective. */
  readonly triggers?: { readonly favourite?: HostEvent };

  /** Draws a fault. Most kinds of fault affect the node `draw.aim`. */
  draw(random: Random, draw: FaultDraw): F;
  /** Replaces one fault by several related ones, each of which shrinks separately. */
  turns?(random: Random, planned: PlannedFault<F>, nodes: number): readonly PlannedFault[];
  /** Describes the fault without its time and its duration. `nameOf` names its nodes. */
  say(fault: F, nameOf: NodeNamer): string;
  /**
   * The indices of the nodes that the fault mainly concerns, such as stopped nodes, one side of a partition, or both
   * ends of a cut link.
   */
  nodesOf(fault: F): readonly number[];
  /**
   * The indices of the nodes whose processes the fault stops. Absent: all of `nodesOf` if the kind has a port for
   * processes, otherwise none.
   */
  stops?(fault: F): readonly number[];
  /** The indices of the clients that the fault affects. If absent, the fault may affect all clients. */
  clientsOf?(fault: F): readonly number[];
  /**
   * Checks what the schema cannot express, except the indices in `nodesOf`, which are checked for all kinds. Returns
   * null if the fault is valid.
   */
  problem?(fault: F, nodes: number): FaultProblem | null;

  /** The number of parts of the fault that shrinking may remove one by one. */
  partsOf(fault: F): number;
  /** Returns the fault without part number `part`, counted from 0. Returns null if the part is necessary. */
  narrow(fault: F, part: number): F | null;
  /**
   * Returns the fault for the cluster without node `gone`, in which `nodes` nodes are left. The indices of later nodes
   * decrease by one. Returns null if nothing of the fault is left.
   */
  withoutNode(fault: F, gone: number, nodes: number): F | null;
  /**
   * Returns the fault for the plan without client `gone`. The indices of later clients decrease by one. Returns null if
   * nothing of the fault is left. Absent if faults of this kind name no client.
   */
  withoutClient?(fault: F, gone: number): F | null;

  /** Returns what the fault wants of ports, for the cluster and the time in `at`. */
  wants(fault: F, at: WantsAt): readonly Want[];
  /**
   * How many ms pass between two calls of `wants` while the fault lasts. Null or absent if its wants do not change with
   * time.
   */
  everyMs?(fault: F): number | null;
  /**
   * The time at which dead-disk ports must prepare for a fault that begins at `atMs`. Null or absent if they need not
   * prepare.
   */
  prepareAtMs?(fault: F, atMs: number): number | null;
  /**
   * Returns the fault's effects on the cluster. Every kind must define them, since promises depend on them. If the
   * result is `[]`, a store must keep all its promises in spite of the fault.
   */
  effects(fault: F, facts: ClusterFacts): readonly Effect[];
}
