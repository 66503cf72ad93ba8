/**
 * A planted bug's source becomes one .js file, which containers mount and the simulator loads: the same bytes on both.
 */
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import type { HistoryEvent } from "../checkers/index.ts";
import { healthyParts, type Parts, plantedPartCalled } from "./targets/bundled/store.ts";
import { bugs } from "./targets/bundled/index.ts";
import { makeTemporaryFolder } from "./temporary-folders.ts";
import { UsageError } from "./errors.ts";
import { nearest } from "./nearest.ts";
import { packageRoot } from "./paths.ts";

/**
 * The file that a bug's name, or path, stands for. A name of the registry wins over a file of the same name.
 * Throws UsageError when there is neither.
 */
export function bugFile(bug: string): string {
  if (Object.hasOwn(bugs, bug))
    return join(packageRoot, "harness", "targets", "bundled", "bugs", `${bug}.ts`);
  const file = resolve(bug);
  if (bug !== "" && isFile(file)) return file;
  if (/[/\\]|\.[cm]?[jt]s$/.test(bug))
    throw new UsageError({
      code: "no-such-file",
      expected: "the path of a .ts or .js file, or the name of a planted bug",
      got: `${JSON.stringify(bug)}: there is no such file`,
      hint: "A path is looked up from the folder where quorate was started",
    });
  throw new UsageError({
    code: "unknown-bug",
    expected: "the name of a planted bug, or the path of a .ts or .js file",
    got: JSON.stringify(bug),
    hint: `The nearest names: ${nearest(bug, Object.keys(bugs))}; docs/planted-bugs.md has them all`,
  });
}

/** A path that nothing can have, with a zero byte in it or links that lead to themselves, is no file either. */
function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Whether the bug is a user's code, which may throw, loop or end the process. */
export const isStrange = (bug: string): boolean => !Object.hasOwn(bugs, bug);

/** Which replaced parts the nodes called, by what they explained: none where the history has no evidence. */
export function partsCalled(events: readonly HistoryEvent[]): readonly string[] {
  return [
    ...new Set(
      events.flatMap((event) =>
        event.e === "explain" && event.what === plantedPartCalled ? (event.detail ?? []) : [],
      ),
    ),
  ];
}

const bundles = new Map<string, Promise<string>>();

/**
 * Bundles it, sees that it plants something, and returns the bundle's path, in a temporary folder of this process.
 * Throws UsageError.
 */
export function bundleBug(bug: string): Promise<string> {
  const file = bugFile(bug);
  const known = bundles.get(file);
  if (known !== undefined) return known;
  const made = bundle(file);
  bundles.set(file, made);
  return made;
}

async function bundle(file: string): Promise<string> {
  const outfile = join(makeTemporaryFolder("bug"), "bug.mjs");
  try {
    writeFileSync(outfile, await textOf(file));
  } catch (error) {
    throw refused("bug-does-not-build", expectation, `${file}: ${firstLines(error)}`);
  }
  await tryIt(file, outfile);
  return outfile;
}

/**
 * The bundle. Its comments name files from the bug's own folder, so that it is the same wherever quorate is started.
 */
async function textOf(file: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [file],
    write: false,
    absWorkingDir: dirname(file),
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "silent",
  });
  return outputFiles[0]?.text ?? "";
}

/**
 * Whether the bug's path is that of a file now that is another bug than the bundle kept of it. Nothing of either is
 * run.
 */
export async function differsNow(bug: string, kept: string): Promise<boolean> {
  const file = resolve(bug);
  if (!isFile(file)) return false;
  // One that does not build is another.
  return (await textOf(file).catch(() => null)) !== readFileSync(kept, "utf8");
}

/** A bug that cannot be planted, or changes nothing, would make a healthy store pass under its name. */
async function tryIt(file: string, outfile: string): Promise<void> {
  let parts: Readonly<Record<string, unknown>> = {};
  const names = Object.keys(healthyParts) as (keyof Parts)[];
  const plantsNothing = (): boolean => names.every((name) => parts[name] === healthyParts[name]);
  try {
    const module = (await import(pathToFileURL(outfile).href)) as { readonly default?: unknown };
    if (typeof module.default !== "function")
      throw new Error(
        `its default export is ${module.default === undefined ? "missing" : `of type ${typeof module.default}`}`,
      );
    const plant = module.default as (parts: Parts, node: string) => unknown;
    // Some bugs are those of one node. Copied: what looks like a part may throw when it is looked at.
    for (const node of someNodes) {
      parts = { ...(plant(healthyParts, node) as object) };
      if (!plantsNothing()) break;
    }
  } catch (error) {
    throw refused("bug-does-not-load", expectation, `${file}: ${firstLines(error)}`);
  }
  const unfit = names.filter((name) => !isLike(parts[name], healthyParts[name]));
  const strange = Object.keys(parts).filter((name) => !Object.hasOwn(healthyParts, name));
  if (unfit.length > 0)
    throw refused(
      "bug-without-parts",
      expectation,
      `${file}: what plant returned lacks ${unfit.join(", ")}`,
    );
  if (strange.length > 0)
    throw refused(
      "bug-without-parts",
      `only parts of the store (${names.join(", ")})`,
      `${file}: ${strange.join(", ")}`,
    );
  if (plantsNothing())
    throw refused(
      "bug-plants-nothing",
      "a plant that replaces at least one part",
      `${file}, which replaces none`,
    );
}

const someNodes = Array.from({ length: 9 }, (_, index) => `n${index + 1}`);

/** A function for a function; of a part that is several functions, each. */
function isLike(planted: unknown, healthy: object): boolean {
  if (typeof planted !== typeof healthy || planted === null) return false;
  return Object.entries(healthy).every(([name, its]) =>
    isLike((planted as Readonly<Record<string, unknown>>)[name], its as object),
  );
}

const expectation = "a module whose default export is plant(parts, node) => parts";

const firstLines = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split("\n").slice(0, 2).join(" ");

const refused = (code: string, expected: string, got: string): UsageError =>
  new UsageError({ code, expected, got, hint: "store/README.md shows how to write one" });
