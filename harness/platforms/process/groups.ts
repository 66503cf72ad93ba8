/**
 * The processes that local nodes start: they end with their node, or at the latest with quorate, also if they left their
 * node's process group. If quorate itself is killed, `quorate clean` ends them.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lifeOf, ownSign } from "../../sign-of-life.ts";
import { abandonedFolders } from "../../temporary-folders.ts";
import { environmentOf, lockLimitOf, processIds } from "./proc.ts";

/**
 * The name of an environment variable that each node gets. It contains the mark of the node's cluster, by which quorate
 * finds processes that left their group.
 */
export const markName = "QUORATE_CLUSTER";

/**
 * What all processes of a cluster's nodes inherit. Linux keeps a process's limits when it forks, starts another program,
 * begins a session, empties its environment or closes its files, so the limit finds processes that nothing else tells.
 */
export interface Mark {
  /** The value of the environment variable. */
  readonly text: string;
  /** The limit on file locks, which Linux accepts, passes on and has not enforced since version 2.4. */
  readonly lockLimit: number;
}

/** Draws a mark for the nodes of one cluster. Its text begins with the sign of life, or else the id, of this process. */
export const makeMark = (): Mark => ({
  text: `${ownSign() ?? process.pid} ${Math.random().toString(36).slice(2)}`,
  // Far above any limit that somebody would set, and still an exact number.
  lockLimit: 2 ** 52 + Math.floor(Math.random() * 2 ** 52),
});

/**
 * A command that sets the mark's limit on Linux and then becomes `command`, in the same process. If the limit cannot be
 * set, the node runs without it.
 *
 * @param environment The environment in which the command will run.
 */
export function marked(
  command: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  { lockLimit }: Mark,
): readonly string[] {
  if (process.platform !== "linux") return command;
  // Some shells drop variables whose names no shell could use.
  const dropped = Object.entries(environment).flatMap(([name, value]) =>
    value === undefined || /^\w+$/.test(name) ? [] : [`${name}=${value}`],
  );
  return [
    "/bin/sh",
    "-c",
    // bash calls this limit -x, dash and busybox call it -w.
    'ulimit -x "$1" 2>/dev/null || ulimit -w "$1" 2>/dev/null; shift; exec "$@"',
    launcherName,
    String(lockLimit),
    ...(dropped.length === 0 ? [] : ["env", ...dropped]),
    ...command,
  ];
}

const launcherName = "quorate";

/** Whether a process that `marked` started could not become the node's program, by its status and its last line. */
export const isNotStarted = (status: number | null, lastLine: string): boolean =>
  (status === 126 || status === 127) && lastLine.startsWith(`${launcherName}: `);

const groups = new Set<number>();
const marks = new Set<Mark>();
let isWatching = false;

function watch(): void {
  if (isWatching) return;
  isWatching = true;
  process.once("exit", () => {
    for (const group of groups) signalGroup(group, "SIGKILL");
    for (const mark of marks) killStrays(mark);
  });
}

/**
 * Makes this process kill the group when it exits, unless `endGroup` was called before. If this process is killed, the
 * group stays.
 */
export function watchGroup(leader: number): void {
  groups.add(leader);
  watch();
}

/** Kills the rest of a group whose leader has ended. */
export function endGroup(leader: number): void {
  signalGroup(leader, "SIGKILL");
  groups.delete(leader);
}

const limitFile = "lock-limit";

/**
 * Makes this process kill all processes with the mark when it exits, unless `endMark` was called before. If this process
 * is killed, `killAbandonedNodes` finds the mark in `folder`.
 *
 * @param folder The cluster's temporary folder.
 */
export function watchMark(mark: Mark, folder: string): void {
  writeFileSync(join(folder, limitFile), String(mark.lockLimit));
  marks.add(mark);
  watch();
}

/**
 * Ends the processes with this mark that left their node's group. To be called once the groups of the cluster's nodes
 * were killed. Finds none on systems other than Linux.
 *
 * @returns How many there were.
 */
export async function endMark(mark: Mark): Promise<number> {
  marks.delete(mark);
  // A process of a killed group may take a moment to end, and has not left its group.
  if (strays(mark).length > 0) await new Promise((resolve) => setTimeout(resolve, dyingMs));
  return killStrays(mark);
}

/** How long a killed process may take to end, in ms, on a busy machine. */
const dyingMs = 100;

/** Sends a signal to a process group, or on Windows to its leader only. Does nothing if the group is gone. */
export function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(process.platform === "win32" ? leader : -leader, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/**
 * Kills nodes and their processes that outlived the quorate process that started them, for example since that process
 * was killed and the nodes ignored the end of their standard input.
 *
 * @returns The number of processes killed. Always 0 on systems other than Linux.
 */
export function killAbandonedNodes(): number {
  const limits = new Set(abandonedFolders("process").flatMap(limitIn));
  return killAll(() =>
    matching(
      (text) => lifeOf(text.slice(0, text.indexOf(" "))) === "gone",
      (limit) => limits.has(limit),
    ),
  );
}

function limitIn(folder: string): readonly number[] {
  const file = join(folder, limitFile);
  return existsSync(file) ? [Number(readFileSync(file, "utf8"))] : [];
}

const strays = (mark: Mark): readonly number[] =>
  matching(
    (text) => text === mark.text,
    (limit) => limit === mark.lockLimit,
  );

const killStrays = (mark: Mark): number => killAll(() => strays(mark));

/** Kills what `find` returns, again and again, since a process may start another one meanwhile. */
function killAll(find: () => readonly number[]): number {
  const killed = new Set<number>();
  for (let round = 0; round < mostRounds; round++) {
    const found = find();
    if (found.every((id) => killed.has(id))) break;
    for (const id of found) {
      kill(id);
      killed.add(id);
    }
  }
  return killed.size;
}

const mostRounds = 10;

/** Kills a process. Does nothing if it is gone, or if it belongs to another user: then this process may not end it. */
function kill(id: number): void {
  try {
    process.kill(id, "SIGKILL");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ESRCH" && code !== "EPERM") throw error;
  }
}

/** The ids of the running processes with such a mark in their environment, or with such a limit. */
const matching = (
  hasMark: (text: string) => boolean,
  hasLimit: (limit: number) => boolean,
): readonly number[] =>
  processIds().filter((id) => {
    // quorate itself may have been started by a node.
    if (id === process.pid) return false;
    const limit = lockLimitOf(id);
    if (limit !== null && hasLimit(limit)) return true;
    const text = environmentOf(id, markName);
    return text !== undefined && hasMark(text);
  });
