/** Checks, creates and writes files and folders that the user names. */
import {
  accessSync,
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, resolve } from "node:path";
import { isDiskFull, UsageError } from "./errors.ts";

/** Creates the folder and its missing parents. If that fails, throws a UsageError that names the flag `flag`. */
export function makeFolder(flag: string, path: string): void {
  if (path === "") throw refused(flag, "a folder's path", '""', new Error("it is empty"));
  try {
    makeWithParents(resolve(path));
    // An existing folder may belong to another user or lie on a read-only disk.
    accessSync(path, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw refused(flag, "a folder that can be made and written to", path, error);
  }
}

/**
 * Checks that the folder exists or can be created, and creates nothing, so that a mistake elsewhere on the command line
 * leaves no folder. Otherwise throws a UsageError that names the flag `flag`.
 */
export function checkFolder(flag: string, path: string): void {
  if (path === "") throw refused(flag, "a folder's path", '""', new Error("it is empty"));
  try {
    let existing = resolve(path);
    while (statSync(existing, { throwIfNoEntry: false }) === undefined)
      existing = dirname(existing);
    if (!isFolder(existing)) throw new Error(`${existing} is no folder`);
    accessSync(existing, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw refused(flag, "a folder that can be made and written to", path, error);
  }
}

/**
 * Checks that the file can be written, and changes nothing. Otherwise throws a UsageError that names the flag `flag`. A
 * file whose folder does not exist cannot be written, since a mistyped path must not create folders.
 */
export function checkFile(flag: string, path: string): void {
  if (path === "") throw refused(flag, "a file's path", '""', new Error("it is empty"));
  if (path === "-")
    throw new UsageError({
      code: "unwritable",
      expected: `${flag} to be a file's path`,
      got: "-, which is no name for standard output here",
      hint: "Name a file. A file that is called - is ./-",
    });
  if (isOpenFile(resolve(path)) && !isDevice(path))
    throw refused(
      flag,
      "a file that can be written",
      path,
      new Error("this stream was redirected to a file: name a different file, by its own path"),
    );
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

/**
 * Writes the file with `write`. If that fails, throws a UsageError that calls the file `name`. If the disk is full,
 * throws the file system's own error instead.
 */
export function replaceFile(name: string, path: string, text: string, write = writeWhole): void {
  try {
    write(path, text);
  } catch (error) {
    if (isDiskFull(error)) throw error;
    throw refused(name, "a file that can be written", path, error);
  }
}

/** The size, in bytes, of the largest file that is read as a whole. Histories may be larger: they are read in parts. */
const largestFileBytes = 256 << 20;

/**
 * Reads a whole file as text. It may be a device or a pipe, which may have no end.
 *
 * @throws The file system's error, or an Error if the file is larger than `largestFileBytes`.
 */
export function readText(path: string): string {
  const file = openSync(path, "r");
  try {
    const parts: Buffer[] = [];
    for (let bytes = 0; bytes <= largestFileBytes;) {
      const part = Buffer.allocUnsafe(1 << 16);
      const count = readSync(file, part);
      if (count === 0) return Buffer.concat(parts).toString("utf8");
      parts.push(part.subarray(0, count));
      bytes += count;
    }
    throw new Error(`the file is larger than ${largestFileBytes} bytes`);
  } finally {
    closeSync(file);
  }
}

/**
 * Reads a file that nobody named, as readText does. It must be no device or pipe: opening a pipe may wait for ever.
 *
 * @throws As readText does, and an Error for a device or a pipe.
 */
export function readFoundFile(path: string): string {
  refuseDevice(path);
  return readText(path);
}

/** Throws an Error if the path is a device, a pipe or a socket. */
export function refuseDevice(path: string): void {
  if (isDevice(path))
    throw new Error("the path leads to a device, a pipe or a socket, not to a file");
}

/**
 * Writes a file that the user named. Writes into an existing device or pipe (/dev/stdout) instead of replacing it.
 * Throws the file system's error.
 */
export function writeNamed(path: string, text: string): void {
  if (isDevice(path)) writeFileSync(path, text);
  else writeWhole(path, text);
}

/**
 * Whether the path names an open file of a process, such as standard output. To rename a finished file to such a path
 * would replace, for example, the machine's own /dev/stdout.
 */
const isOpenFile = (path: string): boolean =>
  /^\/dev\/(stdin|stdout|stderr|fd\/\d+)$|^\/proc\/[^/]+\/fd\/\d+$/.test(path);

/** Whether a device, a pipe or a socket is at this path, or a link to one. */
export function isDevice(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && !found.isFile() && !found.isDirectory();
}

/**
 * Writes the whole file or nothing: if the process is killed or the disk is full, the earlier file remains. Replaces a
 * link and never follows it, since somebody else may have made the folder. Throws the file system's error.
 */
export function writeWhole(path: string, text: string): void {
  try {
    // An earlier write may have left this file, or somebody else may have planted it.
    rmSync(`${path}.part`, { force: true });
    writeFileSync(`${path}.part`, text, { flag: "wx" });
    renameSync(`${path}.part`, path);
  } catch (error) {
    rmSync(`${path}.part`, { force: true, recursive: true });
    throw error;
  }
}

/**
 * Creates a folder and its missing parents. Node's recursive mkdir never returns below /proc, where nothing can be
 * created.
 */
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
