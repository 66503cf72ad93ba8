/**
 * Folders below the temporary one that are gone at the end of this process at the latest. A process that is killed
 * leaves its own.
 */
import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lifeOf, ownSign } from "./sign-of-life.ts";

const purposes = ["bug", "node", "process", "archive"] as const;
/** What a folder is for: bundles of planted bugs and of nodes, local nodes' own folders, unpacked runs. */
export type Purpose = (typeof purposes)[number];

const prefixOf = (purpose: Purpose): string => `quorate-${purpose}-`;
/** Beside what is kept there: whose folder it is. */
const signFile = "process";

/** Those of this process: one listener removes them all, since a hunt makes dozens. */
const own = new Set<string>();

/** Makes a folder for this process alone, with one file in it, named "process". Throws the file system's error. */
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

/** Removes it now. */
export function removeTemporaryFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/**
 * Removes the folders whose process is gone, of this user alone. Never throws.
 *
 * @param all - those of processes that live, or that are not known, too
 * @returns how many were removed
 */
export function removeAbandonedFolders(all: boolean): number {
  return temporaryFolders()
    .filter((folder) => all || isAbandoned(folder))
    .filter(isRemoved).length;
}

function temporaryFolders(): readonly string[] {
  try {
    return readdirSync(tmpdir())
      .filter((name) => purposes.some((purpose) => name.startsWith(prefixOf(purpose))))
      .map((name) => join(tmpdir(), name))
      .filter(isOwnFolder);
  } catch {
    // No temporary folder, nothing in it.
    return [];
  }
}

/** Anybody may make anything in the temporary folder: a link is not followed. */
function isOwnFolder(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return (found?.isDirectory() ?? false) && found?.uid === process.getuid?.();
}

function isAbandoned(folder: string): boolean {
  try {
    return lifeOf(readFileSync(join(folder, signFile), "utf8")) === "gone";
  } catch {
    // Of an earlier version, or being made or removed just now.
    return false;
  }
}

function isRemoved(folder: string): boolean {
  try {
    rmSync(folder, { recursive: true });
    return true;
  } catch {
    // Somebody else removed it meanwhile.
    return false;
  }
}
