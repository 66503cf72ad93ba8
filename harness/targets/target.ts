/** The type of a target: a store under test, with everything that quorate must know about it. */
import type {
  Capabilities,
  GuaranteeName,
  RingEvent,
  RingRecord,
  RunEvent,
} from "../../checkers/index.ts";
import type { Effect, Levels, PlanTarget, Settings } from "../../generators/index.ts";
import type { ContainerTarget } from "../platforms/docker/index.ts";
import type { MessageTarget } from "../platforms/messages/message-target.ts";
import type { OpenClients, Reach } from "../platforms/reach.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { SimulatedTarget } from "../platforms/simulator/index.ts";

/** A store under test. defineTarget makes one from a short description. */
export interface Target extends PlanTarget {
  /** The path of the configuration file that named or described the target. Absent if no such file was loaded. */
  readonly file?: string;
  /** The complete settings that a plan has unless it names others. */
  readonly defaults: Settings;
  /** Whether a client's session is with one node, or with the cluster because the client finds nodes itself. */
  sessions(settings: Settings): "node" | "cluster";
  /** Returns the settings that new plans with this workload get, unless the user names others. Absent: none. */
  settingsFor?(workload: string): Settings;
  /**
   * Returns the workloads that these settings allow, the usual one first. Absent: they allow all that the target
   * supports.
   */
  workloadsUnder?(settings: Settings): readonly string[];
  /** Returns what the target promises under these settings and this plan. */
  promises(settings: Settings, facts: PlanFacts): Promises;
  /** Returns what the target can show on this platform, and how it separates histories. */
  capabilities(settings: Settings, platform: PlatformTraits, workload: string): TargetCapabilities;
  /** Returns what the first event of a history says about replication. */
  describe(settings: Settings, keys: readonly string[]): Replication;
  /**
   * Describes a node's version of the ring for checkers, with the replicas of `keys`. Absent if the membership is
   * fixed.
   */
  ringOf?(
    settings: Settings,
    ring: RingRecord,
    keys: readonly string[],
  ): Omit<RingEvent, "e" | "atUs" | "node">;
  /**
   * Returns how replicas become equal after all faults, and what the final phase does for that.
   *
   * @param restarts Whether the final phase restarts all nodes. If not, it starts only dead nodes, and the others keep
   *   their memory.
   */
  finalPhase(settings: Settings, restarts: boolean): FinalPhaseFacts;
  /** Returns a request's levels as numbers of replicas, since checkers do not know the levels' names. */
  quorums?(settings: Settings, levels: Levels): NumberedQuorums;
  /** The target's code, which runs on a simulated Host. */
  readonly simulator?: SimulatedTarget;
  /** How nodes run in containers. */
  readonly containers?: ContainerTarget;
  /**
   * Nodes whose messages pass through the harness: local processes, or code in the simulator.
   *
   * @internal
   */
  readonly messages?: MessageTarget;
  /** Clients of a running cluster at addresses that the user names. */
  readonly external?: ExternalTarget;
  /** Named settings, mostly those of known systems. */
  readonly profiles?: Readonly<Record<string, Profile>>;
  /**
   * Loads the documented edge cases, with the settings under which they can happen. Of quorate's commands, only
   * `quorate scenario` calls it.
   */
  readonly scenarios?: () => Promise<readonly Scenario[]>;
  /** Planted bugs by name, which test the tester. */
  readonly bugs?: Readonly<Record<string, PlantedBug>>;
}

/** How clients reach a running cluster. */
export interface ExternalTarget {
  /** Called before each history, for example to create a keyspace. */
  prepare?(reach: Reach): Promise<void>;
  readonly clients: OpenClients;
}

/** Properties of a platform that affect what a target can do and promise. */
export interface PlatformTraits {
  readonly platform: string;
  readonly virtualTime: boolean;
}

export interface TargetCapabilities extends Capabilities {
  /** How histories are separated: by nodes with empty disks, or by fresh keys on nodes that live on. */
  readonly isolation: "fresh-nodes" | "fresh-keyspace";
}

/** Properties of a plan that affect what the target promises. */
export interface PlanFacts {
  /**
   * The plan's workload. If the target does not support the plan's workload, this is the workload from which that
   * workload is built.
   */
  readonly workload: string;
  /** The plan's operations with their quorums, as numbers of replicas. A `w` of 0 means ANY. */
  readonly requests: readonly {
    readonly f: string;
    readonly r?: number;
    readonly w?: number;
    readonly pr?: number;
    readonly pw?: number;
  }[];
  /** The effects of the plan's faults. */
  readonly effects: readonly Effect[];
  readonly keys: readonly string[];
  /**
   * True if no message and no sync takes longer than the longest in the simulator. False or absent if the longest time
   * is unknown.
   */
  readonly simulated?: boolean;
  /** The time from the start of the first fault to the end of the last, in ms. 0 or absent if there are no faults. */
  readonly faultSpanMs?: number;
  /** True if a fault of the plan changes the membership. Absent if none does. */
  readonly membershipChanges?: true;
  /**
   * The longest time from the first request to the last, in ms, without waits that the settings bound. Absent if it is
   * unknown.
   */
  readonly longestRunMs?: number;
}

/** What a target promises for one plan. */
export interface Promises {
  readonly guarantees: readonly GuaranteeName[];
  /**
   * Bounds of times, in whole µs. After heal and restart, replicas are equal within `convergeUs` and links are up
   * within `reconnectUs`. Without clock faults, clocks differ by at most `skewUs`.
   */
  readonly bounds: {
    readonly convergeUs: number;
    readonly skewUs: number;
    readonly reconnectUs: number;
    /** The percentage of all operations that must succeed (`success-rate`). Absent if there is no requirement. */
    readonly succeedPercent?: number;
    /** Which deletes `no-resurrection` covers, as the first event of a history says. Absent if it covers all. */
    readonly tombstone?: NonNullable<RunEvent["bounds"]["tombstone"]>;
  };
}

/** The replication part of a history's first event, from which checkers learn how the store replicates. */
export interface Replication extends Pick<
  RunEvent,
  "stamps" | "routing" | "reads" | "quorums" | "deletes" | "sync" | "repair"
> {
  /** Replicas and quorums. Absent if they are unknown. */
  readonly known?: Required<Pick<RunEvent, "n" | "r" | "w" | "preference">>;
}

/** What the final phase waits for, so that the promised repair is done. */
export interface FinalPhaseFacts {
  /**
   * How many ms after the faults nodes may take to complete work that is only in their memory. The final phase waits
   * for this time, and restarts nodes only after it. 0 means no wait.
   */
  readonly settleBeforeRestartMs: number;
  /**
   * The levels at which each key is read once after the restart, if reads repair replicas. Null if reads repair
   * nothing.
   */
  readonly readsWith: Levels | null;
  /** Whether nodes keep writes for other nodes, so that these writes must first be handed over. */
  readonly handsOver: boolean;
  /** Whether the final phase gives replicas time to become equal. It also does so if the plan claims `converged`. */
  readonly converges: boolean;
  /** How many ms the target's own repair (`TargetClients.settle`) may take. Absent if the target has none. */
  readonly settleMs?: number;
  /**
   * How many ms after the last read replicas may still find something to repair, which is recorded. 0 if they do not
   * look.
   */
  readonly lastLookMs: number;
  /**
   * How many ms the move of one key to another node may take while the membership changes, without the network's time.
   * Absent if this time is negligible.
   */
  readonly keyMovesWithinMs?: number;
}

/** Quorums as numbers of replicas. */
export interface NumberedQuorums {
  readonly r?: number;
  readonly pr?: number;
  /** The number of replicas that must confirm a write. 0 means that a hint is enough (ANY). */
  readonly w?: number;
  readonly pw?: number;
  readonly dw?: number;
}

/**
 * Named settings of the target, mostly the documented defaults of a known system. The promises follow from the
 * settings.
 */
export interface Profile {
  readonly settings: Settings;
  /** A sentence for each difference between the documented system and this target. */
  readonly deviations: readonly string[];
}

/** A planted bug, which tests the tester. */
export interface PlantedBug {
  /** The guarantees of which the bug must break at least one. */
  readonly breaks: readonly GuaranteeName[];
  /** Settings under which the bug shows and the healthy store keeps its promises. */
  readonly settings: Partial<Settings>;
  /** The kinds of fault that the bug's hunt uses. Empty: the bug shows without faults. */
  readonly faults: readonly string[];
  readonly story: string;
  /** The real bug, the class of bugs or the text that the planted bug comes from. */
  readonly source: string;
}
