/**
 * The type of a kind of fault: everything that plans, the nemesis, shrinking, promises and reports must know about it.
 * Each kind is one file, listed in registry.ts.
 */
import type { Random } from "fast-check";
import type { Fault, PlannedFault } from "../plan.ts";
import type { ClusterFacts } from "../target.ts";
import type { HostEvent } from "../trigger.ts";
import type { Port, Want } from "./port.ts";

/**
 * An effect of a fault on a cluster of any store, from which promises and the forecast are derived. Nodes are indices.
 */
export type Effect =
  /** The node's disk loses data for good. `synced`: also synced data. */
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

/** The circumstances for which a fault is drawn. */
export interface FaultDraw {
  readonly nodes: number;
  /** The index of the node to affect. */
  readonly aim: number;
  /** The number of clients in the plan. Absent: two. */
  readonly clients?: number;
  readonly facts: ClusterFacts;
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
 *   say: ({ node }) => `crash of n${node + 1}`,
 *   nodesOf: ({ node }) => [node],
 *   partsOf: () => 1,
 *   narrow: () => null,
 *   withoutNode: (fault, gone) =>
 *     fault.node === gone ? null : { ...fault, node: fault.node > gone ? fault.node - 1 : fault.node },
 *   wants: ({ node }) => [processes.want(`n${node + 1}`, "killed")],
 *   effects: ({ node }) => [{ effect: "node-down", node }],
 * };
 */
export interface FaultKind<F extends Fault = Fault> {
  readonly kind: F["kind"];
  /** One sentence for help and documents that says what it does. */
  readonly meaning: string;
  /** JSON Schema of the fault. */
  readonly schema: object;
  /** All ports that its faults may use. */
  readonly ports: readonly Port[];
  /** A fault that every cluster of two nodes can have. Platforms are asked about it before plans are drawn. */
  readonly example: F;
  /** Needs links between nodes, which a cluster of one node lacks. */
  readonly needsPeers?: boolean;
  /** Not included in `all`: plans use it only if somebody names it. */
  readonly namedOnly?: true;
  /** The largest number of faults of this kind in a plan. Absent: any number. */
  readonly mostInPlan?: number;
  /** Whether a cluster of the target can have the fault. Absent: always. */
  isPossible?(facts: ClusterFacts): boolean;
  /** Indices of nodes that the fault adds, after those of the cluster. Absent: none, and membership is fixed. */
  joins?(fault: F): readonly number[];
  /** Whether a plan must not have both faults of this kind. Absent: it may. */
  clashes?(one: F, other: F): boolean;
  /** Kind, nodes and cuts describe the fault completely, so that a history needs no further sentence. */
  readonly isPlain?: boolean;
  /** The fault may wait for a trigger. `favourite`: the event at which it is most effective. */
  readonly triggers?: { readonly favourite?: HostEvent };

  /** Draws a fault that affects node `aim`. */
  draw(random: Random, draw: FaultDraw): F;
  /** Replaces one fault by several related ones, each of which shrinks separately. */
  turns?(random: Random, planned: PlannedFault<F>, nodes: number): readonly PlannedFault[];
  /** Describes the fault without "at … ms" and "for … ms". */
  say(fault: F): string;
  /** The nodes that the fault names: stopped nodes, the smaller side, both ends of a cut link. */
  nodesOf(fault: F): readonly number[];
  /** The only clients that the fault affects, as indices. Absent: it may affect all clients. */
  clientsOf?(fault: F): readonly number[];
  /** What the schema cannot say. Indices of nodes are checked elsewhere. */
  problem?(fault: F, nodes: number): FaultProblem | null;

  /** The number of parts that shrinking may remove one by one. */
  partsOf(fault: F): number;
  /** The fault without that part, counted from 0. Null: the part is necessary. */
  narrow(fault: F, part: number): F | null;
  /**
   * The fault in a cluster of `nodes` nodes without node `gone`. Later nodes move up. Null: nothing of the fault is
   * left.
   */
  withoutNode(fault: F, gone: number, nodes: number): F | null;
  /**
   * The fault in a plan without client `gone`. Later clients move up. Null: nothing of the fault is left. Absent: it
   * concerns no client.
   */
  withoutClient?(fault: F, gone: number): F | null;

  /** What the fault wants of ports while it lasts. */
  wants(fault: F, at: { readonly nodes: number; readonly elapsedMs: number }): readonly Want[];
  /** How often to ask for wants that change with time. Null or absent: never. */
  everyMs?(fault: F): number | null;
  /** When, before a fault at `atMs`, its dead-disk ports should prepare. Null or absent: never. */
  prepareAtMs?(fault: F, atMs: number): number | null;
  /** The fault's effects. Required, so that promises account for every kind. []: a store must not notice the fault. */
  effects(fault: F, facts: ClusterFacts): readonly Effect[];
}
