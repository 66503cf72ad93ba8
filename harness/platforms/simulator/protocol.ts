/**
 * What the simulated world must know of the program that its nodes run. To the world itself messages and records are
 * opaque.
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

/** The target's; nothing here looks into one. */
export type Message = unknown;
export type LogRecord = unknown;
export type Host = AnyHost<Message, LogRecord>;
export type HostLog = AnyHostLog<LogRecord>;
export type RecoveredEntry = AnyRecoveredEntry<LogRecord>;
export type Stream = AnyStream<Message>;
export type StreamHandlers = AnyStreamHandlers<Message>;

/**
 * A target's messages and records as the simulator needs to see them. Methods on purpose: a user's own protocol
 * messages is a protocol of opaque ones, as it gets to see its own alone.
 */
export interface Protocol<M = Message, R = LogRecord> {
  /** null: a message of the protocol. Otherwise what is wrong with it. */
  validate(message: M): string | null;
  /** What a frame says in evidence; null: it is not recorded (a ping). */
  describeFrame(message: M): FrameSummary | null;
  /** What a record says in evidence. */
  describeRecord(record: R): DurableRecord;
  /** How many bytes a record takes on the disk. */
  recordBytes(record: R): number;
  /** Of a record that ends with a value, how many bytes that has; 0: it has none, or ends with something else. */
  lastValueBytes(record: R): number;
  /** What a careless reader would make of a record of which so many bytes are left; null: nothing. */
  tornRecord(record: R, bytes: number): R | null;
  /** Equal records have equal hashes, whatever the machine. */
  hashRecords(records: readonly R[]): string;
}

/**
 * What a node runs, on a Host, until that is revoked. One that does not say when it is quiet has no idle time skipped.
 */
export type Program = (host: Host) => Quiet | void;
