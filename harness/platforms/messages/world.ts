/**
 * Where the nodes of a message cluster run, and whose time passes there: processes in real time, or code in the
 * simulator.
 */
import type { NodeName } from "../../../checkers/index.ts";
import type { Settings } from "../../../generators/index.ts";
import type { ClusterClock } from "../cluster.ts";
import type { Done } from "../fault-port.ts";
import type { MessageTarget } from "./message-target.ts";
import type { NodeMessage } from "./message.ts";

/** What a node tells its cluster. */
export interface NodeHandlers {
  /** `text`: as it was written. */
  message(message: NodeMessage, text: string | undefined): void;
  /**
   * Its process ended, and the harness did not end it.
   *
   * @param by Itself: it exited or crashed. Somebody: a signal that processes do not give themselves.
   * @param how A sentence's end: "with status 3".
   */
  ended(by: "itself" | "somebody", how: string): void;
  /** It did what no node may. `code` and `expected` as of an error; `got` without its last words. */
  broke(code: string, expected: string, got: string): void;
}

/** A node's machine: its folder or disk outlives the node's processes. */
export interface NodeMachine {
  readonly name: NodeName;
  readonly isRunning: boolean;
  /** Starts the node on what its folder holds. */
  start(handlers: NodeHandlers): void;
  kill(done: Done): void;
  pause(done: Done): void;
  resume(done: Done): void;
  /** Empties the folder of a dead node. */
  wipe(done: Done): void;
  /** From now on the node's wall clock is ahead by so much. */
  setClock(aheadMs: number, done: Done): void;
  /** Hands a message to a node that runs. */
  deliver(message: NodeMessage, text: string | undefined): void;
  /** Its own log. */
  log(): string;
  /** What it said last, one line. */
  lastWords(): string;
}

/** One place where nodes run. */
export interface MessageWorld {
  readonly platform: string;
  readonly virtualTime: boolean;
  readonly clock: ClusterClock;
  readonly environment: Readonly<Record<string, string>>;
  /** What faults this world cannot make, and why, by the name of the port. */
  readonly cannot: ReadonlyMap<string, string>;
  /** Calls `run` after the delay, at once for 0. */
  after(delayUs: number, run: () => void): void;
  until(condition: () => boolean, timeoutMs: number): Promise<boolean>;
  /** Something happened: whoever waits looks at the condition. */
  happened(): void;
  /** A history begins: its time is 0, and each of its nodes has a machine with an empty folder. */
  begin(
    nodes: readonly NodeName[],
    options: {
      readonly seed: number;
      readonly settings: Settings;
      readonly target: MessageTarget;
      /** Whether `setClock` is called. */
      readonly movesClocks: boolean;
    },
  ): Promise<readonly NodeMachine[]>;
  /** Ends the history: no timer fires any more, and no process of it is left. */
  end(): Promise<void>;
  /** Removes all that it made. */
  stop(): Promise<void>;
}
