/** What Linux tells about running processes in /proc. On other systems there is nothing to read. */
import { readdirSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";

/** The ids of all processes. Empty on systems other than Linux. */
export const processIds = (): readonly number[] =>
  process.platform === "linux"
    ? readdirSync("/proc")
        .filter((name) => /^\d+$/.test(name))
        .map(Number)
    : [];

/** The value of a variable in the environment with which the process started. */
export const environmentOf = (id: number, name: string): string | undefined =>
  variableIn(read(id, "environ"), name);

/** The process's limit on file locks, or null if it has none. A zombie still has its limits. */
export const lockLimitOf = (id: number): number | null => limitIn(read(id, "limits"));

/** The limit on file locks and a variable of the environment, read without keeping this process from other work. */
export async function inheritedBy(
  id: number,
  name: string,
): Promise<{ readonly limit: number | null; readonly variable: string | undefined }> {
  const [limits, environ] = await Promise.all(
    ["limits", "environ"].map((file) => readFile(`/proc/${id}/${file}`, "utf8").catch(() => "")),
  );
  return { limit: limitIn(limits ?? ""), variable: variableIn(environ ?? "", name) };
}

/** Whether the process has ended, and its parent has not asked for its exit status. */
export const isZombie = (id: number): boolean => /^State:\s+Z/m.test(read(id, "status"));

const limitIn = (limits: string): number | null => {
  const limit = /^Max file locks +(\d+)/m.exec(limits)?.[1];
  return limit === undefined ? null : Number(limit);
};

function variableIn(environ: string, name: string): string | undefined {
  const start = `${name}=`;
  return environ
    .split("\0")
    .find((variable) => variable.startsWith(start))
    ?.slice(start.length);
}

/** The id of the process's group, or null if the process has ended. */
export function groupOf(id: number): number | null {
  // The name of the program, in parentheses, may contain anything.
  const group = /\) \S \d+ (\d+) [^)]*$/.exec(read(id, "stat"))?.[1];
  return group === undefined ? null : Number(group);
}

/** The command line with which the process's program was started. */
export const commandOf = (id: number): string => read(id, "cmdline").replaceAll("\0", " ").trim();

/** A file of the process. Empty if the process has ended, or belongs to another user. */
function read(id: number, file: string): string {
  try {
    return readFileSync(`/proc/${id}/${file}`, "utf8");
  } catch {
    return "";
  }
}
