/**
 * Commands that copy, damage, fill or empty a node's data folder, or time its syncs. They run in the node's machine,
 * whose image has Node.js and may have few other tools. A log consists of its segments in order.
 */
import type { DiskDamage } from "../../../generators/index.ts";
import type { Segments } from "./container-target.ts";
import { controlDirectory, logDirectory } from "./paths.ts";

/** The folder for copies of logs. It lies outside of the data folder, which a fault may wipe. */
const copyDirectory = `${controlDirectory}/copy`;

/** Which files of a target are logs, and who owns them. */
export interface DiskLayout {
  readonly segments?: Segments;
  readonly user?: number;
  /** Names of files that no damage touches. */
  readonly identity?: readonly string[];
}

const wholeFiles: Segments = { ending: "", number: "(?!)" };

/**
 * The functions that scripts on the data folder share. A file's name is its path relative to the data folder. The file
 * `filler`, which fills the disk, is not a log.
 */
const prelude = ({ segments = wholeFiles, user, identity = [] }: DiskLayout): string => `
const fs = require("node:fs");
const path = require("node:path");
const [from, to] = ${JSON.stringify([logDirectory, copyDirectory])};
const user = ${JSON.stringify(user ?? null)};
const own = (file) => user === null || fs.chownSync(file, user, user);
const filesIn = (folder) => fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? filesIn(path.join(folder, entry.name)) : entry.isFile() ? [path.join(folder, entry.name)] : []);
const segmentsIn = (folder) => (fs.existsSync(folder) ? filesIn(folder).map((file) => path.relative(folder, file)) : [])
  .filter((name) => name.endsWith(${JSON.stringify(segments.ending)}) && name !== "filler" && !${JSON.stringify(identity)}.includes(name)).sort();
const clear = (folder) => segmentsIn(folder).forEach((name) => fs.rmSync(path.join(folder, name)));
const makeFolder = (folder) => {
  if (fs.existsSync(folder)) return;
  makeFolder(path.dirname(folder));
  fs.mkdirSync(folder);
  own(folder);
};
const copy = (from, to) => segmentsIn(from).forEach((name) => {
  const file = path.join(to, name);
  makeFolder(path.dirname(file));
  fs.copyFileSync(path.join(from, name), file);
  own(file);
});
`;

const damageScript = (layout: DiskLayout): string => `${prelude(layout)}
const [damage, atPerMille] = process.argv.slice(1);
const logs = new Map();
for (const name of segmentsIn(from)) {
  const log = name.replace(new RegExp(${JSON.stringify((layout.segments ?? wholeFiles).number)}), "");
  logs.set(log, [...(logs.get(log) ?? []), { file: path.join(from, name), size: fs.statSync(path.join(from, name)).size }]);
}
const flip = (file, at) => {
  const handle = fs.openSync(file, "r+");
  const byte = Buffer.alloc(1);
  fs.readSync(handle, byte, 0, 1, at);
  byte[0] ^= 16;
  fs.writeSync(handle, byte, 0, 1, at);
  fs.closeSync(handle);
};
if (damage === "wipe" || damage === "restore") clear(from);
if (damage === "restore" && fs.existsSync(to)) copy(to, from);
if (!["wipe", "restore"].includes(damage)) for (const segments of logs.values()) {
  const size = segments.reduce((sum, segment) => sum + segment.size, 0);
  const last = segments.filter((segment) => segment.size > 0).at(-1);
  if (last === undefined) continue;
  if (damage === "tear") fs.truncateSync(last.file, last.size - Math.min(last.size, 5));
  let at = Math.floor(((size - 1) * Number(atPerMille)) / 1000);
  for (const segment of damage === "tear" ? [] : segments) {
    if (at >= segment.size) at -= segment.size;
    else if (at < 0) fs.rmSync(segment.file);
    else if (damage === "flip") {
      flip(segment.file, at);
      break;
    } else {
      fs.truncateSync(segment.file, at);
      at = -1;
    }
  }
}`;

/**
 * Copies all logs. If segments appear or vanish during the copy, for example by a compaction, the copy is repeated,
 * since a mixture is a state that the disk never had. Throws after about 50 tries.
 */
const copyScript = (layout: DiskLayout): string => `${prelude(layout)}
for (let tries = 0; ; tries++) {
  fs.rmSync(to, { recursive: true, force: true });
  fs.mkdirSync(to);
  const before = segmentsIn(from).join();
  try {
    copy(from, to);
    if (segmentsIn(from).join() === before) break;
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
  if (tries > 50) throw new Error("the log changed too often to be copied");
}`;

/**
 * The command that damages the node's logs. `flip` changes one bit of each log, and `truncate` cuts each log off, at
 * `atPerMille` thousandths of its size. Both leave empty logs alone. The other kinds of damage ignore `atPerMille`.
 * Identity files stay as they are.
 */
export const damageCommand = (
  layout: DiskLayout,
  damage: DiskDamage,
  atPerMille: number,
): readonly string[] => ["node", "-e", damageScript(layout), damage, String(atPerMille)];

/** The command that copies all logs and replaces an earlier copy. */
export const copyCommand = (layout: DiskLayout): readonly string[] => [
  "node",
  "-e",
  copyScript(layout),
];

/** The command that fills the disk with a file, the filler. The filler is synced, so that it survives a power loss. */
export const fillCommand: readonly string[] = [
  "node",
  "-e",
  `${prelude({})}
const file = fs.openSync(path.join(from, "filler"), "a");
const bytes = Buffer.alloc(65536, 1);
try {
  for (;;) fs.writeSync(file, bytes);
} catch (error) {
  if (error.code !== "ENOSPC") throw error;
}
fs.fsyncSync(file);
`,
];

/** The command that removes the file which `fillCommand` wrote to fill the disk. */
export const makeRoomCommand: readonly string[] = [
  "node",
  "-e",
  `${prelude({})}
fs.rmSync(path.join(from, "filler"), { force: true });
fs.fsyncSync(fs.openSync(from, "r"));
`,
];

/** The command that appends to a separate file and syncs it, `times` times, and prints how many ms that took. */
export const timedSyncsCommand = (times: number): readonly string[] => [
  "node",
  "-e",
  `${prelude({})}
const name = path.join(from, "trial");
const file = fs.openSync(name, "a");
const startedMs = performance.now();
for (let time = 0; time < ${times}; time++) {
  fs.writeSync(file, "trial");
  fs.fdatasyncSync(file);
}
process.stdout.write(String(Math.round(performance.now() - startedMs)));
fs.rmSync(name);
`,
];

/** A shell command that empties the data folder, apart from hidden files, and removes the copy of the logs. */
export const emptyDiskCommand = `mkdir -p ${logDirectory}; rm -rf ${logDirectory}/* ${copyDirectory}`;

/** The command that makes the node's user the owner of its data folder and of the folders that it writes to. */
export const ownFoldersCommand = (user: number, folders: readonly string[]): readonly string[] => [
  "node",
  "-e",
  `
const fs = require("node:fs");
for (const folder of ${JSON.stringify([logDirectory, ...folders])}) {
  fs.mkdirSync(folder, { recursive: true });
  fs.chownSync(folder, ${user}, ${user});
}`,
];
