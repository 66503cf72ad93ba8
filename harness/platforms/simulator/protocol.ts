/**
 * What the simulator must know about the nodes' program. The simulator itself does not interpret messages and records.
 */
import type { DurableRecord, FrameSummary } from "../../../checkers/index.ts";
import type {
  Host as AnyHost,
  HostLog as AnyHostLog,
  Quiet,
  RecoveredEntry as AnyRecoveredEntry,
  Stream as AnyStream,
  StreamHandlers as AnyStreamHandlers,
} from "./host-types.ts";

/** Messages and records have types of the target's own, which the simulator does not know. */
export type Message = unknown;
export type LogRecord = unknown;
export type Host = AnyHost<Message, LogRecord>;
export type HostLog = AnyHostLog<LogRecord>;
export type RecoveredEntry = AnyRecoveredEntry<LogRecord>;
export type Stream = AnyStream<Message>;
export type StreamHandlers = AnyStreamHandlers<Message>;

/**
 * Describes a target's messages and records to the simulator. Its functions are declared as methods, so that a protocol
 * with the target's own types is assignable to `Protocol`.
 */
export interface Protocol<M = Message, R = LogRecord> {
  /** Checks a message. Returns null if the message is valid, else what is wrong with it. */
  validate(message: M): string | null;
  /** How a frame appears in evidence. Null: evidence leaves the frame out, for example a ping. */
  describeFrame(message: M): FrameSummary | null;
  /** How a record appears in evidence. */
  describeRecord(record: R): DurableRecord;
  /** The size of a record on the disk, in bytes. */
  recordBytes(record: R): number;
  /** The length of the value at the end of a record, in bytes. 0 if the record does not end with a value. */
  lastValueBytes(record: R): number;
  /**
   * What a careless reader would read from a record of which only the first `bytes` bytes are left. Null if it would
   * read nothing.
   */
  tornRecord(record: R, bytes: number): R | null;
  /** A hash that is equal for equal records, on every machine. */
  hashRecords(records: readonly R[]): string;
}

/**
 * A program that runs on a Host until the Host is revoked. It may return a function that reports when the node is
 * quiet. Without that function, no idle time is skipped.
 */
export type Program = (host: Host) => Quiet | void;
