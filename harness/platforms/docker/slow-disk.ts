/**
 * Slow fsyncs of one node: the kernel lets the node's process write to the node's own disk a few times a second only,
 * and an fsync waits for what it wrote. The rule is in the control group of the process's container, of either version,
 * and goes with it: a restart needs it again.
 */
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import type { NodeName } from "../../../checkers/index.ts";
import { EnvironmentError } from "../../errors.ts";
import { timedSyncsCommand } from "./disk.ts";
import type { Engine } from "./engine.ts";
import type { Machine } from "./machine.ts";
import { together } from "./together.ts";
import type { Volumes } from "./volumes.ts";

export interface SlowDisks {
  /** Exactly the disks of these are slow from now on. */
  set(machines: readonly Machine[], slow: readonly NodeName[]): Promise<unknown>;
  /** The node's process was started again, so that no rule holds for it. */
  started(machine: Machine): Promise<unknown>;
  /** All processes were killed, and are to start on fast disks. */
  forget(): void;
  /** Why this kernel cannot, tried on a machine that only sleeps; null: it can. */
  cannot(machine: Machine): Promise<string | null>;
}

/** Some 250 ms for a group commit: felt, but most requests still end in time. */
const writesPerS = 4;
const trialSyncs = 3;
/** The first of the trial's writes may be let through at once. */
const trialMs = ((trialSyncs - 2) * 1000) / writesPerS;

const root = "/sys/fs/cgroup";

interface Rule {
  readonly file: string;
  readonly slow: (device: string) => string;
  readonly fast: (device: string) => string;
}

/** Where the kernel takes such a rule for a process. */
const ruleFor = async (processId: number): Promise<Rule> => {
  const groups = (await readFile(`/proc/${processId}/cgroup`, "utf8"))
    .split("\n")
    .map((line) => line.split(":"));
  const first = groups.find(([, controllers]) => controllers?.split(",").includes("blkio"));
  if (first !== undefined)
    return {
      file: `${root}/blkio${first[2] ?? ""}/blkio.throttle.write_iops_device`,
      slow: (device) => `${device} ${writesPerS}`,
      fast: (device) => `${device} 0`,
    };
  const second = groups.find(([number]) => number === "0");
  return {
    file: `${root}${second?.[2] ?? ""}/io.max`,
    slow: (device) => `${device} wiops=${writesPerS}`,
    fast: (device) => `${device} wiops=max`,
  };
};

const missing = (got: string): EnvironmentError =>
  new EnvironmentError({
    code: "slow-disk-failed",
    expected: "a control group of the kernel that limits writes to a disk",
    got,
    hint: "Leave the fault slow-disk out.",
  });

export const createSlowDisks = (engine: Engine, volumes: Volumes): SlowDisks => {
  let slow: ReadonlySet<NodeName> = new Set();

  const change = async (container: string, node: NodeName, isSlow: boolean): Promise<void> => {
    const processId = await engine.processId(container);
    // Of a dead process there is no control group; `started` follows.
    if (processId === null) return;
    const rule = await ruleFor(processId);
    if (!existsSync(rule.file)) throw missing(`no ${rule.file}`);
    const device = await volumes.deviceOf(node);
    await writeFile(rule.file, isSlow ? rule.slow(device) : rule.fast(device)).catch(
      (error: unknown) => {
        throw missing(error instanceof Error ? error.message : String(error));
      },
    );
  };

  return {
    set: async (machines, wanted) => {
      const changed = machines.filter(({ node }) => slow.has(node) !== wanted.includes(node));
      slow = new Set(wanted);
      await together(
        changed.map(({ node, process }) => change(process, node, wanted.includes(node))),
      );
    },
    started: ({ node, process }) =>
      slow.has(node) ? change(process, node, true) : Promise.resolve(),
    forget: () => {
      slow = new Set();
    },
    cannot: async ({ node, machine }) => {
      try {
        await change(machine, node, true);
        const tookMs = Number(
          (await engine.run(machine, timedSyncsCommand(trialSyncs))).toString(),
        );
        await change(machine, node, false);
        return tookMs >= trialMs
          ? null
          : `the kernel takes a limit on writes to a node's disk, but ${trialSyncs} fsyncs took only ${tookMs} ms`;
      } catch (error) {
        if (!(error instanceof EnvironmentError)) throw error;
        return `no means of this kernel slows down one node's fsync alone (${error.got.replace(/\.$/, "")})`;
      }
    },
  };
};
