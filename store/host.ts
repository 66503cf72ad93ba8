/**
 * The Host interface with the store's own types of messages and records. A Host is a node's only access to the world.
 */
import type {
  Host as AnyHost,
  HostLog as AnyHostLog,
  RecoveredEntry as AnyRecoveredEntry,
  Stream as AnyStream,
  StreamHandlers as AnyStreamHandlers,
} from "../harness/platforms/simulator/host-types.ts";
import type { Message } from "./protocol/protocol.ts";
import type { LogRecord } from "./versions/records.ts";

export type {
  Explanation,
  LogFailure,
  NodeName,
  Quiet,
  QuietNode,
  Remote,
  Timer,
} from "../harness/platforms/simulator/host-types.ts";

export type Host = AnyHost<Message, LogRecord>;
export type HostLog = AnyHostLog<LogRecord>;
export type RecoveredEntry = AnyRecoveredEntry<LogRecord>;
export type Stream = AnyStream<Message>;
export type StreamHandlers = AnyStreamHandlers<Message>;
