/** What nodes said last, for a run that could not be carried through. */
import type { NodeName } from "../../checkers/index.ts";
import type { Cluster } from "../platforms/cluster.ts";

const lines = 3;

/** One sentence about these nodes, with the last lines of each one's own log. A stack's lines are left out: they name paths, and histories must not. */
export async function withLastWords(
  cluster: Cluster,
  nodes: readonly NodeName[],
  what: string,
): Promise<string> {
  const logs = await cluster.logs();
  const said = nodes.map((node) => {
    const last = (logs.get(node) ?? "")
      .split("\n")
      .filter((line) => line.trim() !== "" && !/^\s+at /.test(line))
      .slice(-lines);
    return `${node} said last: ${last.map((line) => line.trim()).join(" | ") || "nothing"}`;
  });
  return `${nodes.join(", ")} ${what}; ${said.join("; ")}`;
}
