/** What the simulated world must know of the program that its nodes run. */
import type { DurableRecord, FrameSummary } from "../../../checkers/index.ts";
import type { Host, LogRecord, Message } from "../../../store/index.ts";

export interface Protocol {
  /** null: a message of the protocol. Otherwise what is wrong with it. */
  validate(message: Message): string | null;
  /** What a frame says in evidence; null: it is not recorded (a ping). */
  describeFrame(message: Message): FrameSummary | null;
  describeRecord(record: LogRecord): DurableRecord;
}

/** A program for a node: runs on a Host until that is revoked. */
export type Program = (host: Host) => void;
