/** Temporary folders that are removed when this process ends. A killed process leaves its folders. */
import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lifeOf, ownSign } from "./sign-of-life.ts";

const purposes = ["bug", "node", "process", "archive"] as const;
/** What a folder contains: bundles of planted bugs or nodes, folders of local nodes, unpacked runs. */
export type Purpose = (typeof purposes)[number];

const prefixOf = (purpose: Purpose): string => `quorate-${purpose}-`;
/** The name of the file in each folder that contains the sign of life of the folder's process. */
const signFile = "process";

/** The folders of this process. A hunt makes dozens of them, so a single listener removes them all. */
const own = new Set<string>();

/** Creates a folder for this process. The folder contains one file, named "process". Throws the file system's error. */
export function makeTemporaryFolder(purpose: Purpose): string {
  const folder = mkdtempSync(join(tmpdir(), prefixOf(purpose)));
  writeFileSync(join(folder, signFile), ownSign() ?? "");
  if (own.size === 0)
    process.once("exit", () => {
      for (const one of own) rmSync(one, { recursive: true, force: true });
    });
  own.add(folder);
  return folder;
}

/** Removes the folder now. */
export function removeTemporaryFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/**
 * Removes quorate's temporary folders of this user whose process is gone. Never throws.
 *
 * @param all Whether to remove also the folders whose process is alive or unknown.
 * @returns The number of removed folders.
 */
export function removeAbandonedFolders(all: boolean): number {
  return temporaryFolders(purposes)
    .filter((folder) => all || isAbandoned(folder))
    .filter(isRemoved).length;
}

/** The folders of this user with this purpose whose process is gone. Never throws. */
export const abandonedFolders = (purpose: Purpose): readonly string[] =>
  temporaryFolders([purpose]).filter(isAbandoned);

function temporaryFolders(wanted: readonly Purpose[]): readonly string[] {
  try {
    return readdirSync(tmpdir())
      .filter((name) => wanted.some((purpose) => name.startsWith(prefixOf(purpose))))
      .map((name) => join(tmpdir(), name))
      .filter(isOwnFolder);
  } catch {
    // Without a temporary folder there is nothing to remove.
    return [];
  }
}

/**
 * Whether the path is a folder of this user. A link does not count, since anybody may create one in the temporary
 * folder.
 */
function isOwnFolder(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return (found?.isDirectory() ?? false) && found?.uid === process.getuid?.();
}

function isAbandoned(folder: string): boolean {
  try {
    return lifeOf(readFileSync(join(folder, signFile), "utf8")) === "gone";
  } catch {
    // The folder belongs to an earlier version, or another process is creating or removing it.
    return false;
  }
}

function isRemoved(folder: string): boolean {
  try {
    rmSync(folder, { recursive: true });
    return true;
  } catch {
    // For example, another process has removed the folder meanwhile.
    return false;
  }
}
