/** What plans must know of a target, the store under test. */
import type { Random } from "fast-check";
import type { Json, Levels, PlannedOperation, Settings } from "./plan.ts";
import type { HostEvent } from "./trigger.ts";

/** What plans and faults must know of a cluster of the target under given settings. */
export interface ClusterFacts {
  readonly nodes: number;
  /** Shrinking leaves at least so many. */
  readonly fewestNodes: number;
  /** How many replicas each key has. */
  readonly replicas: number;
  /** The replicas of the key of that name, nodes as indices, in order of preference. */
  replicasOf(key: string): readonly number[];
  /** How many of the key's replicas must answer before the operation succeeds. */
  needed(operation: Pick<PlannedOperation, "f" | "levels">): number;
  /** How long a node waits for the others before it gives an operation up. */
  readonly requestTimeoutMs: number;
  /** How long a client waits for an answer. Absent: a little longer than the store. */
  readonly clientTimeoutMs?: number;
  /** Clients begin no operation later than this after the first. Absent: they make all of the plan's. */
  readonly operationsMs?: number;
  /** A link with no word from the peer for this long is dropped. */
  readonly silenceMs: number;
  /** The longest wait between two tries to connect. */
  readonly reconnectMs: number;
  /** Events inside a node that these settings let happen. */
  readonly triggers: readonly HostEvent[];
  /** Reads return contexts that later writes can carry. */
  readonly carriesContexts: boolean;
  /** A node needs so much memory: no limit goes below. Absent: 128. */
  readonly memoryMiB?: number;
  /** So many nodes can join, one after the other. Absent: membership is fixed. */
  readonly newcomers?: number;
  /** What damage to a node's disk it can be started from. Absent: any. */
  readonly damages?: readonly string[];
  /**
   * A delete is refused unless it carries a context: clients send the last one that they have, also where the plan does
   * not say so.
   */
  readonly deletesCarry?: boolean;
}

/** What is wrong with levels. `name`: of which. */
export interface LevelsProblem {
  readonly name: string;
  readonly expected: string;
  readonly hint: string;
}

/** How operations name the consistency that they ask for. */
export interface TargetLevels {
  /** JSON Schema of `levels`. */
  readonly schema: object;
  /** A plan's own way of drawing levels: drawn once, given to each `draw`. */
  drawStyle(random: Random): unknown;
  /** Draws the levels of one operation, in the plan's style. */
  draw(random: Random, settings: Settings, f: string, style: unknown): Levels;
  /** What the schema cannot say; null: they can be asked for. */
  problem(levels: Levels, f: string, settings: Settings): LevelsProblem | null;
  /** The levels in words, such as "R 2". */
  say(levels: Levels): string;
}

/** The part of a target that drawing, reading and shrinking plans needs. */
export interface PlanTarget {
  readonly name: string;
  readonly version: string;
  /** Names of the workloads that it can run. */
  readonly workloads: readonly string[];
  /** Whole settings: what is left out takes its default. Throws an Error with code, expected, got and hint. */
  parseSettings(input: unknown): Settings;
  /** Settings that plans may vary by themselves where a person left them open. */
  readonly openSettings: readonly string[];
  /** Those of them that quick plans keep: a cluster in real time keeps its nodes. Absent: none. */
  readonly fixedWhenQuick?: readonly string[];
  /** `base`, but for what is `open`. What is drawn can always run together, with what the base fixes too. */
  drawSettings(random: Random, base: Settings, open: readonly string[]): Settings;
  /** The rest of what is open: drawn after all else, in knowledge of the operations. */
  drawLastSettings?(
    random: Random,
    settings: Settings,
    open: readonly string[],
    operations: readonly PlannedOperation[],
  ): Settings;
  /** The values of each setting that shrinking may change, from the simplest on. */
  readonly simplest: Readonly<Record<string, readonly Json[]>>;
  /** The same with so many nodes; null: it cannot. */
  withNodes(settings: Settings, nodes: number): Settings | null;
  /** What these settings say of a cluster. */
  facts(settings: Settings): ClusterFacts;
  /**
   * In what share of plans an operation of the workload is used at all, in percent; 0: never. null: as the workload
   * would.
   */
  usePercent?(settings: Settings, f: string): number | null;
  /** The kinds of fault that plans use where nobody names any. Absent: all. */
  readonly usualFaults?: readonly string[];
  /** How long operations take without faults, where the platform's time is real. Absent: 600 to 2,000 ms. */
  readonly phaseMs?: { readonly min: number; readonly max: number };
  /** How many faults a plan has there. Absent: 1 to 3, as each takes seconds in containers. */
  readonly faultsInPlan?: { readonly min: number; readonly max: number };
  /** In how many of 100 plans the final phase restarts all nodes. Absent: always. */
  readonly restartPercent?: number;
  readonly levels?: TargetLevels;
  /**
   * Plans name their keys k and a number below 100,000, so that keys lie anywhere on a ring. Absent: k0, k1, … in every
   * plan.
   */
  readonly drawsKeyNames?: boolean;
}

/** What a target says of settings that it refuses. */
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
