/**
 * Whether the process that made a thing still lives: told by what the thing carries, of any process of this machine.
 */
import { readFileSync, readlinkSync } from "node:fs";

export type Life = "alive" | "gone" | "unknown";

/**
 * "<boot>/<namespace of process ids>/<process id>/<its start, in ticks since the boot>": no later process has the same.
 */
export const ownSign = (): string | undefined => {
  const start = startOf(process.pid);
  const boot = bootId();
  const names = namespaceOfIds();
  return start === null || boot === null || names === null
    ? undefined
    : [boot, names, process.pid, start].join("/");
};

/** "unknown" where there is no sign, or it is of a process that cannot be seen from here. Never throws. */
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

/** Null: there is no such process, or it only waits to be buried. */
const startOf = (id: number): string | null => {
  const text = orNull(() => readFileSync(`/proc/${id}/stat`, "utf8"));
  // The name of the program, in brackets, may hold anything.
  const [state, ...fields] = text?.slice(text.lastIndexOf(")") + 2).split(" ") ?? [];
  return state === undefined || state === "Z" || state === "X"
    ? null
    : (fields[fieldsToStart] ?? null);
};

/** Between the state, the third of all, and the start, the 22nd. */
const fieldsToStart = 18;

const bootId = (): string | null =>
  orNull(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim());

/** "pid:[4026531836]", its number. */
const namespaceOfIds = (): string | null =>
  orNull(() => /\d+/.exec(readlinkSync("/proc/self/ns/pid"))?.[0] ?? null);

/** Not on Linux, there is no such file; of a process that is gone, neither. */
const orNull = <T>(read: () => T): T | null => {
  try {
    return read();
  } catch {
    return null;
  }
};
