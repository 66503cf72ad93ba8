/**
 * A cluster of nodes to test, wherever it runs. Time is the cluster's own
 * (virtual in the simulator), so the same clients, nemesis and ending drive both.
 *
 * Callbacks are for what goes on all the time (clients, faults), promises for the one driver that starts, waits and
 * stops. In the simulator, awaiting `until` is what makes virtual time pass.
 */
import type { HistoryEvent, NodeEndedEvent, NodeName } from "../../checkers/index.ts";
import type { HostEvent, ProcessState, Settings } from "../../generators/index.ts";
import type { Target } from "../targets/target.ts";
import type { FaultPorts } from "./fault-port.ts";
import type { ClientSession, Inspected } from "./session.ts";

/** A timer that can be cancelled. */
export interface ClusterTimer {
  /** Prevents the call, if it did not happen yet. */
  cancel(): void;
}

/** The cluster's time: virtual in the simulator. */
export interface ClusterClock {
  /** Monotonic, whole microseconds. */
  nowUs(): number;
  /** Calls `fire` once, after `delayMs` of this time. */
  setTimer(delayMs: number, fire: () => void): ClusterTimer;
}

/** What nodes are started with. */
export interface StartOptions {
  readonly settings: Settings;
  /** Absent: register. */
  readonly workload?: string;
  /** Simulator only: everything that its world draws. */
  readonly worldSeed: number;
  /** Path of a bundled .js whose default export replaces parts of the store; absent: the healthy store. */
  readonly bugBundle?: string;
  readonly evidence: boolean;
  /** A fault of this history moves the clocks of nodes. Absent: none does. */
  readonly movesClocks?: true;
  /** Membership changes in this history: these nodes may join, which are started only then. Absent: it is fixed. */
  readonly newcomers?: readonly NodeName[];
}

/** A cluster that histories run on, one after the other. */
export interface Cluster {
  /** The platform that it runs on, as the command line calls it. */
  readonly platform: string;
  /** True: time passes only while somebody waits for it, so that a history costs milliseconds. */
  readonly virtualTime: boolean;
  /** True: the same plan gives the same history, byte for byte. */
  readonly replaysExactly: boolean;
  readonly target: Target;
  /** The nodes that are there now: those that joined too, and none that left for good. */
  readonly nodes: readonly NodeName[];
  /** Whether a change of membership that was begun is not over. */
  readonly membershipChanges: boolean;
  readonly clock: ClusterClock;
  /** What it runs in, for the record: name (engine, image, kernel, …) → version. */
  readonly environment: Readonly<Record<string, string>>;
  /** What faults may want of it. */
  readonly ports: FaultPorts;
  /**
   * Fresh nodes: killed first, empty disks, true clocks, no rules, a new secret. Resolves when all serve and all links
   * are up.
   */
  start(options: StartOptions): Promise<void>;
  /** Opens a session of the client with the node. The node may be down. */
  connect(client: string, node: NodeName): ClientSession;
  /** A client that broke the rules of clients, so that this history proves nothing; null: none did. */
  readonly clientError: Error | null;
  /**
   * Asks a node what it holds, around the quorum, until it answers; returns what ends the asking. Only where the
   * target's capabilities say so.
   */
  inspect(node: NodeName, done: (inspected: Inspected) => void): () => void;

  /** Has the target's own means make replicas equal, within the time. Absent: there are none here. */
  readonly settle?: ((timeoutMs: number, done: (error: Error | null) => void) => void) | undefined;

  /**
   * Calls `reached` once, from within that event, at the `count`-th such event that the node's Host sees from now on,
   * and kills or pauses the node exactly then where `strike` says so: before the frame leaves, or before anyone learns
   * of the sync. Absent: this cluster cannot act within a node.
   */
  watch?(
    node: NodeName,
    event: HostEvent,
    count: number,
    strike: ProcessState | null,
    reached: () => void,
  ): ClusterTimer;

  /**
   * Resolves true once `condition` holds (looked at whenever something happened), false when `timeoutMs` of the
   * cluster's time have passed.
   */
  until(condition: () => boolean, timeoutMs: number): Promise<boolean>;
  /**
   * Ends of nodes since start that neither a fault nor the harness itself caused, in order of time. Absent: the nodes
   * were not started here, so nobody knows.
   */
  unplannedEnds?(): Promise<readonly NodeEndedEvent[]>;
  /** The Host's evidence of all nodes since start. Called after the last event of interest; nodes may be running. */
  evidence(): Promise<readonly HistoryEvent[]>;
  /** Each node's own log, for the run's folder: node → text. */
  logs(): Promise<ReadonlyMap<NodeName, string>>;
  /** Ends this history: nothing of it runs on. The cluster can be started again. */
  reset(): Promise<void>;
  /** Removes everything it made. */
  stop(): Promise<void>;
}

/**
 * An fsync of a disk that is slow takes no longer on any platform; one that had begun may still take as long when the
 * disk is fast again.
 */
export const slowSyncMs = 600;

/**
 * The id of requests that are no operation of a history: evidence names operations by their requests' ids, and these
 * must not be taken for one.
 */
export const notAnOperation = 2_000_000_000;
