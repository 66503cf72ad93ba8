/** Process groups: a node's children die with it, and no process outlives quorate. */
import { readdirSync, readFileSync } from "node:fs";
import { lifeOf, ownSign } from "../../sign-of-life.ts";

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

/** Marks the nodes of one cluster of this process. */
export const makeMark = (): string =>
  `${ownSign() ?? process.pid} ${Math.random().toString(36).slice(2)}`;

/**
 * Processes that left the groups of the cluster's nodes and still run, by their ids. [] where the system has no /proc.
 */
export const strayProcesses = (mark: string): readonly number[] =>
  markedProcesses((found) => found === mark);

/**
 * Kills nodes of which the process that started them is gone: it was killed, and they did not end when their standard
 * input did.
 *
 * @returns How many there were.
 */
export function killAbandonedNodes(): number {
  const abandoned = markedProcesses((mark) => lifeOf(mark.slice(0, mark.indexOf(" "))) === "gone");
  for (const id of abandoned) killProcess(id);
  return abandoned.length;
}

/** A process that is gone is no error. */
export function killProcess(id: number): void {
  try {
    process.kill(id, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function markedProcesses(isMeant: (mark: string) => boolean): readonly number[] {
  if (process.platform !== "linux") return [];
  const start = `${markName}=`;
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const mark = readFileSync(`/proc/${name}/environ`, "utf8")
          .split("\0")
          .find((variable) => variable.startsWith(start));
        return mark !== undefined && isMeant(mark.slice(start.length));
      } catch {
        // It has ended meanwhile, or is another user's.
        return false;
      }
    })
    .map(Number);
}
