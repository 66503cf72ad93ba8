/** The packet filters of a run's machines: each node's whole table is what all cuts and losses of the moment ask of it. */
import type { NodeName } from "../../checkers/index.ts";
import type { FaultKind } from "../../generators/index.ts";
import type { Loss } from "../cluster.ts";
import { EnvironmentError } from "../errors.ts";
import { type Cut, emptyTable, filterTable, restoreCommand, tryLossCommand } from "./cuts.ts";
import type { Engine } from "./engine.ts";
import type { Machine } from "./machine.ts";
import { createQueue } from "./queue.ts";
import { together } from "./together.ts";

export interface Filter {
  /** Resolves once it is in force at all machines. */
  setCuts(machines: readonly Machine[], cuts: readonly Cut[]): Promise<unknown>;
  setLosses(machines: readonly Machine[], losses: readonly Loss[]): Promise<unknown>;
  /** All tables were emptied by other means. */
  forget(): void;
  /** What the kernel below this machine cannot do. */
  limits(machine: Machine): Promise<ReadonlyMap<FaultKind, string>>;
}

export const createFilter = (engine: Engine): Filter => {
  const queue = createQueue();
  const tables = new Map<NodeName, string>();
  let cuts: readonly Cut[] = [];
  let losses: readonly Loss[] = [];

  const putInForce = async ({ node, machine }: Machine, table: string): Promise<void> => {
    if ((tables.get(node) ?? emptyTable) === table) return;
    await engine.run(machine, ["sh", "-c", restoreCommand(table)]);
    tables.set(node, table);
  };
  const putAllInForce = (machines: readonly Machine[]): Promise<unknown> => {
    const addresses = new Map(machines.map(({ node, address }) => [node, address]));
    const wanted = machines.map((machine) => ({ machine, table: filterTable(machine.node, cuts, losses, addresses) }));
    return queue(() => together(wanted.map(({ machine, table }) => putInForce(machine, table))));
  };

  return {
    setCuts: (machines, now) => {
      cuts = now;
      return putAllInForce(machines);
    },
    setLosses: (machines, now) => {
      losses = now;
      return putAllInForce(machines);
    },
    forget: () => {
      tables.clear();
      cuts = [];
      losses = [];
    },
    limits: async ({ machine }) => {
      try {
        await engine.run(machine, ["sh", "-ec", tryLossCommand]);
        return new Map();
      } catch (error) {
        if (!(error instanceof EnvironmentError)) throw error;
        return new Map([["loss", `this kernel cannot lose packets by chance (iptables -m statistic: ${error.got})`]]);
      }
    },
  };
};
