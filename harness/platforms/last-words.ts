/** Quotes the last log lines of a node that ended or did not answer. */
import type { NodeName } from "../../checkers/index.ts";
import type { Cluster } from "./cluster.ts";

const lines = 3;

/**
 * The last lines of a node's log, joined to one line. Leaves out lines that contain neither letters nor digits. Leaves
 * out stack lines too: they contain paths, which a history must not contain.
 */
export function saidLast(log: string): string {
  const last = log
    .split("\n")
    .filter((line) => /[\p{L}\p{N}]/u.test(line) && !/^\s+at /.test(line))
    .slice(-lines);
  return last.map((line) => line.trim()).join(" | ") || "nothing";
}

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
