/** Quotes the last log lines of a node that ended or did not answer. */
import type { NodeName } from "../../checkers/index.ts";
import type { Cluster } from "./cluster.ts";

const lines = 3;
/** The largest number of characters of a line that is quoted. */
const longestLine = 1000;

/**
 * The last lines of a node's log, joined to one line, after the last line that names an error, if a longer stack trace
 * separates them. Leaves out lines that contain neither letters nor digits. Leaves out stack lines too: they contain paths, which a
 * history must not contain.
 */
export function saidLast(log: string): string {
  const said = log
    .split("\n")
    .filter((line) => /[\p{L}\p{N}]/u.test(line) && !isStackLine(line))
    .map((line) => line.trim().slice(0, longestLine));
  const last = said.slice(-lines);
  const error = said.findLast((line) => namesError.test(line));
  return (
    [...(error === undefined || last.includes(error) ? [] : [error]), ...last].join(" | ") ||
    "nothing"
  );
}

/** Lines of the stack traces of JavaScript and Java ("at"), Ruby ("from") and Go (the other two, and their heading). */
const isStackLine = (line: string): boolean =>
  /^\s+(at|from) |^\s+\S+\.(go|s):\d+|^goroutine \d+ |^[\w./*()-]+\.[\w.*()-]+\((0x|\.\.\.|\{|\)$)/.test(
    line,
  );

/** How JavaScript, Python, Java, Ruby, Go and Rust begin the line that says what went wrong. */
const namesError =
  /^(\w+[\w.]*(Error|Exception)\b|Uncaught |Exception in thread|panic: |fatal error: |thread '.*' panicked|.*\(\w*Error\)$)/;

/** One sentence about these nodes, with the last log lines of each. */
export async function withLastWords(
  cluster: Cluster,
  nodes: readonly NodeName[],
  what: string,
): Promise<string> {
  const logs = await cluster.logs();
  const said = nodes.map((node) => `${node} said last: ${saidLast(logs.get(node) ?? "")}`);
  return `${nodes.join(", ")} ${what}; ${said.join("; ")}`;
}
