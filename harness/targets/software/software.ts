/**
 * Other projects' software. It is fetched or built once and kept outside of any checkout: in `$XDG_CACHE_HOME/quorate`,
 * or else in `~/.cache/quorate`. The name of a folder contains a hash of everything that the folder's content depends
 * on. A folder appears by one rename, so it is complete or absent, even if builds are killed.
 */
import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { lifeOf, ownSign } from "../../sign-of-life.ts";

/** How to make a folder of software. */
export interface Recipe {
  /** The first part of the folder's name in lower case, such as `garage`. */
  readonly name: string;
  readonly version: string;
  /**
   * Everything else that the content depends on: commands, options, versions of tools. A different list gives a
   * different folder.
   */
  readonly dependsOn: readonly string[];
  /** Fills `folder`, which is empty. */
  build(folder: string, making: Making): Promise<void>;
}

/** The callback and the signal of the caller that waits for the software. */
export interface Making {
  /** Prints a line about the progress. */
  say(line: string): void;
  /** Stops the build when it aborts. The unfinished folder is then removed. */
  readonly signal?: AbortSignal;
}

const lookEveryMs = 1_000;

/** Returns the folder that contains all fetched and built software. */
export const softwareRoot = (environment: NodeJS.ProcessEnv = process.env): string =>
  join(cacheHome(environment["XDG_CACHE_HOME"]), "quorate");

/** Returns the folder of caches. The XDG base directory specification treats an empty variable as unset. */
const cacheHome = (set: string | undefined): string =>
  set === undefined || set === "" ? join(homedir(), ".cache") : set;

/** Returns the name of the recipe's folder: name, version, and a hash of everything that the content depends on. */
export const folderName = ({ name, version, dependsOn }: Recipe): string => {
  const all = JSON.stringify([name, version, process.platform, process.arch, ...dependsOn]);
  return `${name}-${version}-${createHash("sha256").update(all).digest("hex").slice(0, 12)}`;
};

/** Returns the path of the recipe's folder, which may not exist yet. */
export const softwareFolder = (recipe: Recipe): string => join(softwareRoot(), folderName(recipe));

/**
 * Returns the prefix of the names of folders in which this recipe is built. Each such folder contains the builder's
 * sign of life in the file `builder`.
 */
const buildPrefix = (recipe: Recipe): string => `.building-${folderName(recipe)}-`;

/** Removes what killed builds left. Returns true if another process is building this recipe now. */
const othersBuild = async (recipe: Recipe): Promise<boolean> => {
  const root = softwareRoot();
  let alive = false;
  for (const name of await readdir(root)) {
    if (!name.startsWith(buildPrefix(recipe))) continue;
    const sign = await readFile(join(root, name, "builder"), "utf8").catch(() => undefined);
    const life = lifeOf(sign);
    if (life === "gone") await rm(join(root, name), { recursive: true, force: true });
    else if (life === "alive") alive = true;
  }
  return alive;
};

const untilOthersDone = async (recipe: Recipe, { say, signal }: Making): Promise<void> => {
  let said = false;
  while (!existsSync(softwareFolder(recipe)) && (await othersBuild(recipe))) {
    if (!said) say(`${recipe.name} ${recipe.version} is being made by another process: waiting`);
    said = true;
    await delay(lookEveryMs, undefined, signal === undefined ? {} : { signal });
  }
};

const bytesIn = async (folder: string): Promise<number> => {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => (await stat(join(entry.parentPath, entry.name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
};

/** Formats a number of bytes as "61 MB". */
export const inMegabytes = (bytes: number): string =>
  `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;

const make = async (recipe: Recipe, making: Making): Promise<string> => {
  const folder = softwareFolder(recipe);
  if (existsSync(folder)) return folder;
  const root = softwareRoot();
  await mkdir(root, { recursive: true });
  await untilOthersDone(recipe, making);
  if (existsSync(folder)) return folder;
  const building = join(root, `${buildPrefix(recipe)}${randomBytes(4).toString("hex")}`);
  const result = join(building, "result");
  const startedMs = performance.now();
  try {
    await mkdir(result, { recursive: true });
    await writeFile(join(building, "builder"), ownSign() ?? "");
    await recipe.build(result, making);
    const size = inMegabytes(await bytesIn(result));
    // Two processes may have built at the same time. The folder of the first one stays.
    await rename(result, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(0);
    making.say(
      `${recipe.name} ${recipe.version} is ready: ${size} in ${folder}, after ${seconds} s`,
    );
  } finally {
    await rm(building, { recursive: true, force: true });
  }
  return folder;
};

const inHand = new Map<string, Promise<string>>();

/**
 * Makes the recipe's folder unless it exists.
 *
 * @returns The folder's path.
 * @throws EnvironmentError if a tool is missing or fails, or no registry answers.
 */
export const getSoftware = (recipe: Recipe, making: Making): Promise<string> => {
  const folder = softwareFolder(recipe);
  const known = inHand.get(folder);
  if (known !== undefined) return known;
  const made = make(recipe, making).finally(() => inHand.delete(folder));
  inHand.set(folder, made);
  return made;
};
