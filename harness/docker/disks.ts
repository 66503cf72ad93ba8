/** Faults of the machines' disks, and which of them cannot be made here. */
import type { NodeName } from "../../checkers/index.ts";
import type { DiskDamage, FaultKind } from "../../generators/index.ts";
import { EnvironmentError } from "../errors.ts";
import { copyCommand, damageCommand } from "./disk.ts";
import type { Engine } from "./engine.ts";
import type { Machine } from "./machine.ts";

export interface Disks {
  readonly cannot: ReadonlyMap<FaultKind, string>;
  /** Keeps a copy of the machine's logs, in place of an earlier one. */
  copy(machine: Machine): Promise<unknown>;
  /** As Cluster.damageDisk, below, as Cluster.losePower: rejects where the node runs. */
  damage(machine: Machine, damage: DiskDamage, atPerMille: number): Promise<unknown>;
  losePower(machine: Machine): Promise<unknown>;
  setFull(machines: readonly Machine[], full: readonly NodeName[]): Promise<unknown>;
  setSlow(machines: readonly Machine[], slow: readonly NodeName[]): Promise<unknown>;
}

const noVolume = "the data has no volume of its own";

export const createDisks = (engine: Engine): Disks => {
  const cannot = new Map<FaultKind, string>([
    ["slow-disk", "no means of the kernel slows down one node's fsync alone"],
    ["disk-full", noVolume],
    ["power", noVolume],
  ]);

  const whileDead = async ({ node, process }: Machine, change: () => Promise<unknown>): Promise<void> => {
    if (await engine.isRunning(process))
      throw new EnvironmentError({ code: "node-running", expected: `${node} to be dead while its disk is changed`, got: "a process that runs", hint: "Kill it first." });
    await change();
  };
  const impossible = (kind: FaultKind): Promise<never> =>
    Promise.reject(new EnvironmentError({ code: "fault-impossible", expected: "a fault that can be made here", got: `${kind}: ${cannot.get(kind) ?? "not possible"}`, hint: "Leave it out, or use --on sim." }));

  return {
    cannot,
    copy: ({ machine }) => engine.run(machine, copyCommand),
    damage: (machine, damage, atPerMille) => whileDead(machine, () => engine.run(machine.machine, damageCommand(damage, atPerMille))),
    losePower: (machine) => whileDead(machine, () => impossible("power")),
    setFull: () => impossible("disk-full"),
    setSlow: () => impossible("slow-disk"),
  };
};
