/** The last successful final read of one key through each node, after all faults. */
import { isOk, isRead } from "../columnar/operation-table.ts";
import type { Model } from "./model.ts";
import type { Operation } from "../columnar/operation.ts";
import type { Key, NodeName } from "../language/history.ts";

export interface LastReads {
  /** The last successful final read through each node, in the order of invocations. */
  readonly reads: readonly Operation[];
  /** Nodes without a successful final read. */
  readonly missing: readonly NodeName[];
}

export function lastReadsOf({ run, columns: { table, rows, views } }: Model, key: Key): LastReads {
  const byNode = new Map<NodeName, Operation>();
  for (const row of rows.of(table.keys.find(key))) {
    if (table.final[row] !== 1 || table.f[row] !== isRead || table.outcome[row] !== isOk) continue;
    const read = views.at(row);
    byNode.set(read.node, read);
  }
  return {
    reads: [...byNode.values()].sort((a, b) => a.startUs - b.startUs),
    missing: run.nodes.filter((node) => !byNode.has(node)),
  };
}
