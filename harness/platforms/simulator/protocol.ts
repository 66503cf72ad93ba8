/** What the simulator must know about the nodes' program. Messages and records are opaque to the simulator itself. */
import type { DurableRecord, FrameSummary } from "../../../checkers/index.ts";
import type {
  Host as AnyHost,
  HostLog as AnyHostLog,
  Quiet,
  RecoveredEntry as AnyRecoveredEntry,
  Stream as AnyStream,
  StreamHandlers as AnyStreamHandlers,
} from "./host-types.ts";

/** The type belongs to the target. The simulator never looks inside. */
export type Message = unknown;
export type LogRecord = unknown;
export type Host = AnyHost<Message, LogRecord>;
export type HostLog = AnyHostLog<LogRecord>;
export type RecoveredEntry = AnyRecoveredEntry<LogRecord>;
export type Stream = AnyStream<Message>;
export type StreamHandlers = AnyStreamHandlers<Message>;

/**
 * Describes a target's messages and records to the simulator. Declared as methods, so that a protocol of the user's
 * message type is assignable to one of opaque messages.
 */
export interface Protocol<M = Message, R = LogRecord> {
  /** Checks a message. Null: it is valid. Otherwise what is wrong with it. */
  validate(message: M): string | null;
  /** How a frame appears in evidence. Null: it is not recorded (a ping). */
  describeFrame(message: M): FrameSummary | null;
  /** How a record appears in evidence. */
  describeRecord(record: R): DurableRecord;
  /** The size of a record on the disk. */
  recordBytes(record: R): number;
  /** The length of the value at the end of a record. 0: it has no value, or ends with something else. */
  lastValueBytes(record: R): number;
  /** What a careless reader would read from a record that was cut to so many bytes. Null: nothing. */
  tornRecord(record: R, bytes: number): R | null;
  /** A hash that is equal for equal records, on every machine. */
  hashRecords(records: readonly R[]): string;
}

/**
 * A program that runs on a Host until the Host is revoked. If it does not say when it is quiet, no idle time is
 * skipped.
 */
export type Program = (host: Host) => Quiet | void;
