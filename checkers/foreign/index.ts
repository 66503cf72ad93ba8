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

/**
 * Tells the format of a history by how its text begins.
 *
 * @returns `quorate` for histories of quorate itself.
 * @throws HistoryError if no format begins like this.
 */
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

/**
 * Reads a history that another tool recorded.
 *
 * @param format What `formatOf` says of how the text begins.
 * @param text The whole file.
 * @throws HistoryError with the line that is wrong.
 */
export function readForeign(format: "edn" | "jepsen-log", text: string): ForeignHistory {
  return format === "edn" ? readEdn(text) : readLog(text);
}

/**
 * Reads a value as the command line gives it: EDN.
 *
 * @throws HistoryError if it is not one value.
 */
export function readValue(text: string): ForeignValue {
  const reader = new EdnReader(text);
  const value = reader.read();
  if (reader.peek() !== undefined) throw new HistoryError("bad-edn", "one value", text);
  return value === null ? null : print(value);
}
