/** What Linux tells about running processes in /proc. On other systems there is nothing to read. */
import { readdirSync, readFileSync } from "node:fs";

/** The ids of all processes. Empty on systems other than Linux. */
export const processIds = (): readonly number[] =>
  process.platform === "linux"
    ? readdirSync("/proc")
        .filter((name) => /^\d+$/.test(name))
        .map(Number)
    : [];

/** The value of a variable in the environment with which the process started. */
export function environmentOf(id: number, name: string): string | undefined {
  const start = `${name}=`;
  return read(id, "environ")
    .split("\0")
    .find((variable) => variable.startsWith(start))
    ?.slice(start.length);
}

/** The process's limit on file locks, or null if it has none. */
export function lockLimitOf(id: number): number | null {
  const limit = /^Max file locks +(\d+)/m.exec(read(id, "limits"))?.[1];
  // A zombie still has its limits.
  return limit === undefined || /^State:\s+Z/m.test(read(id, "status")) ? null : Number(limit);
}

/** A file of the process. Empty if the process has ended, or belongs to another user. */
function read(id: number, file: string): string {
  try {
    return readFileSync(`/proc/${id}/${file}`, "utf8");
  } catch {
    return "";
  }
}
