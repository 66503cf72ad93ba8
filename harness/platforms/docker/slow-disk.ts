/**
 * Slows a node's fsyncs: the kernel allows the node's process only a few writes a second to the node's disk, and fsync
 * waits for these writes. The rule belongs to the control group of the process's container (version 1 or 2), so it must
 * be set again after each restart.
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
  /** Makes the disks of the nodes in `slow` slow, and all other disks fast. */
  set(machines: readonly Machine[], slow: readonly NodeName[]): Promise<unknown>;
  /** Called when the node's process was started again, since its new control group has no rule. */
  started(machine: Machine): Promise<unknown>;
  /** Called when all processes were killed. They start on fast disks again. */
  forget(): void;
  /** Says, after a trial on an idle machine, why this kernel cannot slow disks. Null if it can. */
  cannot(machine: Machine): Promise<string | null>;
}

/**
 * How many writes a second a slow disk takes. A group commit then takes about 250 ms: noticeable, but most requests
 * still succeed.
 */
const writesPerS = 4;
const trialSyncs = 3;
/** How long the trial's syncs must take at least, in ms. The kernel may let the first writes through at once. */
const trialMs = ((trialSyncs - 2) * 1000) / writesPerS;

const root = "/sys/fs/cgroup";

interface Rule {
  readonly file: string;
  readonly slow: (device: string) => string;
  readonly fast: (device: string) => string;
}

/** The file that limits a process's writes to a disk, and its content for slow and for fast disks. */
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
    // A dead process has no control group. `started` sets the rule after the restart.
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
      // If slowing down a disk or making it fast again fails, that disk must still be made fast later.
      slow = new Set([...slow, ...wanted]);
      await together(
        changed.map(({ node, process }) => change(process, node, wanted.includes(node))),
      );
      slow = new Set(wanted);
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
        return `this kernel cannot slow down the fsyncs of one node only (${error.got.replace(/\.$/, "")})`;
      }
    },
  };
};
