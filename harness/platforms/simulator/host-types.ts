/**
 * The Host: a simulated program's only access to the world. A program that uses nothing else (no clock, timer, socket,
 * disk or randomness of its own) can run in the simulator. With a Host made of real clocks, sockets and disks, the same
 * program runs on real machines.
 *
 * What takes time uses callbacks, not promises: a killed boot's Host never calls back, and the simulator need not wait
 * a turn for each step. No callback is called from within the call that registers it.
 *
 * If a history has evidence, the Host itself records it: each sync that made records durable, each boot, and the frames
 * sent and received, apart from those that the protocol leaves out. Names that end in Ms are durations, names that end
 * in Us are clock readings.
 *
 * `Message` is the type of messages between nodes and clients, `LogRecord` the type of log entries.
 */

export type NodeName = string;

/** A timer that can be cancelled. */
export interface Timer {
  /** Cancels the timer. It may be called twice, and after the timer fired. */
  cancel(): void;
}

/** An ordered stream of messages. Messages sent before the stream closed may or may not have arrived. */
export interface Stream<Message> {
  /** Sends a message, or does nothing on a closed stream. Neither side may change a message after it was sent. */
  send(message: Message): void;
  /** Closes both directions. `reason` is for people. */
  close(reason: string): void;
  /** The number of bytes passed to send() that have not left yet, for example because the link is cut or slow. */
  bufferedBytes(): number;
}

/** Handlers of a stream's events. */
export interface StreamHandlers<Message> {
  /** Called when a dialled stream is established. Never called for an accepted stream, which is open from the start. */
  open?(): void;
  /** Called with a message that passed the protocol's validation. */
  message(message: Message): void;
  /** Called once, also if a dialled stream could not be established. `reason` is for people. */
  close(reason: string): void;
}

/**
 * The other end of an accepted stream, as the stream's handshake says. On a real network a peer can prove its name with
 * a secret. A client's name is not verified.
 */
export type Remote =
  | { readonly kind: "peer"; readonly node: NodeName }
  | { readonly kind: "client"; readonly name: string };

/**
 * A log entry as recovery finds it: whole, or damaged (wrong checksum, or cut off). `partial` is the readable part of a
 * damaged entry.
 */
export type RecoveredEntry<LogRecord> =
  | { readonly whole: true; readonly record: LogRecord }
  | {
      readonly whole: false;
      readonly partial: LogRecord | null;
      readonly bytes: number;
      readonly last: boolean;
    };

/** Why a log did not accept the appended records. */
export interface LogFailure {
  /**
   * True: the disk is full. None of the records is durably in the log, and later appends may fit. False: the log's
   * content is unknown, so the program must stop.
   */
  readonly full: boolean;
  readonly message: string;
}

/**
 * An append-only log with checksummed entries. The program chooses the log's name. The log is created with its first
 * entry.
 */
export interface HostLog<LogRecord> {
  /** The log's size including all appends, once the log was recovered or begun. */
  readonly bytes: number;
  /** Reads all entries, oldest first. They are durable from then on. Allowed only before the first append. */
  recover(done: (entries: readonly RecoveredEntry<LogRecord>[]) => void): void;
  /** Durably keeps only the first `entries` entries. Allowed only between recover and the first append. */
  cut(entries: number, done: (error: Error | null) => void): void;
  /** Keeps the record in this process's memory until the next write or sync. A kill loses it. */
  append(record: LogRecord): void;
  /**
   * Writes everything appended so far to the operating system. Once `done(null)` is called, a kill does not lose it,
   * but a power loss may.
   */
  write(done: (failure: LogFailure | null) => void): void;
  /**
   * Writes and fsyncs everything appended so far, and calls `done(null)` when it is durable. Several writes and syncs
   * may run at once; they finish in order.
   */
  sync(done: (failure: LogFailure | null) => void): void;
}

/** The program's own account of why it did something. No verdict depends on it. */
export interface Explanation {
  readonly what: string;
  readonly key?: string;
  readonly detail?: string;
}

/** What a node reports when only periodic maintenance is going on. */
export interface QuietNode {
  /**
   * Digests of the node's data, by name. If two connected nodes have different digests for a name, maintenance will
   * have work.
   */
  readonly holds: ReadonlyMap<string, string>;
  /** Nodes for which this node has work once it can reach them: a link to open, or data to hand over. */
  readonly waitsFor: readonly NodeName[];
}

/**
 * Returns the report of a quiet node. Returns null if something other than periodic maintenance is going on (a request,
 * an unsynced write, a waiting tombstone).
 */
export type Quiet = () => QuietNode | null;

/** A simulated program's access to the world. */
export interface Host<Message, LogRecord> {
  readonly node: NodeName;
  /**
   * The number of this boot. It increases with each start of the node and is never reused, even after the node's data
   * was wiped.
   */
  readonly boot: number;
  /** The node's wall clock in microseconds since 1970. It may be wrong, jump and run backwards. */
  wallUs(): number;
  /** The node's monotonic clock in microseconds. It never runs backwards. */
  monotonicUs(): number;
  /** Calls `fire` once after `delayMs` of monotonic time, unless the timer is cancelled or the boot ends before. */
  setTimer(delayMs: number, fire: () => void): Timer;
  /** Draws a number from [0, 1), uniformly distributed. */
  random(): number;
  /** Opens a stream to a peer, or to this node itself. The latter uses no network. */
  dial(node: NodeName, handlers: StreamHandlers<Message>): Stream<Message>;
  /** Registers the handler of accepted streams. The program calls it once, before anything can arrive. */
  accept(take: (remote: Remote, stream: Stream<Message>) => StreamHandlers<Message>): void;
  /** Opens the log with this name. */
  log(name: string): HostLog<LogRecord>;
  /** The sorted names of the logs on the disk. */
  logNames(done: (names: readonly string[]) => void): void;
  /** Durably deletes a log. A missing log is no error. The program must not use the log any more. */
  removeLog(name: string, done: (error: Error | null) => void): void;
  /** Records why the program did something. */
  explain(explanation: Explanation): void;
  /** Stops this node until its next boot, for example after a failed fsync or a broken invariant. */
  halt(reason: string): void;
}
