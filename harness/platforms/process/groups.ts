/**
 * The processes that local nodes start: they end with their node, or at the latest with quorate, also if they left their
 * node's process group. If quorate itself is killed, `quorate clean` ends them.
 */
import { randomInt, randomUUID } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lifeOf, ownSign } from "../../sign-of-life.ts";
import { abandonedFolders } from "../../temporary-folders.ts";
import {
  commandOf,
  environmentOf,
  groupOf,
  inheritedBy,
  isZombie,
  lockLimitOf,
  processIds,
} from "./proc.ts";

/**
 * The name of an environment variable that each node gets. It contains the mark of the node's cluster, by which quorate
 * finds processes that left their group.
 */
export const markName = "QUORATE_CLUSTER";

/** The name of the environment variable with the node's name. */
export const nodeName = "QUORATE_NODE";

/**
 * What all processes of a cluster's nodes inherit. Linux keeps a process's limits when it forks, starts another program,
 * begins a session, empties its environment or closes its files, so the limit finds processes that nothing else tells.
 */
export interface Mark {
  /** The value of the environment variable. */
  readonly text: string;
  /**
   * The limit on file locks, which Linux accepts, passes on and has not enforced since version 2.4. Each node of the
   * cluster has a limit of its own: this one plus the node's place.
   */
  readonly lockLimit: number;
}

/** The number of nodes whose limits differ. */
const limitsOfCluster = 1024;

/** Draws a mark for the nodes of one cluster. Its text begins with the sign of life, or else the id, of this process. */
export const makeMark = (): Mark => ({
  text: `${ownSign() ?? process.pid} ${randomUUID()}`,
  // Far above any limit that somebody would set, and still an exact number.
  lockLimit: 2 ** 52 + randomInt(2 ** 52 / limitsOfCluster) * limitsOfCluster,
});

/**
 * A command that sets the mark's limit on Linux and then becomes `command`, in the same process. If the limit cannot be
 * set, the node runs without it.
 *
 * @param environment The environment in which the command will run.
 * @param place The node's place among the nodes of the cluster, from 0.
 */
export function marked(
  command: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  { lockLimit }: Mark,
  place = 0,
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
    String(lockLimit + (place % limitsOfCluster)),
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
    for (const mark of marks) killAll(() => withMark(mark));
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
 * Makes this process kill all processes with the mark when it exits, unless `forgetMark` was called before. If this process
 * is killed, `killAbandonedNodes` finds the mark in `folder`.
 *
 * @param folder The cluster's temporary folder.
 */
export function watchMark(mark: Mark, folder: string): void {
  writeFileSync(join(folder, limitFile), String(mark.lockLimit));
  marks.add(mark);
  watch();
}

/** A process that left the group of the node that started it. */
export interface Stray {
  readonly id: number;
  /** The place of its node among the nodes of the cluster, by its limit. Null: the limit was not set. */
  readonly place: number | null;
  /** The node's name, by the environment of the process. Undefined: the process has another environment. */
  readonly node: string | undefined;
  readonly command: string;
}

/**
 * Ends the processes with this mark that left their node's group. To be called once the groups of the cluster's nodes
 * were killed. Finds none on systems other than Linux.
 *
 * @param killed The groups that were killed. Their processes may take a moment to end, and have not left.
 */
export async function endStrays(
  mark: Mark,
  killed: ReadonlySet<number> = new Set(),
): Promise<readonly Stray[]> {
  const find = (): readonly Marked[] =>
    withMark(mark).filter(({ id }) => !killed.has(groupOf(id) ?? 0));
  // Other histories run meanwhile, and to read what all processes inherited takes long.
  if (!(await hasSome(mark, killed))) return [];
  // A child that ends because its node has ended may take a moment too.
  await new Promise((resolve) => setTimeout(resolve, dyingMs));
  return killAll(find);
}

async function hasSome(mark: Mark, killed: ReadonlySet<number>): Promise<boolean> {
  const found = await Promise.all(
    processIds().map(async (id) => {
      const { limit, variable } = await inheritedBy(id, markName);
      const isMarked = (limit !== null && isLimitOf(mark, limit)) || variable === mark.text;
      return isMarked && id !== process.pid && !killed.has(groupOf(id) ?? 0);
    }),
  );
  return found.includes(true);
}

/** How long a process may take to end after its node, in ms, on a busy machine. */
const dyingMs = 100;

/** Ends all processes with this mark. This process then does not look for them again when it exits. */
export function forgetMark(mark: Mark): void {
  marks.delete(mark);
  killAll(() => withMark(mark));
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
      (limit) => limits.has(limit - (limit % limitsOfCluster)),
    ),
  ).length;
}

function limitIn(folder: string): readonly number[] {
  const file = join(folder, limitFile);
  return existsSync(file) ? [Number(readFileSync(file, "utf8"))] : [];
}

/** A running process that `matching` found, with its limit if that was the reason. */
interface Marked {
  readonly id: number;
  readonly limit: number | null;
}

const withMark = (mark: Mark): readonly Marked[] =>
  matching(
    (text) => text === mark.text,
    (limit) => isLimitOf(mark, limit),
  );

const isLimitOf = ({ lockLimit }: Mark, limit: number): boolean =>
  limit >= lockLimit && limit < lockLimit + limitsOfCluster;

/** Kills what `find` returns, again and again, since a process may start another one meanwhile. */
function killAll(find: () => readonly Marked[]): readonly Stray[] {
  const killed = new Map<number, Stray>();
  for (let round = 0; round < mostRounds; round++) {
    const found = find();
    if (found.every(({ id }) => killed.has(id))) break;
    for (const { id, limit } of found) {
      killed.set(id, {
        id,
        place: limit === null ? null : limit % limitsOfCluster,
        node: environmentOf(id, nodeName),
        command: commandOf(id),
      });
      kill(id);
    }
  }
  return [...killed.values()];
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

/** The running processes with such a mark in their environment, or with such a limit. */
const matching = (
  hasMark: (text: string) => boolean,
  hasLimit: (limit: number) => boolean,
): readonly Marked[] =>
  processIds().flatMap((id): readonly Marked[] => {
    // quorate itself may have been started by a node.
    if (id === process.pid) return [];
    const limit = lockLimitOf(id);
    if (limit !== null && hasLimit(limit)) return isZombie(id) ? [] : [{ id, limit }];
    const text = environmentOf(id, markName);
    return text !== undefined && hasMark(text) ? [{ id, limit: null }] : [];
  });
