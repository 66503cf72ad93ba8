/**
 * A cluster of nodes under test on any platform. Time is the cluster's own (virtual in the simulator), so the same
 * clients, nemesis and final phase drive all platforms.
 *
 * Clients and faults use callbacks; the driver that starts, waits and stops uses promises. In the simulator, virtual
 * time passes while `until` is awaited.
 */
import type { HistoryEvent, NodeEndedEvent, NodeName } from "../../checkers/index.ts";
import type { HostEvent, ProcessState, Settings } from "../../generators/index.ts";
import type { Target } from "../targets/target.ts";
import type { FaultPorts } from "./fault-port.ts";
import type { ClientSession, Inspected } from "./session.ts";

/** A timer that can be cancelled. */
export interface ClusterTimer {
  /** Prevents the call if it has not happened yet. */
  cancel(): void;
}

/** The cluster's clock, which is virtual in the simulator. */
export interface ClusterClock {
  /** Monotonic time in whole microseconds. */
  nowUs(): number;
  /**
   * Calls `fire` once after `delayMs` of the cluster's time, unless the timer is cancelled or the history ends before.
   */
  setTimer(delayMs: number, fire: () => void): ClusterTimer;
}

/** Options for starting nodes. */
export interface StartOptions {
  readonly settings: Settings;
  /** The workload's name. Default: register. */
  readonly workload?: string;
  /**
   * The seed for all random choices of a simulated world and of the harness's own message network. Other platforms
   * ignore it.
   */
  readonly worldSeed: number;
  /** Path of a bundled .js whose default export replaces parts of the store. Absent: the healthy store. */
  readonly bugBundle?: string;
  readonly evidence: boolean;
  /** True: a fault of this history moves the clocks of nodes. Absent: no fault does. */
  readonly movesClocks?: true;
  /**
   * The nodes that may join in this history. Each starts only when it joins. Absent: the membership is fixed in this
   * history.
   */
  readonly newcomers?: readonly NodeName[];
  /**
   * If this signal aborts, the start no longer waits for the nodes. It resolves although they may not be ready, and the
   * caller then only asks for logs, resets or stops the cluster.
   */
  readonly signal?: AbortSignal;
}

/** A cluster that runs histories one after the other. */
export interface Cluster {
  /** The name of the cluster's platform on the command line. */
  readonly platform: string;
  /** True: time passes only while the driver waits for it, so that a history costs milliseconds. */
  readonly virtualTime: boolean;
  /** True: a plan gives the same history each time, byte for byte. */
  readonly replaysExactly: boolean;
  readonly target: Target;
  /** The current nodes, including those that joined and without those that left for good. */
  readonly nodes: readonly NodeName[];
  /** Whether a change of membership is under way. */
  readonly membershipChanges: boolean;
  readonly clock: ClusterClock;
  /** The environment to record: name (for example engine, image, system or addresses) → value. */
  readonly environment: Readonly<Record<string, string>>;
  /** The faults that this cluster can make, by port. */
  readonly ports: FaultPorts;
  /**
   * Begins a history: ends the last history, and starts nodes with empty disks and without faults in force. Exception:
   * where nodes live on between histories, they keep their data, and the history uses fresh keys. Resolves when the
   * nodes that the cluster started are ready, or once `options.signal` aborts.
   */
  start(options: StartOptions): Promise<void>;
  /** Opens a client's session with a node, which may be down. */
  connect(client: string, node: NodeName): ClientSession;
  /**
   * An error of a client or node that broke the rules of its protocol, so that the history proves nothing. Null if all
   * kept the rules.
   */
  readonly clientError: Error | null;
  /**
   * Asks a node directly what it holds, bypassing the quorum, until it answers. Returns a function that stops asking.
   * Only for targets with inspection.
   */
  inspect(node: NodeName, done: (inspected: Inspected) => void): () => void;

  /**
   * Makes replicas equal with the target's own means, within `timeoutMs`. If the target has no such means, this is
   * absent or does nothing.
   */
  readonly settle?: ((timeoutMs: number, done: (error: Error | null) => void) => void) | undefined;

  /**
   * Calls `reached` once, synchronously, at the `count`-th `event` that the node's Host sees from now on. `strike` says
   * whether to kill or pause the node at that point: before the frame leaves, or before anyone learns of the sync. With
   * null the node runs on. A cluster without this method cannot act inside a node.
   */
  watch?(
    node: NodeName,
    event: HostEvent,
    count: number,
    strike: ProcessState | null,
    reached: () => void,
  ): ClusterTimer;

  /**
   * Resolves true once `condition` holds (checked after each event that the cluster knows of, and in real time also at
   * short intervals), or false after `timeoutMs` of the cluster's time or when the history ends.
   */
  until(condition: () => boolean, timeoutMs: number): Promise<boolean>;
  /**
   * Nodes that ended since the start although neither a fault nor the harness ended them, in order of time. Absent: the
   * harness did not start the nodes, so nobody knows.
   */
  unplannedEnds?(): Promise<readonly NodeEndedEvent[]>;
  /**
   * What the nodes' Hosts recorded since the start, or the harness where it is the nodes' network. Called after the
   * last event of interest; nodes may still run.
   */
  evidence(): Promise<readonly HistoryEvent[]>;
  /** The logs for the run's folder: node → text. Real clients may add a log of their own, named `clients`. */
  logs(): Promise<ReadonlyMap<NodeName, string>>;
  /** Ends this history. The cluster can be started again. */
  reset(): Promise<void>;
  /** Removes everything that the cluster created, apart from images of containers. */
  stop(): Promise<void>;
}

/**
 * The longest time, in ms, that an fsync takes on a slow disk: so it is drawn in the simulator, and so it is expected
 * on every platform. A sync under way may still take this long after the disk has become fast again.
 */
export const slowSyncMs = 600;

/**
 * The id of requests that belong to no operation. Evidence names operations by their requests' ids, so no operation has
 * this id.
 */
export const notAnOperation = 2_000_000_000;
