/** The links between a run's machines. Each node's packet filter and queues combine all network faults that are on. */
import type { NodeName } from "../../../checkers/index.ts";
import { EnvironmentError } from "../../errors.ts";
import { emptyTable, type FilterRules, filterTable, restoreCommand } from "./cuts.ts";
import type { Engine } from "./engine.ts";
import type { Machine } from "./machine.ts";
import { createQueue } from "./queue.ts";
import { type ImpairedLink, shapingCommand } from "./shaping.ts";
import { together } from "./together.ts";

/** A command that is run once on a machine. If the command fails, the faults with these names are impossible. */
export type Trial = readonly [names: readonly string[], command: string, reason: string];

/** How a network port uses packet filters and queues. */
export interface NetworkPort<Value> {
  /** The packet filter rules of the port. */
  rules(wanted: ReadonlyMap<string, Value>): FilterRules;
  /** The impaired links, for which the sender may need queues. Absent: the port impairs no links. */
  links?(wanted: ReadonlyMap<string, Value>): readonly ImpairedLink[];
  readonly trials?: readonly Trial[];
}

export interface Filter {
  /**
   * Adds a port. Rules appear in each table in the order in which ports were added. The returned function sets the
   * port's wanted state and resolves once it is in force on the machines that the caller names.
   */
  port<Value>(
    made: NetworkPort<Value>,
  ): (machines: readonly Machine[], wanted: ReadonlyMap<string, Value>) => Promise<unknown>;
  /** Removes the rules and queues of all ports on these machines. */
  clear(machines: readonly Machine[]): Promise<unknown>;
  /** The network faults that the machine's kernel cannot make: link impairment or port → why. */
  limits(machine: Machine): Promise<ReadonlyMap<string, string>>;
}

interface Asked {
  readonly rules: FilterRules;
  readonly links: readonly ImpairedLink[];
}

const nothing: Asked = { rules: () => [], links: [] };

export const createFilter = (engine: Engine, clientPort: number): Filter => {
  const queue = createQueue();
  /** For each node: the table of packet filter rules last loaded into the kernel. */
  const tables = new Map<NodeName, string>();
  const shapes = new Map<NodeName, string>();
  /** The wanted state of each port, in the ports' order. */
  const asked: Asked[] = [];
  const trials: Trial[] = [];

  const putInForce = async (
    { node, machine }: Machine,
    addresses: ReadonlyMap<NodeName, string>,
  ): Promise<void> => {
    const addressOf = (name: NodeName): string => {
      const address = addresses.get(name);
      if (address !== undefined) return address;
      throw new Error(`a rule names ${name}, which is no node of this cluster`);
    };
    const table = filterTable(asked.flatMap(({ rules }) => rules({ node, addressOf, clientPort })));
    // Until a command has succeeded, the old or the new state may be in force, so the next call must set a state again.
    if ((tables.get(node) ?? emptyTable) !== table) {
      tables.set(node, "either");
      await engine.run(machine, ["sh", "-c", restoreCommand(table)]);
      tables.set(node, table);
    }
    const links = asked.flatMap((one) => one.links);
    const shape = shapingCommand(node, links, addresses);
    if ((shapes.get(node) ?? shapingCommand(node, [], addresses)) !== shape) {
      shapes.set(node, "either");
      await engine.run(machine, ["sh", "-ec", shape]);
      shapes.set(node, shape);
    }
  };
  const putAllInForce = (machines: readonly Machine[]): Promise<unknown> => {
    const addresses = new Map(machines.map(({ node, address }) => [node, address]));
    return queue(() => together(machines.map((machine) => putInForce(machine, addresses))));
  };

  return {
    port(made) {
      const place = asked.push(nothing) - 1;
      trials.push(...(made.trials ?? []));
      return (machines, wanted) => {
        asked[place] = { rules: made.rules(wanted), links: made.links?.(wanted) ?? [] };
        return putAllInForce(machines);
      };
    },
    clear: (machines) => {
      for (const place of asked.keys()) asked[place] = nothing;
      return putAllInForce(machines);
    },
    limits: async ({ machine }) => {
      const cannot = new Map<string, string>();
      for (const [names, command, reason] of trials) {
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
