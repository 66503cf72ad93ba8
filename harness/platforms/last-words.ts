/** What nodes said last, for a node that ended, or a run that could not be carried through. */
import type { NodeName } from "../../checkers/index.ts";
import type { Cluster } from "./cluster.ts";

const lines = 3;

/**
 * The last lines of a node's own log. A stack's lines are left out: they name paths, and histories must not. So are
 * those without a word.
 */
export function saidLast(log: string): string {
  const last = log
    .split("\n")
    .filter((line) => /[\p{L}\p{N}]/u.test(line) && !/^\s+at /.test(line))
    .slice(-lines);
  return last.map((line) => line.trim()).join(" | ") || "nothing";
}

/** One sentence about these nodes, with the last lines of each one's own log. */
export async function withLastWords(
  cluster: Cluster,
  nodes: readonly NodeName[],
  what: string,
): Promise<string> {
  const logs = await cluster.logs();
  const said = nodes.map((node) => `${node} said last: ${saidLast(logs.get(node) ?? "")}`);
  return `${nodes.join(", ")} ${what}; ${said.join("; ")}`;
}
