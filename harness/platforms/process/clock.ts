/** Moves a local process's wall clock with libfaketime, if this machine has it. The monotonic clock stays true. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/**
 * The path of libfaketime on this machine, or null if it is not installed. Debian has it in a folder named after the
 * machine's architecture.
 */
export function findClockLibrary(): string | null {
  if (process.platform !== "linux") return null;
  const root = "/usr/lib";
  const folders = readdirSync(root).filter((name) => name.endsWith("-linux-gnu"));
  const paths = [".", ...folders].map((name) => join(root, name, "faketime", "libfaketimeMT.so.1"));
  return paths.find((path) => existsSync(path)) ?? null;
}

/** The environment of the node's process, which reads the offset from `file` at each reading of the clock. */
export const clockEnvironment = (
  library: string,
  file: string,
): Readonly<Record<string, string>> => ({
  LD_PRELOAD: library,
  FAKETIME_TIMESTAMP_FILE: file,
  FAKETIME_NO_CACHE: "1",
  FAKETIME_DONT_FAKE_MONOTONIC: "1",
  NO_FAKE_STAT: "1",
});
