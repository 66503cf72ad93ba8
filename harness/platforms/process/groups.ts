/**
 * Process groups of nodes: child processes that stay in the node's group die with the node, and nodes die with quorate,
 * unless quorate itself is killed.
 */
import { readdirSync, readFileSync } from "node:fs";
import { lifeOf, ownSign } from "../../sign-of-life.ts";

/**
 * The name of an environment variable that each node gets. It contains the mark of the node's cluster, by which quorate
 * finds processes that left their group.
 */
export const markName = "QUORATE_CLUSTER";

const groups = new Set<number>();
let isWatching = false;

/**
 * Makes this process kill the group when it exits, unless `endGroup` was called before. If this process is killed, the
 * group stays.
 */
export function watchGroup(leader: number): void {
  groups.add(leader);
  if (isWatching) return;
  isWatching = true;
  process.once("exit", () => {
    for (const group of groups) signalGroup(group, "SIGKILL");
  });
}

/** Kills the rest of a group whose leader has ended. */
export function endGroup(leader: number): void {
  signalGroup(leader, "SIGKILL");
  groups.delete(leader);
}

/** Sends a signal to a process group, or on Windows to its leader only. Does nothing if the group is gone. */
export function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(process.platform === "win32" ? leader : -leader, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/**
 * Draws a mark for the nodes of one cluster. It begins with the sign of life of this process, or else with the
 * process's id.
 */
export const makeMark = (): string =>
  `${ownSign() ?? process.pid} ${Math.random().toString(36).slice(2)}`;

/**
 * The ids of the running processes with this cluster's mark, apart from those of other users. Once the groups of the
 * cluster's nodes were killed, these are the processes that left their group. Empty on systems other than Linux.
 */
export const strayProcesses = (mark: string): readonly number[] =>
  markedProcesses((found) => found === mark);

/**
 * Kills nodes that outlived the quorate process that started them, for example since that process was killed and the
 * nodes ignored the end of their standard input.
 *
 * @returns The number of processes killed. Always 0 on systems other than Linux.
 */
export function killAbandonedNodes(): number {
  const abandoned = markedProcesses((mark) => lifeOf(mark.slice(0, mark.indexOf(" "))) === "gone");
  for (const id of abandoned) killProcess(id);
  return abandoned.length;
}

/** Kills a process. Does nothing if it is gone. */
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
        // The process has ended since the listing, or belongs to another user.
        return false;
      }
    })
    .map(Number);
}
