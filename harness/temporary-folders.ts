/** Temporary folders that are removed when this process ends. A killed process leaves its folders. */
import { randomUUID } from "node:crypto";
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getEnvironmentData, setEnvironmentData } from "node:worker_threads";
import { lifeOf, ownSign } from "./sign-of-life.ts";

const purposes = ["bug", "node", "process", "archive", "threads"] as const;
/**
 * What a folder contains: bundles of planted bugs or nodes, folders of local nodes, unpacked runs, or the folders that
 * threads created.
 */
export type Purpose = (typeof purposes)[number];

const prefixOf = (purpose: Purpose): string => `quorate-${purpose}-`;
/** The name of the file in each folder that contains the sign of life of the folder's process. */
const signFile = "process";

/** The folders of this process. A hunt makes dozens of them, so a single listener removes them all. */
const own = new Set<string>();

/**
 * The name, in the environment data of threads, of the folder in which threads create theirs. A thread that is
 * terminated removes nothing, so the thread that started it removes that folder.
 */
const sharedName = "quorate.temporary-folders";

/** Creates a folder for this process. The folder contains one file, named "process". Throws the file system's error. */
export function makeTemporaryFolder(purpose: Purpose): string {
  const folder = mkdtempSync(join(parentFolder(), prefixOf(purpose)));
  sign(folder);
  removeAtExit(folder);
  return folder;
}

/**
 * Lets the threads that this thread starts from now on create their folders in one that this thread removes when it
 * ends. To be called before a thread is started.
 */
export function shareTemporaryFolders(): void {
  if (getEnvironmentData(sharedName) !== undefined) return;
  // The first thread that needs the folder creates it.
  const folder = join(tmpdir(), prefixOf("threads") + randomUUID());
  removeAtExit(folder);
  setEnvironmentData(sharedName, folder);
}

function parentFolder(): string {
  const shared = getEnvironmentData(sharedName);
  if (typeof shared !== "string") return tmpdir();
  mkdirSync(shared, { recursive: true, mode: 0o700 });
  sign(shared);
  return shared;
}

function sign(folder: string): void {
  writeFileSync(join(folder, signFile), ownSign() ?? "");
}

function removeAtExit(folder: string): void {
  if (own.size === 0)
    process.once("exit", () => {
      for (const one of own) removeTemporaryFolder(one);
    });
  own.add(folder);
}

/** Removes the folder now. */
export function removeTemporaryFolder(folder: string): void {
  // A thread may still create a file in the folder, and then the removal is tried again.
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 10 });
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
