/** Process groups: a node's children die with it, and no process outlives quorate. */
import { readdirSync, readFileSync } from "node:fs";

/** In the environment of each node: which cluster it is of, for what left its group. */
export const markName = "QUORATE_CLUSTER";

const groups = new Set<number>();
let isWatching = false;

/** From now on the group is killed at the latest when this process ends. */
export function watchGroup(leader: number): void {
  groups.add(leader);
  if (isWatching) return;
  isWatching = true;
  process.once("exit", () => {
    for (const group of groups) signalGroup(group, "SIGKILL");
  });
}

/** Its leader has ended, and all others of it are killed. */
export function endGroup(leader: number): void {
  signalGroup(leader, "SIGKILL");
  groups.delete(leader);
}

/** A group that is gone is no error. */
export function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(process.platform === "win32" ? leader : -leader, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Processes that left the groups of the cluster's nodes and still run, by their ids. [] where the system has no /proc. */
export function strayProcesses(mark: string): readonly number[] {
  if (process.platform !== "linux") return [];
  const wanted = `${markName}=${mark}`;
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        return readFileSync(`/proc/${name}/environ`, "utf8").split("\0").includes(wanted);
      } catch {
        // It has ended meanwhile, or is another user's.
        return false;
      }
    })
    .map(Number);
}
