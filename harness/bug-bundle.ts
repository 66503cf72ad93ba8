/**
 * Bundles the source of a planted bug into one JavaScript file. Containers get a copy of this file and the simulator
 * loads it, so both run the same bytes.
 */
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { HistoryEvent } from "../checkers/index.ts";
import { healthyParts, type Parts, plantedPartCalled } from "./targets/bundled/store.ts";
import { bugs } from "./targets/bundled/index.ts";
import { makeTemporaryFolder } from "./temporary-folders.ts";
import { UsageError } from "./errors.ts";
import { nearest } from "./nearest.ts";
import { packageRoot } from "./paths.ts";

/**
 * Finds the file of a bug by the bug's name or the file's path. The name of a built-in bug wins over a file of the same
 * name. Throws UsageError if there is neither.
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
      got: `${JSON.stringify(bug)}: there is no file of this path`,
      hint: "A path is looked up from the folder where quorate was started",
    });
  throw new UsageError({
    code: "unknown-bug",
    expected: "the name of a planted bug, or the path of a .ts or .js file",
    got: JSON.stringify(bug),
    hint: `The nearest names: ${nearest(bug, Object.keys(bugs))}; docs/planted-bugs.md lists all planted bugs`,
  });
}

/** Whether a plain file is at the path. Also false for a path that cannot exist, such as one with a zero byte. */
function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Whether the bug is the user's own code, not a built-in bug. The user's code may throw, loop or end the process. */
export const isStrange = (bug: string): boolean => !Object.hasOwn(bugs, bug);

/**
 * Returns the names of the replaced parts that nodes called, from the history's explain events. Without evidence the
 * result is empty.
 */
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
 * Bundles the bug into a temporary folder of this process and returns the bundle's path. Throws UsageError if there is
 * no such bug, or if the bug does not build or load, returns wrong parts, or replaces no part of the store.
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
 * Returns the text of the bug's bundle. Its comments name files relative to the bug's folder, so the text is the same
 * wherever quorate is started.
 */
async function textOf(file: string): Promise<string> {
  // esbuild takes a tenth of a second to start, so it is loaded only if needed.
  const { build } = await import("esbuild");
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
 * Whether the bug's file would now give another bundle than the one that the run kept. Runs no code of the bug. False
 * if the file is missing.
 */
export async function differsNow(bug: string, kept: string): Promise<boolean> {
  const file = resolve(bug);
  if (!isFile(file)) return false;
  // A file that does not build counts as different.
  return (await textOf(file).catch(() => null)) !== readFileSync(kept, "utf8");
}

/**
 * Throws UsageError for a bug that cannot be planted or changes nothing, since a healthy store would be tested under
 * the bug's name.
 */
async function tryIt(file: string, outfile: string): Promise<void> {
  let parts: Readonly<Record<string, unknown>> = {};
  const names = Object.keys(healthyParts) as (keyof Parts)[];
  const plantsNothing = (): boolean => names.every((name) => parts[name] === healthyParts[name]);
  try {
    const module = (await import(pathToFileURL(outfile).href)) as { readonly default?: unknown };
    if (typeof module.default !== "function")
      throw new Error(
        `the module's default export is ${module.default === undefined ? "missing" : `of type ${typeof module.default}`}`,
      );
    const plant = module.default as (parts: Parts, node: string) => unknown;
    // A bug may apply to only one node, so several nodes are tried. The parts are copied here, since a getter in the
    // user's code may throw.
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
      `${file}: among the parts that plant returned, these are missing or have another form than the store's own: ${unfit.join(", ")}`,
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
      "a planted bug that replaces at least one part of the store",
      `${file}, which replaces no part`,
    );
}

const someNodes = Array.from({ length: 9 }, (_, index) => `n${index + 1}`);

/** Whether the planted part has the healthy part's shape: a function, or an object with the same functions. */
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
  new UsageError({ code, expected, got, hint: "store/README.md shows how to write a planted bug" });
