/**
 * The Host: a simulated program's only access to the world. A program that uses nothing else (no clock, timer, socket,
 * disk or randomness of its own) can run in the simulator. With a real Host it runs anywhere.
 *
 * Everything uses callbacks, not promises: a killed boot's Host never calls back, and the simulator need not wait a
 * turn for each step. No callback is called from within the call that registers it.
 *
 * The Host itself records evidence of each sync, each frame sent and received, and each boot. Units: Ms for durations,
 * Us for clock readings.
 *
 * `Message` is the type of messages between nodes and clients, `LogRecord` the type of log entries.
 */

export type NodeName = string;

/** A timer that can be cancelled. */
export interface Timer {
  /** May be called twice, and after the timer fired. */
  cancel(): void;
}

/** An ordered stream of messages. Messages sent before it closed may or may not have arrived. */
export interface Stream<Message> {
  /** Messages are values: neither side may change one after it was sent. Does nothing on a closed stream. */
  send(message: Message): void;
  /** Closes both directions. `reason` is for people. */
  close(reason: string): void;
  /** Bytes passed to send() that have not left yet, because the peer is slow. */
  bufferedBytes(): number;
}

/** Handlers of a stream's events. */
export interface StreamHandlers<Message> {
  /** Called when a dialled stream is established. Never called for an accepted one, which is open from the start. */
  open?(): void;
  /** Called with a message that passed the protocol's validation. */
  message(message: Message): void;
  /** Called once, also if a dialled stream could not be established. `reason` is for people. */
  close(reason: string): void;
}

/**
 * The other end of an accepted stream, as its handshake says. A peer's secret proves its name; a client's name is
 * unverified.
 */
export type Remote =
  | { readonly kind: "peer"; readonly node: NodeName }
  | { readonly kind: "client"; readonly name: string };

/** A log entry as recovery finds it: whole, or damaged (wrong checksum, cut off). `partial` is the readable part. */
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
   * True: the disk is full. None of these records is durably in the log, and later appends may fit. False: the log's
   * content is unknown, so the program must stop.
   */
  readonly full: boolean;
  readonly message: string;
}

/** An append-only log with checksummed entries. The program chooses its name. It is created with the first entry. */
export interface HostLog<LogRecord> {
  /** Its size including all appends, once it was recovered or begun. */
  readonly bytes: number;
  /** Reads all entries, oldest first. They are durable from then on. Only before the first append. */
  recover(done: (entries: readonly RecoveredEntry<LogRecord>[]) => void): void;
  /** Durably keeps only the first `entries` entries. Only between recover and the first append. */
  cut(entries: number, done: (error: Error | null) => void): void;
  /** Keeps the record in this process's memory until the next write or sync. A kill loses it. */
  append(record: LogRecord): void;
  /** Writes everything appended so far to the operating system: a kill does not lose it, a power loss may. */
  write(done: (failure: LogFailure | null) => void): void;
  /**
   * Writes and fsyncs everything appended so far. `done(null)`: it is durable. Several writes and syncs may run at
   * once; they finish in order.
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
  /** Nodes for which this one has work once it can reach them: a link to open, or data to hand over. */
  readonly waitsFor: readonly NodeName[];
}

/**
 * Returns the report of a quiet node. Null: something other than periodic maintenance is going on (a request, an
 * unsynced write, a waiting tombstone).
 */
export type Quiet = () => QuietNode | null;

/** A simulated program's access to the world. */
export interface Host<Message, LogRecord> {
  readonly node: NodeName;
  /** Increases with each start of this node and is never reused, even after its data was wiped. */
  readonly boot: number;
  /** The node's wall clock in microseconds since 1970. It may be wrong, jump and run backwards. */
  wallUs(): number;
  /** The node's monotonic clock in microseconds. It never runs backwards. */
  monotonicUs(): number;
  /** Calls `fire` once after `delayMs` of monotonic time. */
  setTimer(delayMs: number, fire: () => void): Timer;
  /** Draws a number from [0, 1), uniformly distributed. */
  random(): number;
  /** Opens a stream to a peer, or to this node itself without a network. */
  dial(node: NodeName, handlers: StreamHandlers<Message>): Stream<Message>;
  /** Registers the handler of accepted streams. Called once, before anything can arrive. */
  accept(take: (remote: Remote, stream: Stream<Message>) => StreamHandlers<Message>): void;
  /** Opens the log of that name. */
  log(name: string): HostLog<LogRecord>;
  /** The sorted names of the logs on the disk. */
  logNames(done: (names: readonly string[]) => void): void;
  /** Durably deletes a log. A missing log is no error. The log must not be used any more. */
  removeLog(name: string, done: (error: Error | null) => void): void;
  /** Records why the program did something. */
  explain(explanation: Explanation): void;
  /** Stops this node until its next boot, for example after a failed fsync or a broken invariant. */
  halt(reason: string): void;
}
