/**
 * The Host: the one way from a simulated program to the world. A program that calls nothing else (no clock, timer,
 * socket, disk or source of chance of its own) can run in the simulator; behind a real Host it runs anywhere.
 *
 * Everything is callbacks, not promises: a killed boot's Host is revoked by never calling back, and the simulator need
 * not wait a turn for each step. No callback is ever called from within the call that registers it.
 *
 * The Host records evidence of what it did (each sync, each frame sent and received, each boot) by itself, whatever the
 * program says. Times: Ms for durations, Us for readings of clocks.
 *
 * `Message` is what the program's nodes and clients send each other, `LogRecord` what it keeps in its logs.
 */

export type NodeName = string;

/** A timer that can be cancelled. */
export interface Timer {
  /** Safe to call twice, and after it fired. */
  cancel(): void;
}

/** An ordered stream of messages. What was sent before it closed may or may not have arrived. */
export interface Stream<Message> {
  /** Messages are values: neither side may change one after it was sent. On a closed stream it does nothing. */
  send(message: Message): void;
  /** Closes both directions. `reason` is for people. */
  close(reason: string): void;
  /** Bytes handed to send() that have not left yet: what a slow peer makes us hold. */
  bufferedBytes(): number;
}

/** Who hears what arrives on a stream. */
export interface StreamHandlers<Message> {
  /** A dialled stream is established. Never called for an accepted one, which is open from the start. */
  open?(): void;
  /** A message that passed the protocol's validation. */
  message(message: Message): void;
  /** Called once. `reason` is for people. Also called when a dialled stream could not be established. */
  close(reason: string): void;
}

/**
 * Who is at the other end of an accepted stream, as its handshake said. A peer's secret proves its name; a client's
 * name is only a name.
 */
export type Remote =
  | { readonly kind: "peer"; readonly node: NodeName }
  | { readonly kind: "client"; readonly name: string };

/**
 * One entry of a log as recovery finds it: whole, or damaged (checksum wrong, cut off). `partial` is what could be made
 * out of it.
 */
export type RecoveredEntry<LogRecord> =
  | { readonly whole: true; readonly record: LogRecord }
  | {
      readonly whole: false;
      readonly partial: LogRecord | null;
      readonly bytes: number;
      readonly last: boolean;
    };

/** Why a log did not take what was appended. */
export interface LogFailure {
  /**
   * True: the disk is full. Nothing of it is in the log, durably so, and what is appended next may find room. False:
   * what the log holds of it is not known and never will be; the program must stop.
   */
  readonly full: boolean;
  readonly message: string;
}

/**
 * An append-only log with checksummed entries. One per name; names are the program's. It comes to be with the first
 * entry.
 */
export interface HostLog<LogRecord> {
  /** Its size with all that was appended, once it was recovered or begun. */
  readonly bytes: number;
  /** Everything in it, oldest first, durable from then on. Only before the first append. */
  recover(done: (entries: readonly RecoveredEntry<LogRecord>[]) => void): void;
  /** Cuts the log after its first `entries` entries, durably. Only between recover and the first append. */
  cut(entries: number, done: (error: Error | null) => void): void;
  /** Held in this process's memory until the next write or sync: a kill loses it. */
  append(record: LogRecord): void;
  /** Hands everything appended so far to the operating system: a kill does not lose it, a power loss may. */
  write(done: (failure: LogFailure | null) => void): void;
  /**
   * Writes and fsyncs everything appended so far. `done(null)`: it is durable. Several writes and syncs may be under
   * way; they finish in order.
   */
  sync(done: (failure: LogFailure | null) => void): void;
}

/** The program says why it did something. No verdict rests on it. */
export interface Explanation {
  readonly what: string;
  readonly key?: string;
  readonly detail?: string;
}

/** What a node says in which nothing goes on but periodic maintenance. */
export interface QuietNode {
  /**
   * Digests of what it holds, by name: where two nodes that reach each other give one name different digests,
   * maintenance will have something to do.
   */
  readonly holds: ReadonlyMap<string, string>;
  /** Nodes for which it has something to do once it reaches them: to link to them, or to hand something over. */
  readonly waitsFor: readonly NodeName[];
}

/**
 * Tells whether nothing goes on in a node but periodic maintenance. null: something does (a request, a write without
 * its sync, a tombstone that waits).
 */
export type Quiet = () => QuietNode | null;

/** All that a simulated program may use of the world. */
export interface Host<Message, LogRecord> {
  readonly node: NodeName;
  /** Counts up with each start of this node and is never used twice, not even after its data was wiped. */
  readonly boot: number;
  /** The node's wall clock in microseconds since 1970; it may be skewed, jump and run backwards. */
  wallUs(): number;
  /** Never runs backwards. */
  monotonicUs(): number;
  /** Calls `fire` once, after `delayMs` of monotonic time. */
  setTimer(delayMs: number, fire: () => void): Timer;
  /** Uniform in [0, 1). */
  random(): number;
  /** Opens a stream to a peer (or to this node itself, a loopback that needs no network). */
  dial(node: NodeName, handlers: StreamHandlers<Message>): Stream<Message>;
  /** Registers who takes accepted streams. Called once, before anything can arrive. */
  accept(take: (remote: Remote, stream: Stream<Message>) => StreamHandlers<Message>): void;
  /** Opens the log of that name. */
  log(name: string): HostLog<LogRecord>;
  /** Which logs the disk holds, in order of name. */
  logNames(done: (names: readonly string[]) => void): void;
  /** Deletes a log durably; one that does not exist is fine. Nobody may use it any more. */
  removeLog(name: string, done: (error: Error | null) => void): void;
  /** Records why the program did something. */
  explain(explanation: Explanation): void;
  /** Stops this node for good (until the next boot): a failed fsync, an invariant broken. */
  halt(reason: string): void;
}
