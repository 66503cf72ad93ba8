/** Makes faults of the machines' disks, and says which of these faults are impossible on this machine. */
import type { NodeName } from "../../../checkers/index.ts";
import type { DiskDamage } from "../../../generators/index.ts";
import { EnvironmentError } from "../../errors.ts";
import {
  copyCommand,
  damageCommand,
  type DiskLayout,
  fillCommand,
  makeRoomCommand,
} from "./disk.ts";
import type { Engine } from "./engine.ts";
import type { Machine } from "./machine.ts";
import { createQueue } from "./queue.ts";
import { createSlowDisks } from "./slow-disk.ts";
import { together } from "./together.ts";
import type { Volumes } from "./volumes.ts";

export interface Disks {
  /** Finds out, with an idle machine, which disk faults cannot be made here: fault port → why. */
  limits(machine: Machine): Promise<ReadonlyMap<string, string>>;
  /** Copies the machine's logs and replaces an earlier copy. */
  copy(machine: Machine): Promise<unknown>;
  /** Damages the machine's logs. Rejects while the node runs. */
  damage(machine: Machine, damage: DiskDamage, atPerMille: number): Promise<unknown>;
  /**
   * Loses what was not yet written to the disk's device. Rejects while the node runs, or if it has no disk of its own.
   */
  losePower(machine: Machine): Promise<unknown>;
  setFull(machines: readonly Machine[], full: readonly NodeName[]): Promise<unknown>;
  setSlow(machines: readonly Machine[], slow: readonly NodeName[]): Promise<unknown>;
  /** Called when the node's process was started again. */
  started(machine: Machine): Promise<unknown>;
  /**
   * Called when the machine's disk was emptied by other means, so that a power loss does not restore data of an earlier
   * history.
   */
  emptied(machine: Machine): Promise<unknown>;
  /** Clears full disks and makes slow disks fast, if an earlier history left some on nodes that live on. */
  mend(machines: readonly Machine[]): Promise<unknown>;
  /** Called when all processes were killed and all disks are about to be emptied by other means. */
  forget(): void;
}

/** Makes the faults of a run's disks. `volumes`: the nodes' own disks, or the reason why they have none. */
export const createDisks = (
  engine: Engine,
  volumes: Volumes | string,
  layout: DiskLayout,
): Disks => {
  const slowDisks = typeof volumes === "string" ? null : createSlowDisks(engine, volumes);
  let full: ReadonlySet<NodeName> = new Set();
  /**
   * Makes the changes of full and slow disks one after the other, since a change of one history may still be under way
   * when the next history begins.
   */
  const inTurn = createQueue();

  const whileDead = async (
    { node, process }: Machine,
    change: () => Promise<unknown>,
  ): Promise<void> => {
    if (await engine.isRunning(process))
      throw new EnvironmentError({
        code: "node-running",
        expected: `${node} to be dead while its disk is changed`,
        got: "a node whose process runs",
        hint: "Kill it first.",
      });
    await change();
  };
  const impossible = (kind: string): Promise<never> =>
    Promise.reject(
      new EnvironmentError({
        code: "fault-impossible",
        expected: "a fault that can be made here",
        got: `${kind}: ${typeof volumes === "string" ? volumes : "not possible"}`,
        hint: "Leave the fault out, or use --on sim.",
      }),
    );

  const setFull = async (
    machines: readonly Machine[],
    wanted: readonly NodeName[],
  ): Promise<void> => {
    const changed = machines.filter(({ node }) => full.has(node) !== wanted.includes(node));
    // If filling or clearing a disk fails, that disk must still be cleared later.
    full = new Set([...full, ...wanted]);
    await together(
      changed.map(({ node, machine }) =>
        engine.run(machine, wanted.includes(node) ? fillCommand : makeRoomCommand),
      ),
    );
    full = new Set(wanted);
  };

  return {
    limits: async (machine) => {
      if (typeof volumes === "string")
        return new Map(["full-disk", "power", "slow-disk"].map((port) => [port, volumes]));
      const why = await slowDisks?.cannot(machine);
      return new Map(typeof why === "string" ? [["slow-disk", why]] : []);
    },
    copy: ({ machine }) => engine.run(machine, copyCommand(layout)),
    damage: (machine, damage, atPerMille) =>
      whileDead(machine, () =>
        engine.run(machine.machine, damageCommand(layout, damage, atPerMille)),
      ),
    losePower: (machine) =>
      typeof volumes === "string"
        ? impossible("power")
        : whileDead(machine, () => volumes.losePower(machine.node)),
    setFull: (machines, wanted) =>
      typeof volumes === "string"
        ? impossible("disk-full")
        : inTurn(() => setFull(machines, wanted)),
    setSlow: (machines, wanted) =>
      inTurn(() => slowDisks?.set(machines, wanted) ?? impossible("slow-disk")),
    started: (machine) => slowDisks?.started(machine) ?? Promise.resolve(),
    emptied: ({ node }) => (typeof volumes === "string" ? Promise.resolve() : volumes.sync(node)),
    mend: (machines) =>
      inTurn(async () => {
        await setFull(machines, []);
        await slowDisks?.set(machines, []);
      }),
    forget: () => {
      full = new Set();
      slowDisks?.forget();
    },
  };
};
