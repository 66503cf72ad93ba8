/**
 * Packs a run's folder into a zip, which CI keeps as an artefact and `quorate replay` reads. A zip may come from
 * somebody else.
 */
import {
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { crc32 } from "node:zlib";
import { type Entry, openPromise, type ZipFile } from "yauzl";
import { ZipFile as ZipWriter } from "yazl";
import { isOfTheMachine, UsageError } from "./errors.ts";
import { isDevice } from "./files.ts";
import { filesBelow } from "./folder-files.ts";
import { makeTemporaryFolder } from "./temporary-folders.ts";

/** Limits for unpacking, since a small zip may expand to more bytes than the disk holds. */
export interface ArchiveLimits {
  readonly files: number;
  readonly bytes: number;
}

const usualLimits: ArchiveLimits = { files: 200_000, bytes: 1024 ** 3 };

/**
 * Writes the folder as a zip, as a whole or not at all. If `file` is a device or a pipe, writes into it. The zip
 * contains one folder with the name of `folder`, whose files have a fixed order.
 *
 * @returns The zip's size in bytes.
 * @throws The file system's error.
 */
export async function zipRun(folder: string, file: string): Promise<number> {
  const zip = new ZipWriter();
  const top = basename(resolve(folder));
  for (const name of filesBelow(folder)) zip.addFile(join(folder, name), `${top}/${name}`);
  zip.end();
  if (isDevice(file)) {
    const device = createWriteStream(file);
    await pipeline(zip.outputStream, device);
    return device.bytesWritten;
  }
  const part = `${file}.part`;
  try {
    rmSync(part, { force: true });
    await pipeline(zip.outputStream, createWriteStream(part, { flags: "wx" }));
    renameSync(part, file);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
  return statSync(file).size;
}

/**
 * Unpacks a zip into a temporary folder, which is deleted when this process ends.
 *
 * @returns The folder of the run or history. It may be the top of the zip, or lie in folders that contain no other
 *   folder.
 * @throws UsageError with the code `bad-archive` for names that lead out of the zip, links, encrypted or damaged files,
 *   more files or bytes than the limits, and a zip with no run or several.
 */
export async function unzipRun(file: string, limits: ArchiveLimits = usualLimits): Promise<string> {
  const folder = join(makeTemporaryFolder("archive"), "files");
  try {
    mkdirSync(folder);
    const zip = await openPromise(file, { strictFileNames: true });
    let bytes = 0;
    let files = 0;
    for await (const entry of zip.eachEntry()) {
      files += 1;
      bytes += entry.uncompressedSize;
      if (files > limits.files) throw new Error(`more than ${limits.files} files`);
      if (bytes > limits.bytes) throw new Error(`more than ${limits.bytes} bytes, unpacked`);
      await unpack(zip, entry, folder);
    }
  } catch (error) {
    throw isOfTheMachine(error) ? error : refused(file, error);
  }
  return runIn(folder, file);
}

async function unpack(zip: ZipFile, entry: Entry, folder: string): Promise<void> {
  const { fileName } = entry;
  // The file type in the zip's Unix attributes. It must be unset, a plain file, or a folder.
  const kind = (entry.externalFileAttributes >>> 16) & 0o170000;
  if (![0, 0o100000, 0o040000].includes(kind))
    throw new Error(`${fileName}, a link or a special file`);
  if (entry.isEncrypted()) throw new Error(`${fileName}, encrypted`);
  const path = join(folder, fileName);
  if (fileName.endsWith("/")) {
    mkdirSync(path, { recursive: true });
    return;
  }
  mkdirSync(dirname(path), { recursive: true });
  let sum = 0;
  const summing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sum = crc32(chunk, sum);
      done(null, chunk);
    },
  });
  // The declared size was checked, and yauzl refuses a file with more bytes than declared. A second file of the same
  // name fails because of the flag `wx`.
  await pipeline(
    await zip.openReadStreamPromise(entry),
    summing,
    createWriteStream(path, { flags: "wx" }),
  );
  if (sum !== entry.crc32) throw new Error(`${fileName}, damaged: its checksum does not match`);
}

/**
 * Returns the run's folder in the unpacked zip. A run is one folder, and CI artefacts often have another folder around
 * it.
 */
function runIn(folder: string, file: string): string {
  if (["campaign.json", "plan.json"].some((name) => existsSync(join(folder, name)))) return folder;
  const entries = readdirSync(folder, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory());
  const [only] = folders;
  if (only !== undefined && folders.length === 1) return runIn(join(folder, only.name), file);
  throw refused(
    file,
    new Error(
      only === undefined
        ? "no campaign.json and no plan.json"
        : `several folders: ${folders
            .map(({ name }) => name)
            .sort()
            .slice(0, 5)
            .join(", ")}`,
    ),
  );
}

const refused = (file: string, error: unknown): UsageError =>
  new UsageError({
    code: "bad-archive",
    expected: "a zip of one run's folder, as --zip writes it",
    got: `${file}: ${error instanceof Error ? error.message : String(error)}`,
    hint: "To replay a run of a zip that quorate did not write: unpack it, look at it, and name the run's folder",
  });
