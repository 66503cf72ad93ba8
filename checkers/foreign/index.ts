/** Other tools' histories. */
import { HistoryError } from "../language/history-error.ts";
import { readEdn, readLog } from "./jepsen.ts";
import { EdnReader, print } from "./edn.ts";
import type { ForeignHistory, ForeignValue } from "./history.ts";

export {
  foreignGuarantees,
  foreignModels,
  guaranteeFor,
  initialFor,
  judgeForeign,
  modelFor,
} from "./judge.ts";
export type { ForeignGuarantee, ForeignModel, ForeignQuestion } from "./judge.ts";
export type {
  ForeignFormat,
  ForeignFunction,
  ForeignHistory,
  ForeignOperation,
  ForeignValue,
} from "./history.ts";

/** What a file is, by how it begins: `quorate` for our own. Throws HistoryError where it begins like none of them. */
export function formatOf(beginning: string): "quorate" | "edn" | "jepsen-log" {
  const text = beginning.replace(/^(?:\s|;[^\n]*(?:\n|$))+/, "");
  // A JSON object's first key is a string; an operation in EDN begins with a keyword.
  if (text === "" || /^\{\s*"/.test(text)) return "quorate";
  if (/^(?:\[|\(|\{|#)/.test(text)) return "edn";
  if (/(?:TRACE|DEBUG|INFO|WARN|ERROR|FATAL|jepsen\.util)/.test(text.slice(0, 200)))
    return "jepsen-log";
  throw new HistoryError(
    "unknown-format",
    "a history.jsonl of quorate, EDN, or a Jepsen log",
    JSON.stringify(text.slice(0, 40)),
  );
}

/** Throws HistoryError with the line. */
export function readForeign(format: "edn" | "jepsen-log", text: string): ForeignHistory {
  return format === "edn" ? readEdn(text) : readLog(text);
}

/** A value as the command line gives it: EDN. Throws HistoryError. */
export function readValue(text: string): ForeignValue {
  const reader = new EdnReader(text);
  const value = reader.read();
  if (reader.peek() !== undefined) throw new HistoryError("bad-edn", "one value", text);
  return value === null ? null : print(value);
}
