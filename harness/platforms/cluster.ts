/**
 * A cluster of nodes to test, wherever it runs. Two implementations: `docker` and `sim`. Time is the cluster's own
 * (virtual in the simulator), so the same clients, nemesis and ending drive both.
 *
 * Callbacks are for what goes on all the time (clients, faults), promises for the one driver that starts, waits and stops.
 * In the simulator, awaiting `until` is what makes virtual time pass.
 */
import type { HistoryEvent, NodeName } from "../../checkers/index.ts";
import type { ClientReply, PeerReply, Sent, StoreSettings } from "../../store/index.ts";
import type { DiskDamage, FaultKind, HostEvent, Limit, Trouble } from "../../generators/index.ts";

export interface ClusterTimer {
  cancel(): void;
}

export interface ClusterClock {
  /** Monotonic, whole microseconds. */
  nowUs(): number;
  setTimer(delayMs: number, fire: () => void): ClusterTimer;
}

/** A client's connection to one node. */
export interface ClientConnection {
  /** Before `open` it is queued. */
  send(request: Sent): void;
  close(): void;
}

export interface ClientHandlers {
  open(): void;
  reply(reply: ClientReply): void;
  /** Client routing: what a replica tells a client as it would tell a coordinator. Absent: none is expected. */
  peerReply?(reply: PeerReply): void;
  /** Once, also when it could not be established. */
  closed(reason: string): void;
}

/** One direction between two nodes, and what is wrong with it. */
export type TroubledLink = readonly [from: NodeName, to: NodeName, trouble: Trouble];

export interface StartOptions {
  readonly settings: StoreSettings;
  /** Simulator only: everything that its world draws. */
  readonly worldSeed: number;
  /** Path of a bundled .js whose default export replaces parts of the store; absent: the healthy store. */
  readonly bugBundle?: string;
  readonly evidence: boolean;
}

export interface Cluster {
  readonly kind: "sim" | "docker";
  readonly nodes: readonly NodeName[];
  readonly clock: ClusterClock;
  /** What it runs in, for the record: name (engine, image, kernel, …) → version. */
  readonly environment: Readonly<Record<string, string>>;
  /** Kinds of fault that cannot be made here, and why: a sentence's end. */
  readonly cannot: ReadonlyMap<FaultKind, string>;
  /** Fresh nodes: killed first, empty disks, true clocks, no rules, a new secret. Resolves when all serve and all links are up. */
  start(options: StartOptions): Promise<void>;
  connect(client: string, node: NodeName, handlers: ClientHandlers): ClientConnection;

  /** Exactly these directed pairs [from, to] drop all packets from now on; [] heals. `allClients` stands for every client at once. */
  setCuts(
    cuts: readonly (readonly [NodeName, NodeName])[],
    done: (error: Error | null) => void,
  ): void;
  /** Exactly these links between nodes are in trouble from now on, each named once; [] heals. Cuts go before. */
  setTroubles(links: readonly TroubledLink[], done: (error: Error | null) => void): void;
  /** SIGKILL. */
  kill(node: NodeName, done: (error: Error | null) => void): void;
  /** Starts a killed node on what its disk holds; cuts that hold are in force before it talks to a peer. Done once the process runs. */
  restart(node: NodeName, done: (error: Error | null) => void): void;
  pause(node: NodeName, done: (error: Error | null) => void): void;
  resume(node: NodeName, done: (error: Error | null) => void): void;
  /** Keeps a copy of what the node's disk holds now, in place of an earlier one: what damage `restore` puts back. */
  copyDisk(node: NodeName, done: (error: Error | null) => void): void;
  /** What a killed node's disk had not synced is lost. Fails where the node runs. */
  losePower(node: NodeName, done: (error: Error | null) => void): void;
  /** Exactly the disks of these nodes have no room left from now on; [] heals. */
  setFullDisks(nodes: readonly NodeName[], done: (error: Error | null) => void): void;
  /** Exactly the disks of these nodes take long for each fsync from now on; [] heals. */
  setSlowDisks(nodes: readonly NodeName[], done: (error: Error | null) => void): void;
  /** Exactly these nodes may use no more than this from now on, through their restarts too; [] heals. */
  setLimits(
    limits: readonly (readonly [NodeName, Limit])[],
    done: (error: Error | null) => void,
  ): void;
  /** Damages the logs of a killed node. `atPerMille`: where, for damage that has a place. Fails where the node runs. */
  damageDisk(
    node: NodeName,
    damage: DiskDamage,
    atPerMille: number,
    done: (error: Error | null) => void,
  ): void;
  /** The node's wall clock is ahead by so many whole ms from now on (behind, if negative; 0: true), through its restarts too. */
  setClock(node: NodeName, aheadMs: number, done: (error: Error | null) => void): void;

  /**
   * Calls `reached` once, from within that event, at the `count`-th such event that the node's Host sees from now on, and kills or pauses the node exactly then where `strike`
   * says so: before the frame leaves, or before anyone learns of the sync. Absent: this cluster cannot act within a node.
   */
  watch?(
    node: NodeName,
    event: HostEvent,
    count: number,
    strike: "kill" | "pause" | null,
    reached: () => void,
  ): ClusterTimer;

  /** Resolves true once `condition` holds (looked at whenever something happened), false when `timeoutMs` of the cluster's time have passed. */
  until(condition: () => boolean, timeoutMs: number): Promise<boolean>;
  /** The Host's evidence of all nodes since start. Called after the last event of interest; nodes may be running. */
  evidence(): Promise<readonly HistoryEvent[]>;
  /** Each node's own log, for the run's folder: node → text. */
  logs(): Promise<ReadonlyMap<NodeName, string>>;
  /** Ends this history: nothing of it runs on. The cluster can be started again. */
  reset(): Promise<void>;
  /** Removes everything it made. */
  stop(): Promise<void>;
}

/** The id of requests that are no operation of a history: evidence names operations by their requests' ids, and these must not be taken for one. */
export const notAnOperation = 2_000_000_000;
