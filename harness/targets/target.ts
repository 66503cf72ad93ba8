/** A target: a store under test, with all that quorate must know of it. */
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
  /** The file that it was loaded from; absent: it is built in. */
  readonly file?: string;
  /** What every plan that asks for nothing else gets. */
  readonly defaults: Settings;
  /** Whether a client's session is with one node, or with the cluster, whose nodes the client finds by itself. */
  sessions(settings: Settings): "node" | "cluster";
  /** Settings that the workload needs; absent: none. */
  settingsFor?(workload: string): Settings;
  /** The workloads that can run under these settings, the usual one first; absent: all that it supports. */
  workloadsUnder?(settings: Settings): readonly string[];
  /** What is promised under these settings and this plan. */
  promises(settings: Settings, facts: PlanFacts): Promises;
  /** What the target can show, and how it keeps histories apart, on this platform. */
  capabilities(settings: Settings, platform: PlatformTraits, workload: string): TargetCapabilities;
  /** What the history's opening event says of replication. */
  describe(settings: Settings, keys: readonly string[]): Replication;
  /** What a version of the ring means that nodes wrote down, for these keys. Absent: membership is fixed. */
  ringOf?(
    settings: Settings,
    ring: RingRecord,
    keys: readonly string[],
  ): Omit<RingEvent, "e" | "atUs" | "node">;
  /**
   * How replicas come to agree once all faults are over, and what the end of a history does for it.
   *
   * @param restarts Whether all nodes are restarted. Otherwise only dead ones are started, and the others keep what is
   *   in their memory.
   */
  finalPhase(settings: Settings, restarts: boolean): FinalPhaseFacts;
  /** What a request's own levels come to in numbers of replicas, for checkers, which know no names. */
  quorums?(settings: Settings, levels: Levels): NumberedQuorums;
  /** The target's code on a simulated Host. */
  readonly simulator?: SimulatedTarget;
  /** How nodes run in containers. */
  readonly containers?: ContainerTarget;
  /**
   * Nodes that send each other messages through the harness: local processes, or code in the simulator.
   *
   * @internal
   */
  readonly messages?: MessageTarget;
  /** Clients of a cluster that already runs, at addresses that a person names. */
  readonly external?: ExternalTarget;
  /** Known systems' settings, by name. */
  readonly profiles?: Readonly<Record<string, Profile>>;
  /** Documented edge cases, and whether they can happen under which settings. Loaded only by `quorate scenario`. */
  readonly scenarios?: () => Promise<readonly Scenario[]>;
  /** Bugs planted on purpose, by name: how the tester itself is tested. */
  readonly bugs?: Readonly<Record<string, PlantedBug>>;
}

/** How clients reach a cluster that already runs. */
export interface ExternalTarget {
  /** Before each history: makes a keyspace, say. */
  prepare?(reach: Reach): Promise<void>;
  readonly clients: OpenClients;
}

/** What of the place where it runs bears on what a target can do and promise. */
export interface PlatformTraits {
  readonly platform: string;
  readonly virtualTime: boolean;
}

export interface TargetCapabilities extends Capabilities {
  /** How one history is kept from the next: nodes with empty disks, or keys of its own on nodes that go on. */
  readonly isolation: "fresh-nodes" | "fresh-keyspace";
}

/** What of a plan bears on its promises. */
export interface PlanFacts {
  /** A workload that the target lists: what others are made of where the plan's is one that it does not know. */
  readonly workload: string;
  /** In numbers of replicas; a W of 0 is ANY. */
  readonly requests: readonly {
    readonly f: string;
    readonly r?: number;
    readonly w?: number;
    readonly pr?: number;
    readonly pw?: number;
  }[];
  /** What the plan's faults do. */
  readonly effects: readonly Effect[];
  readonly keys: readonly string[];
  /** Messages and syncs take no longer than the simulator's slowest; absent: nobody can say how long they take. */
  readonly simulated?: boolean;
  /** From the beginning of the first fault to the end of the last; absent: there is none. */
  readonly faultSpanMs?: number;
  /** Nodes join or leave. Absent: membership is fixed. */
  readonly membershipChanges?: true;
  /** From the first request to the last, at most, but for the waits that the settings bound; absent: nobody knows. */
  readonly longestRunMs?: number;
}

/** What a target promises for one plan. */
export interface Promises {
  readonly guarantees: readonly GuaranteeName[];
  /**
   * Whole microseconds: after heal and restart replicas are equal within convergeUs; clocks differ by at most skewUs;
   * links are up within reconnectUs.
   */
  readonly bounds: {
    readonly convergeUs: number;
    readonly skewUs: number;
    readonly reconnectUs: number;
    /** At least so many percent of all operations succeed (`success-rate`). Absent: no share is demanded. */
    readonly succeedPercent?: number;
    /** Of which deletes no-resurrection is promised, as a history's opening event says it. Absent: of all. */
    readonly tombstone?: NonNullable<RunEvent["bounds"]["tombstone"]>;
  };
}

/** What of replication a history's opening event says: all that checkers will know of the store. */
export interface Replication extends Pick<
  RunEvent,
  "stamps" | "routing" | "reads" | "quorums" | "deletes" | "sync" | "repair"
> {
  /** Replicas and quorums; absent: nothing is known of them. */
  readonly known?: Required<Pick<RunEvent, "n" | "r" | "w" | "preference">>;
}

/** What the end of a history waits for, so that what the target promises to repair by then is repaired. */
export interface FinalPhaseFacts {
  /**
   * So long after the faults nodes have done what they had only in memory: the wait before the restart, or in its
   * place. 0: no wait.
   */
  readonly settleBeforeRestartMs: number;
  /** Levels with which each key is read once after the restart, where reads are what repairs; null: they are not. */
  readonly readsWith: Levels | null;
  /** Whether nodes keep writes for other nodes, which must be handed over before. */
  readonly handsOver: boolean;
  /** Whether replicas are to become equal and quiet by themselves. */
  readonly converges: boolean;
  /** How long the target's own settling may take (`TargetClients.settle`); absent: it has none. */
  readonly settleMs?: number;
  /**
   * How long after the last read replicas may still find something to repair: what they do by then is on record. 0:
   * they do not look.
   */
  readonly lastLookMs: number;
}

/** Quorums in numbers of replicas. */
export interface NumberedQuorums {
  readonly r?: number;
  readonly pr?: number;
  /** 0: a hint is enough (ANY). */
  readonly w?: number;
  readonly pw?: number;
  readonly dw?: number;
}

/**
 * A known system's documented defaults as settings of the target. Nothing but settings: what is promised is derived
 * from them.
 */
export interface Profile {
  readonly settings: Settings;
  /** Where the documented system differs from what runs here, a sentence each. */
  readonly deviations: readonly string[];
}

/** A bug that is planted on purpose, to test the tester. */
export interface PlantedBug {
  /** What it must break, any of them. */
  readonly breaks: readonly GuaranteeName[];
  /** Settings under which it shows, and under which the healthy store does not. */
  readonly settings: Partial<Settings>;
  /** Kinds of fault that its hunt may use; none: it shows without. */
  readonly faults: readonly string[];
  readonly story: string;
  /** Where it really happened. */
  readonly source: string;
}
