/** Folders below the temporary one that hold the bundles of planted bugs. A process that is killed leaves its own. */
import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lifeOf, ownSign } from "./sign-of-life.ts";

const prefix = "quorate-bug-";
/** Beside the bundle: whose folder it is. */
const signFile = "process";

/** Those of this process: one listener removes them all, since a hunt makes dozens. */
const own = new Set<string>();

/** Makes a folder for this process alone, which is gone with it unless the process is killed. Throws the file system's error. */
export function makeBugFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  writeFileSync(join(folder, signFile), ownSign() ?? "");
  if (own.size === 0)
    process.once("exit", () => {
      for (const one of own) rmSync(one, { recursive: true, force: true });
    });
  own.add(folder);
  return folder;
}

/**
 * Removes the folders whose process is gone, of this user alone. Never throws.
 *
 * @param all - those of processes that live, or that are not known, too
 * @returns how many were removed
 */
export function removeBugFolders(all: boolean): number {
  return bugFolders()
    .filter((folder) => all || isAbandoned(folder))
    .filter(isRemoved).length;
}

function bugFolders(): readonly string[] {
  try {
    return readdirSync(tmpdir())
      .filter((name) => name.startsWith(prefix))
      .map((name) => join(tmpdir(), name))
      .filter(isOwnFolder);
  } catch {
    // No temporary folder, no bundles.
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
