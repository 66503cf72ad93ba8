/** The links between a run's machines: each node's packet filter and queues are what all cuts and troubles of the moment ask of it. */
import type { NodeName } from "../../../checkers/index.ts";
import { EnvironmentError } from "../../errors.ts";
import {
  type Cut,
  emptyTable,
  filterTable,
  restoreCommand,
  tryLossCommand,
  tryRefusalCommand,
} from "./cuts.ts";
import type { Engine } from "./engine.ts";
import type { Machine } from "./machine.ts";
import { createQueue } from "./queue.ts";
import { type ImpairedLink, shapingCommand, shapingTrials } from "./shaping.ts";
import { together } from "./together.ts";

export interface Filter {
  /** Resolves once it is in force at all machines. */
  setCuts(machines: readonly Machine[], cuts: readonly Cut[]): Promise<unknown>;
  setTroubles(machines: readonly Machine[], links: readonly ImpairedLink[]): Promise<unknown>;
  /** Exactly these nodes refuse new connections from now on. */
  setRefusing(machines: readonly Machine[], nodes: readonly NodeName[]): Promise<unknown>;
  /** No cut, no trouble and no refusal any more, at any of these. */
  clear(machines: readonly Machine[]): Promise<unknown>;
  /** What the kernel below this machine cannot do, and why: by what would be wrong with a link, or by port. */
  limits(machine: Machine): Promise<ReadonlyMap<string, string>>;
}

export const createFilter = (engine: Engine, clientPort: number): Filter => {
  const queue = createQueue();
  /** What was last put in force, by node. */
  const tables = new Map<NodeName, string>();
  const shapes = new Map<NodeName, string>();
  let cuts: readonly Cut[] = [];
  let links: readonly ImpairedLink[] = [];
  let refusing: readonly NodeName[] = [];

  const putInForce = async (
    { node, machine }: Machine,
    addresses: ReadonlyMap<NodeName, string>,
  ): Promise<void> => {
    const table = filterTable(node, cuts, links, addresses, clientPort, refusing.includes(node));
    if ((tables.get(node) ?? emptyTable) !== table) {
      await engine.run(machine, ["sh", "-c", restoreCommand(table)]);
      tables.set(node, table);
    }
    const shape = shapingCommand(node, links, addresses);
    if ((shapes.get(node) ?? shapingCommand(node, [], addresses)) !== shape) {
      await engine.run(machine, ["sh", "-ec", shape]);
      shapes.set(node, shape);
    }
  };
  const putAllInForce = (machines: readonly Machine[]): Promise<unknown> => {
    const addresses = new Map(machines.map(({ node, address }) => [node, address]));
    return queue(() => together(machines.map((machine) => putInForce(machine, addresses))));
  };

  return {
    setCuts: (machines, now) => {
      cuts = now;
      return putAllInForce(machines);
    },
    setTroubles: (machines, now) => {
      links = now;
      return putAllInForce(machines);
    },
    setRefusing: (machines, now) => {
      refusing = now;
      return putAllInForce(machines);
    },
    clear: (machines) => {
      cuts = [];
      links = [];
      refusing = [];
      return putAllInForce(machines);
    },
    limits: async ({ machine }) => {
      const cannot = new Map<string, string>();
      for (const [names, command, reason] of [
        [
          ["lossPercent"],
          tryLossCommand,
          "this kernel cannot lose packets by chance (iptables -m statistic)",
        ] as const,
        [
          ["refusals"],
          tryRefusalCommand,
          "this kernel cannot refuse connections (iptables REJECT)",
        ] as const,
        ...shapingTrials,
      ]) {
        try {
          await engine.run(machine, ["sh", "-ec", command]);
        } catch (error) {
          if (!(error instanceof EnvironmentError)) throw error;
          for (const name of names) cannot.set(name, `${reason}: ${error.got.replace(/\.$/, "")}`);
        }
      }
      return cannot;
    },
  };
};
