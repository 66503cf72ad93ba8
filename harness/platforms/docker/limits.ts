/** Limits the processor and memory of a node's process through the engine. Limits survive restarts. */
import type { NodeName } from "../../../checkers/index.ts";
import type { Limit } from "../../../generators/index.ts";
import { EnvironmentError } from "../../errors.ts";
import { statusOf } from "./engine-error.ts";
import type { Engine, MemoryLimit } from "./engine.ts";
import { type Machine, machineLimit } from "./machine.ts";
import { together } from "./together.ts";

type NodeLimit = readonly [NodeName, Limit];

export interface Limits {
  /** Limits exactly the nodes in `limits` from now on. Other nodes have only the usual memory limit. */
  set(machines: readonly Machine[], limits: readonly NodeLimit[]): Promise<unknown>;
  /**
   * Tries limits on an idle machine. Returns an empty map if they work, else the fault port `limits` with the reason.
   */
  cannot(machine: Machine): Promise<ReadonlyMap<string, string>>;
}

const trial: Limit = { processorPercent: 50, memoryMiB: 64 };

/** Makes the limits of a run. `usual`: the memory limit of each node without a fault. */
export const createLimits = (engine: Engine, usual: MemoryLimit): Limits => {
  /**
   * For each node, its limit as JSON, or `either` while this is uncertain. A node without an entry has the usual limit.
   */
  const inForce = new Map<NodeName, string>();

  const change = async (
    { node, process }: Machine,
    wanted: MemoryLimit | Limit = usual,
  ): Promise<void> => {
    const text = JSON.stringify(wanted);
    if ((inForce.get(node) ?? JSON.stringify(usual)) === text) return;
    // Until the engine has succeeded, the old or the new limit may be in force, so the next call must set a limit
    // again.
    inForce.set(node, "either");
    await engine.limit(process, wanted);
    inForce.set(node, text);
  };

  return {
    set: async (machines, limits) => {
      const wanted = new Map(limits);
      await together(machines.map((machine) => change(machine, wanted.get(machine.node))));
    },
    cannot: async ({ machine }) => {
      try {
        await engine.limit(machine, trial);
        await engine.limit(machine, machineLimit);
        return new Map();
      } catch (error) {
        if (!(error instanceof EnvironmentError)) throw error;
        // Podman before 4.7 lacks this call and reports an unknown container.
        const why = statusOf(error.cause) === 404 ? "" : `: ${error.got.replace(/\.$/, "")}`;
        return new Map([["limits", `this engine cannot limit an existing container${why}`]]);
      }
    },
  };
};
