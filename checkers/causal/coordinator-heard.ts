/**
 * Finds which versions the coordinator of a write had certainly heard of. A hybrid clock orders a write after
 * everything that its node has shown, stamped or stored (Kulkarni et al., Logical Physical Clocks, OPODIS 2014). It
 * does not know what other nodes did, and a restart makes it forget what the node had not stored.
 */
import { hasEffect } from "../model/fault-windows.ts";
import type { Model } from "../model/model.ts";

/**
 * @returns A function that says whether the coordinator of the write in row `later` had heard of `version` before it
 * gave that write a stamp. The operation in row `earlier` returned or wrote `version`. False: this is not certain.
 */
export function coordinatorHeard(
  model: Model,
): (later: number, earlier: number, version: string) => boolean {
  const { evidence, columns, faults, unplannedEnds } = model;
  const { table } = columns;
  /**
   * The first answer to the client of the operation in this row. It names the node and the boot. Undefined: it was not
   * recorded.
   */
  const answerOf = (row: number) => evidence.answers.get(table.op[row] as number)?.[0];
  const wentOn = (node: string, fromUs: number, toUs: number): boolean =>
    !faults.some(
      (fault) =>
        fault.nodes.has(node) &&
        hasEffect(fault, "node-down") &&
        fault.fromUs <= toUs &&
        fault.toUs >= fromUs,
    ) && !unplannedEnds.some((end) => end.node === node && end.atUs >= fromUs && end.atUs <= toUs);
  return (later, earlier, version) => {
    const to = answerOf(later);
    const from = answerOf(earlier);
    if (to !== undefined) {
      const key = table.keys.textOf(table.key[later] as number);
      const stored = evidence.syncs.first("stamps", to.node, key, version);
      if (stored?.boot === to.boot && stored.atUs <= (table.startUs[later] as number)) return true;
      if (from !== undefined) return from.node === to.node && from.boot === to.boot;
    }
    return (
      table.node[later] === table.node[earlier] &&
      wentOn(
        table.nodes.textOf(table.node[later] as number),
        table.startUs[earlier] as number,
        table.endUs[later] as number,
      )
    );
  };
}
