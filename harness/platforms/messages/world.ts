/** Where the nodes of a message cluster run: processes in real time, or code in the simulator. */
import type { NodeName } from "../../../checkers/index.ts";
import type { Settings } from "../../../generators/index.ts";
import type { ClusterClock } from "../cluster.ts";
import type { Done } from "../fault-port.ts";
import type { MessageTarget } from "./message-target.ts";
import type { NodeMessage } from "./message.ts";

/** What a node reports to its cluster. */
export interface NodeHandlers {
  /** The node sent a message. `text` is the line that the node wrote, if it wrote one. */
  message(message: NodeMessage, text: string | undefined): void;
  /**
   * The node's process ended, and the harness did not end it.
   *
   * @param by `itself`: the process exited or crashed. `somebody`: it got a signal that processes rarely send
   * themselves.
   * @param how The end of a sentence, for example "with status 3".
   */
  ended(by: "itself" | "somebody", how: string): void;
  /** The node broke the protocol. The arguments are the parts of an error. `got` does not quote the node's log. */
  broke(code: string, expected: string, got: string): void;
}

/** A node's machine. Its folder or disk outlives the node's processes. */
export interface NodeMachine {
  readonly name: NodeName;
  readonly isRunning: boolean;
  /** Starts the node on its folder or disk. */
  start(handlers: NodeHandlers): void;
  /**
   * Resolves once all that the node did so far was reported. Missing: it always was.
   */
  settled?(): Promise<void>;
  kill(done: Done): void;
  pause(done: Done): void;
  resume(done: Done): void;
  /** Empties the folder or disk of a dead node. */
  wipe(done: Done): void;
  /** Sets how far the node's wall clock is ahead. */
  setClock(aheadMs: number, done: Done): void;
  /** Delivers a message to a running node. */
  deliver(message: NodeMessage, text: string | undefined): void;
  /** The node's log. */
  log(): string;
  /** The node's last log lines, as one line. */
  lastWords(): string;
}

/** An environment in which nodes run. */
export interface MessageWorld {
  readonly platform: string;
  readonly virtualTime: boolean;
  readonly clock: ClusterClock;
  readonly environment: Readonly<Record<string, string>>;
  /** The faults that this world cannot make: port name, or state of a process → why. */
  readonly cannot: ReadonlyMap<string, string>;
  /** Calls `run` after the delay. Without a delay it may be called at once, within this call. */
  after(delayUs: number, run: () => void): void;
  until(condition: () => boolean, timeoutMs: number): Promise<boolean>;
  /** Called after each event, so that waiting code checks its condition. */
  happened(): void;
  /** Begins a history at time 0. Each of its nodes gets a machine with an empty folder or disk. */
  begin(
    nodes: readonly NodeName[],
    options: {
      readonly seed: number;
      readonly settings: Settings;
      readonly target: MessageTarget;
      /** Whether `setClock` may be called. */
      readonly movesClocks: boolean;
    },
  ): Promise<readonly NodeMachine[]>;
  /** Ends the history: no timer fires any more, and the nodes of the history have ended. */
  end(): Promise<void>;
  /** Removes everything that the world created. */
  stop(): Promise<void>;
}
