/**
 * A kind of fault: all that plans, the nemesis, shrinking, promises and reports must know of it. One file a kind;
 * registry.ts lists them.
 */
import type { Random } from "fast-check";
import type { Fault, PlannedFault } from "../plan.ts";
import type { ClusterFacts } from "../target.ts";
import type { HostEvent } from "../trigger.ts";
import type { Port, Want } from "./port.ts";

/**
 * What a fault does to a cluster, whatever store runs on it: what promises and the forecast go by. Nodes are indices.
 */
export type Effect =
  /** What the node's disk had stored is lost, for good. `synced`: also what had been synced. */
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
  /** Nobody knows. Nothing is promised but what clients can see to be wrong whatever happened. */
  | { readonly effect: "unknown" };

/** What a fault is drawn for. */
export interface FaultDraw {
  readonly nodes: number;
  /** The node, an index, that the fault is to touch. */
  readonly aim: number;
  /** How many clients the plan has. Absent: two. */
  readonly clients?: number;
  readonly facts: ClusterFacts;
}

/** Where a fault contradicts itself or its cluster. `path` is a JSON pointer into the fault. */
export interface FaultProblem {
  readonly path: string;
  readonly expected: string;
  readonly got: unknown;
  readonly hint: string;
}

/**
 * A kind of fault: all that plans, the nemesis, shrinking, promises and reports must know of it. `commandFault` makes one of two shell
 * commands; `kindsWith` adds kinds to the built-in ones.
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
  /** What it does, in one sentence, for help and documents. */
  readonly meaning: string;
  /** JSON Schema of the fault. */
  readonly schema: object;
  /** All that it may want anything of. */
  readonly ports: readonly Port[];
  /** One that any cluster of two nodes can have: what a platform is asked about before plans are drawn. */
  readonly example: F;
  /** It is about links between nodes: a cluster of one node has none. */
  readonly needsPeers?: boolean;
  /** `all` does not mean it: plans have it only where somebody names it. */
  readonly namedOnly?: true;
  /** Plans have at most so many of the kind. Absent: any number. */
  readonly mostInPlan?: number;
  /** Whether a cluster of the target can have it. Absent: it can. */
  isPossible?(facts: ClusterFacts): boolean;
  /**
   * Nodes that come to be by it, indices after those of the cluster. Absent: none, and the cluster's membership is
   * fixed.
   */
  joins?(fault: F): readonly number[];
  /** Whether a plan cannot have both, of this kind. Absent: it can. */
  clashes?(one: F, other: F): boolean;
  /** Kind, nodes and cuts tell all of it: a history needs no sentence besides. */
  readonly isPlain?: boolean;
  /** Plans may let it wait for a trigger. `favourite`: the event at which it does most. */
  readonly triggers?: { readonly favourite?: HostEvent };

  /** A fault that touches node `aim`. */
  draw(random: Random, draw: FaultDraw): F;
  /** Several faults, one after the other, in the place of one: each of them shrinks by itself. */
  turns?(random: Random, planned: PlannedFault<F>, nodes: number): readonly PlannedFault[];
  /** What happens, without "at … ms" and "for … ms". */
  say(fault: F): string;
  /** The nodes that it names: those stopped, the smaller side, both ends of a cut link. */
  nodesOf(fault: F): readonly number[];
  /** The clients that it is about, as indices; others do not feel it. Absent: all may. */
  clientsOf?(fault: F): readonly number[];
  /** What the schema cannot say. Indices of nodes are checked elsewhere. */
  problem?(fault: F, nodes: number): FaultProblem | null;

  /** How many parts shrinking may take away one by one. */
  partsOf(fault: F): number;
  /** Without that part, counted from 0; null: it cannot do without. */
  narrow(fault: F, part: number): F | null;
  /** In a cluster without node `gone`, of `nodes` nodes; later nodes move up. null: nothing is left of it. */
  withoutNode(fault: F, gone: number, nodes: number): F | null;
  /**
   * In a plan without client `gone`; later clients move up. null: nothing is left of it. Absent: it is about no client.
   */
  withoutClient?(fault: F, gone: number): F | null;

  /** What the world is to be like while the fault holds. */
  wants(fault: F, at: { readonly nodes: number; readonly elapsedMs: number }): readonly Want[];
  /** Wants that change with time are asked for again this often; null or absent: never. */
  everyMs?(fault: F): number | null;
  /**
   * When, on the way to a fault at `atMs`, its dead-disk ports are to prepare what they will need; null or absent:
   * never.
   */
  prepareAtMs?(fault: F, atMs: number): number | null;
  /**
   * Required, so that no kind takes more from a store than its promises know of. [] is a fault that a store must not
   * feel.
   */
  effects(fault: F, facts: ClusterFacts): readonly Effect[];
}
