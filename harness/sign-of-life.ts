/**
 * Tells whether the process that created a folder or a file is still alive, from a sign that this process left there.
 */
import { readFileSync, readlinkSync } from "node:fs";

export type Life = "alive" | "gone" | "unknown";

/**
 * The sign of this process: "<boot>/<namespace of process ids>/<process id>/<its start, in ticks since the boot>". No
 * later process has the same sign. Undefined outside of Linux.
 */
export const ownSign = (): string | undefined => {
  const start = startOf(process.pid);
  const boot = bootId();
  const names = namespaceOfIds();
  return start === null || boot === null || names === null
    ? undefined
    : [boot, names, process.pid, start].join("/");
};

/**
 * Whether the process with this sign is alive or gone. The result is "unknown" without a sign, outside of Linux, or for
 * a process of the same boot in another namespace. Never throws.
 */
export const lifeOf = (sign: string | undefined): Life => {
  const [, boot, names, id, start] =
    /^([\w-]+)\/(\w+)\/(\d{1,10})\/(\d{1,20})$/.exec(sign ?? "") ?? [];
  if (id === undefined) return "unknown";
  const ownBoot = bootId();
  if (ownBoot === null) return "unknown";
  if (boot !== ownBoot) return "gone";
  if (names !== namespaceOfIds()) return "unknown";
  return startOf(Number(id)) === start ? "alive" : "gone";
};

/** Returns the start time of a process. Returns null if there is no such process, or if it is a zombie. */
const startOf = (id: number): string | null => {
  const text = orNull(() => readFileSync(`/proc/${id}/stat`, "utf8"));
  // The program's name may contain anything, also brackets, so the fields are counted from the last bracket.
  const [state, ...fields] = text?.slice(text.lastIndexOf(")") + 2).split(" ") ?? [];
  return state === undefined || state === "Z" || state === "X"
    ? null
    : (fields[fieldsToStart] ?? null);
};

/** The number of fields between the state (the third) and the start time (the 22nd). */
const fieldsToStart = 18;

const bootId = (): string | null =>
  orNull(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim());

/** This process's namespace of process ids: the number in "pid:[4026531836]". */
const namespaceOfIds = (): string | null =>
  orNull(() => /\d+/.exec(readlinkSync("/proc/self/ns/pid"))?.[0] ?? null);

/** Returns null if reading fails: the file is missing outside of Linux and for a process that is gone. */
const orNull = <T>(read: () => T): T | null => {
  try {
    return read();
  } catch {
    return null;
  }
};
