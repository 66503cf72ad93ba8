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
  /** The file that it was loaded from. Absent: it is built in. */
  readonly file?: string;
  /** The settings of plans that name none. */
  readonly defaults: Settings;
  /** Whether a client's session is with one node, or with the cluster because the client finds nodes itself. */
  sessions(settings: Settings): "node" | "cluster";
  /** Settings that the workload requires. Absent: none. */
  settingsFor?(workload: string): Settings;
  /** The workloads that these settings allow, the usual one first. Absent: all that it supports. */
  workloadsUnder?(settings: Settings): readonly string[];
  /** What the target promises under these settings and this plan. */
  promises(settings: Settings, facts: PlanFacts): Promises;
  /** What the target can show on this platform, and how it separates histories. */
  capabilities(settings: Settings, platform: PlatformTraits, workload: string): TargetCapabilities;
  /** What the first event of a history says about replication. */
  describe(settings: Settings, keys: readonly string[]): Replication;
  /** Describes a node's version of the ring for checkers, with the replicas of `keys`. Absent: membership is fixed. */
  ringOf?(
    settings: Settings,
    ring: RingRecord,
    keys: readonly string[],
  ): Omit<RingEvent, "e" | "atUs" | "node">;
  /**
   * How replicas become equal after all faults, and what the final phase does for it.
   *
   * @param restarts Whether all nodes are restarted. Otherwise only dead ones are started, and the others keep their
   *   memory.
   */
  finalPhase(settings: Settings, restarts: boolean): FinalPhaseFacts;
  /** A request's levels as numbers of replicas, since checkers know no names. */
  quorums?(settings: Settings, levels: Levels): NumberedQuorums;
  /** The target's code on a simulated Host. */
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
  /** Known systems' settings, by name. */
  readonly profiles?: Readonly<Record<string, Profile>>;
  /** Documented edge cases, with the settings under which they can happen. Loaded only by `quorate scenario`. */
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
  /** How histories are separated: nodes with empty disks, or fresh keys on nodes that live on. */
  readonly isolation: "fresh-nodes" | "fresh-keyspace";
}

/** Properties of a plan that affect what the target promises. */
export interface PlanFacts {
  /** The plan's workload. If the target does not support it: the workload that it is built from. */
  readonly workload: string;
  /** The plan's operations with their quorums, as numbers of replicas. A W of 0 means ANY. */
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
  /** True: no message or sync takes longer than the simulator's longest. Absent: their longest time is unknown. */
  readonly simulated?: boolean;
  /** The time from the first fault's begin to the last one's end. Absent: there are no faults. */
  readonly faultSpanMs?: number;
  /** Whether nodes join or leave. Absent: membership is fixed. */
  readonly membershipChanges?: true;
  /** The longest time from the first request to the last, without waits that the settings bound. Absent: unknown. */
  readonly longestRunMs?: number;
}

/** What a target promises for one plan. */
export interface Promises {
  readonly guarantees: readonly GuaranteeName[];
  /**
   * Whole microseconds. After heal and restart replicas are equal within convergeUs, clocks differ by at most skewUs,
   * and links are up within reconnectUs.
   */
  readonly bounds: {
    readonly convergeUs: number;
    readonly skewUs: number;
    readonly reconnectUs: number;
    /** The percentage of all operations that must succeed (`success-rate`). Absent: no requirement. */
    readonly succeedPercent?: number;
    /** The deletes that no-resurrection covers, as the first event of a history says. Absent: all. */
    readonly tombstone?: NonNullable<RunEvent["bounds"]["tombstone"]>;
  };
}

/** The replication part of a history's first event: everything that checkers learn about the store. */
export interface Replication extends Pick<
  RunEvent,
  "stamps" | "routing" | "reads" | "quorums" | "deletes" | "sync" | "repair"
> {
  /** Replicas and quorums. Absent: unknown. */
  readonly known?: Required<Pick<RunEvent, "n" | "r" | "w" | "preference">>;
}

/** What the final phase waits for, so that the promised repair is done. */
export interface FinalPhaseFacts {
  /**
   * How long after the faults nodes have completed the work that is only in their memory, in ms. The final phase waits
   * for it before the restart. 0: no wait.
   */
  readonly settleBeforeRestartMs: number;
  /** The levels at which each key is read once after the restart, if reads repair. Null: they do not. */
  readonly readsWith: Levels | null;
  /** Whether nodes keep writes for other nodes, which must first be handed over. */
  readonly handsOver: boolean;
  /** Whether replicas should become equal and quiet by themselves. */
  readonly converges: boolean;
  /** How long the target's own repair may take (`TargetClients.settle`). Absent: it has none. */
  readonly settleMs?: number;
  /**
   * How long after the last read replicas may still find something to repair, which is recorded. 0: they do not look.
   */
  readonly lastLookMs: number;
  /**
   * How long the move of one key to another node may take while membership changes, in ms, without the network's time.
   * Absent: this time is negligible.
   */
  readonly keyMovesWithinMs?: number;
}

/** Quorums as numbers of replicas. */
export interface NumberedQuorums {
  readonly r?: number;
  readonly pr?: number;
  /** 0: a hint is enough (ANY). */
  readonly w?: number;
  readonly pw?: number;
  readonly dw?: number;
}

/** A known system's documented defaults as settings of the target. Promises are derived from the settings. */
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
  /** Kinds of fault that its hunt uses. Empty: the bug shows without faults. */
  readonly faults: readonly string[];
  readonly story: string;
  /** The real bug that it imitates. */
  readonly source: string;
}
