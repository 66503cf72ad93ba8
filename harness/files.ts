/** Checks the folders and files that the user names, and creates missing folders, before anything runs. */
import {
  accessSync,
  closeSync,
  constants,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, resolve } from "node:path";
import { UsageError } from "./errors.ts";

/** Makes the folder and those above it. Throws UsageError, naming `flag`, where that cannot be. */
export function makeFolder(flag: string, path: string): void {
  if (path === "") throw refused(flag, "a folder's path", '""', new Error("it is empty"));
  try {
    makeWithParents(resolve(path));
    // One that was there may belong to another, or lie on a disk that takes no writes.
    accessSync(path, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw refused(flag, "a folder that can be made and written to", path, error);
  }
}

/**
 * Sees that the file can be written, and leaves everything as it was. Throws UsageError, naming `flag`, also where the
 * file's folder does not exist: a mistyped path must not make folders.
 */
export function checkFile(flag: string, path: string): void {
  if (path === "") throw refused(flag, "a file's path", '""', new Error("it is empty"));
  const folder = dirname(resolve(path));
  if (!isFolder(folder))
    throw refused(
      flag,
      "a file that can be written",
      path,
      new Error(`there is no folder ${folder}`),
    );
  const isNew = statSync(path, { throwIfNoEntry: false }) === undefined;
  try {
    closeSync(openSync(path, "a"));
    if (isNew) rmSync(path);
  } catch (error) {
    throw refused(flag, "a file that can be written", path, error);
  }
}

/** Writes the file by `write`, or throws a UsageError that calls it `name`. */
export function replaceFile(name: string, path: string, text: string, write = writeWhole): void {
  try {
    write(path, text);
  } catch (error) {
    throw refused(name, "a file that can be written", path, error);
  }
}

/**
 * Writes a file that the user named. Like writeWhole, but writes into an existing device or pipe (/dev/stdout) instead
 * of replacing it. Throws the file system's error.
 */
export function writeNamed(path: string, text: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found !== undefined && !found.isFile() && !found.isDirectory()) writeFileSync(path, text);
  else writeWhole(path, text);
}

/**
 * Writes the file whole or not at all: a crash, or a full disk, leaves the earlier file and nothing else. A link at
 * this path is replaced, never followed: in a folder from elsewhere it may lead anywhere. Throws the file system's
 * error.
 */
export function writeWhole(path: string, text: string): void {
  try {
    // Left by an earlier write, or planted by whoever made the folder.
    rmSync(`${path}.part`, { force: true });
    writeFileSync(`${path}.part`, text, { flag: "wx" });
    renameSync(`${path}.part`, path);
  } catch (error) {
    rmSync(`${path}.part`, { force: true, recursive: true });
    throw error;
  }
}

/** Not mkdir's own `recursive`: below /proc, where nothing can be made, Node's never returns. */
function makeWithParents(path: string): void {
  if (isFolder(path)) return;
  const parent = dirname(path);
  if (parent !== path) makeWithParents(parent);
  mkdirSync(path);
}

function isFolder(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.isDirectory() ?? false;
}

const refused = (flag: string, expected: string, got: string, error: unknown): UsageError =>
  new UsageError({
    code: "unwritable",
    expected: `${flag} to be ${expected}`,
    got: `${got}: ${error instanceof Error ? error.message : String(error)}`,
    hint: "Name another path, or change its permissions",
  });
