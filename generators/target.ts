/** The parts of a target that plans need. */
import type { Random } from "fast-check";
import type { Json, Levels, PlannedOperation, Settings } from "./plan.ts";
import type { HostEvent } from "./trigger.ts";

/** Facts that plans and faults need about a cluster of the target under given settings. */
export interface ClusterFacts {
  readonly nodes: number;
  /**
   * The number in the first node's name: 0 for n0, n1, … Absent: 1. Only nodes whose messages pass through the harness
   * may have another.
   */
  readonly firstNode?: number;
  /** The smallest number of nodes that shrinking may leave. */
  readonly fewestNodes: number;
  /** The number of replicas of each key. */
  readonly replicas: number;
  /** The replicas of a key as node indices, in order of preference. */
  replicasOf(key: string): readonly number[];
  /** The replicas of a key as node indices if these nodes were the members. Absent: not known. */
  replicasAmong?(key: string, members: readonly number[]): readonly number[];
  /** The number of replicas that must answer before the operation succeeds. */
  needed(operation: Pick<PlannedOperation, "f" | "levels">): number;
  /** How long an operation may take before the store gives it up, in ms. */
  readonly requestTimeoutMs: number;
  /** How long a client waits for an answer, in ms. Absent: slightly longer than `requestTimeoutMs`. */
  readonly clientTimeoutMs?: number;
  /**
   * Clients begin no operation later than this time after the start, in ms. If absent, they begin all operations of the
   * plan.
   */
  readonly operationsMs?: number;
  /** About how long a peer must be silent before a node drops the link to it, in ms. */
  readonly silenceMs: number;
  /** About the longest wait between two attempts to connect, in ms. */
  readonly reconnectMs: number;
  /** Events inside a node that can occur under these settings. */
  readonly triggers: readonly HostEvent[];
  /** Whether reads return contexts that later writes can carry. */
  readonly carriesContexts: boolean;
  /** The smallest amount of memory, in MiB, that a node needs. Drawn limits are never lower. Absent: 128. */
  readonly memoryMiB?: number;
  /** The number of nodes that can join, one after the other. Absent: membership is fixed. */
  readonly newcomers?: number;
  /** The kinds of disk damage after which a node can still start. Absent: all kinds. */
  readonly damages?: readonly string[];
  /**
   * True if the store refuses deletes without a context. Clients then send their last context of the key, if they have
   * one, with every delete, whatever the plan says.
   */
  readonly deletesCarry?: boolean;
}

/** What is wrong with an operation's levels. `name` is the name of the wrong level. */
export interface LevelsProblem {
  readonly name: string;
  readonly expected: string;
  readonly hint: string;
}

/** How a target's operations name the consistency that they need. */
export interface TargetLevels {
  /** JSON Schema of `levels`. */
  readonly schema: object;
  /** Draws a style of levels once for each plan. Each call of `draw` gets this style. */
  drawStyle(random: Random): unknown;
  /** Draws the levels of one operation in the plan's style. */
  draw(random: Random, settings: Settings, f: string, style: unknown): Levels;
  /** Checks what the schema cannot express. Returns null if the levels are valid. */
  problem(levels: Levels, f: string, settings: Settings): LevelsProblem | null;
  /** The levels in words, such as "R 2". */
  say(levels: Levels): string;
}

/** The part of a target that drawing, reading and shrinking plans needs. */
export interface PlanTarget {
  readonly name: string;
  readonly version: string;
  /** The names of the workloads whose own operations the target supports. */
  readonly workloads: readonly string[];
  /** Completes settings with defaults. If settings are invalid, throws an Error with code, expected, got and hint. */
  parseSettings(input: unknown): Settings;
  /** Settings that plans may vary if the user left them open. */
  readonly openSettings: readonly string[];
  /** The open settings that quick plans do not vary, since a cluster in real time keeps its nodes. Absent: none. */
  readonly fixedWhenQuick?: readonly string[];
  /** Returns `base` with the `open` settings drawn. The drawn settings never contradict each other or `base`. */
  drawSettings(random: Random, base: Settings, open: readonly string[]): Settings;
  /** Draws the remaining open settings last, when the operations are known. */
  drawLastSettings?(
    random: Random,
    settings: Settings,
    open: readonly string[],
    operations: readonly PlannedOperation[],
  ): Settings;
  /** The values of each setting that shrinking may change, the simplest first. */
  readonly simplest: Readonly<Record<string, readonly Json[]>>;
  /** Returns the settings with that number of nodes. Returns null if this is impossible. */
  withNodes(settings: Settings, nodes: number): Settings | null;
  /** Facts about a cluster under these settings. */
  facts(settings: Settings): ClusterFacts;
  /** The percentage of plans that use the workload's operation `f`. Null: the workload's own percentage applies. */
  usePercent?(settings: Settings, f: string): number | null;
  /** The default kinds of fault. Absent: all without `namedOnly`. */
  readonly usualFaults?: readonly string[];
  /** How long the operations of quick plans take without faults. Absent: 600 to 2,000 ms. */
  readonly phaseMs?: { readonly min: number; readonly max: number };
  /** The number of faults in a plan in real time. Absent: 1 to 3, since each takes seconds in containers. */
  readonly faultsInPlan?: { readonly min: number; readonly max: number };
  /** The percentage of plans whose final phase restarts all nodes. Absent: 100. */
  readonly restartPercent?: number;
  readonly levels?: TargetLevels;
  /**
   * Whether plans of the target's own workloads draw key names below k100000, so that keys lie anywhere on a ring.
   * Absent: k0, k1, … in every plan.
   */
  readonly drawsKeyNames?: boolean;
}

/** Why a target refuses settings. */
export interface SettingsProblem {
  readonly code: string;
  readonly expected: string;
  readonly got: string;
  readonly hint: string;
}

export function isSettingsProblem(error: unknown): error is Error & SettingsProblem {
  return (
    error instanceof Error &&
    ["code", "expected", "got", "hint"].every(
      (name) => typeof (error as unknown as Record<string, unknown>)[name] === "string",
    )
  );
}
