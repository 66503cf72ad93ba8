/** Reads a history that is in memory as a whole. */
import { formatOf, parserFor } from "./formats.ts";
import type { ForeignFormat } from "./foreign-history.ts";
import type { ParsedHistory } from "./history-parsers.ts";
import { HistoryError } from "../language/history-error.ts";

/**
 * Reads a history that another tool recorded.
 *
 * @param text The whole history: a string, or bytes in UTF-8.
 * @param format The format of the history. Default: recognised by its beginning.
 * @throws HistoryError if the history cannot be read, with the number of the line where there is one.
 * @example
 *   const { judgement } = judgeForeign(readForeign(readFileSync("history.edn")));
 */
export function readForeign(text: string | Uint8Array, format?: ForeignFormat): ParsedHistory {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  const found = format ?? formatOf(new TextDecoder().decode(bytes.subarray(0, 1 << 16)));
  if (found === "quorate")
    throw new HistoryError("unknown-format", "another tool's history", "one of quorate");
  const parser = parserFor(found);
  parser.push(bytes);
  return parser.finish();
}
