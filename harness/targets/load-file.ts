/** Loads a target from a TypeScript or JavaScript file: its default export, or that export's `target`. */
import { rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";
import { UsageError } from "../errors.ts";
import { packageRoot } from "../paths.ts";
import type { Target } from "./target.ts";

/** @throws UsageError for a file that is not there, does not build, throws, or exports no target. */
export async function loadTargetFile(path: string): Promise<Target> {
  const file = resolve(path);
  const exported = await importFile(file);
  const target =
    typeof exported === "object" && exported !== null && "target" in exported
      ? exported.target
      : exported;
  const problem = problemOf(target);
  if (problem === null) return { ...(target as Target), file };
  throw refused(
    "no-target-exported",
    "a file whose default export is a target",
    `${path}: ${problem}`,
  );
}

/** What the file exports as default, or all that it exports. Bundled first: old versions of node know no TypeScript. */
export async function importFile(file: string): Promise<unknown> {
  // Beside the file, so that packages are found where the file itself would find them.
  const outfile = join(dirname(file), `.${basename(file)}.${process.pid}.mjs`);
  try {
    const { outputFiles } = await build({
      entryPoints: [file],
      write: false,
      absWorkingDir: dirname(file),
      bundle: true,
      packages: "external",
      platform: "node",
      format: "esm",
      target: "node20",
      logLevel: "silent",
      plugins: [ourselves],
    });
    writeFileSync(outfile, outputFiles[0]?.text ?? "");
    const module = (await import(`${pathToFileURL(outfile).href}?${counter++}`)) as {
      readonly default?: unknown;
    };
    return module.default ?? module;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw refused(
      "bad-config",
      "a TypeScript or JavaScript file that can be loaded",
      `${file}: ${message.split("\n").slice(0, 3).join(" ")}`,
    );
  } finally {
    rmSync(outfile, { force: true });
  }
}

/** The same path would give the module that was loaded before. */
let counter = 0;

/** The file's quorate is this one, wherever it was started from. */
const ourselves: Plugin = {
  name: "quorate itself",
  setup(builder) {
    builder.onResolve({ filter: /^quorate$/ }, () => ({
      path: pathToFileURL(join(packageRoot, "dist", "index.js")).href,
      external: true,
    }));
  },
};

function problemOf(target: unknown): string | null {
  if (typeof target !== "object" || target === null) return `it exports ${typeof target}`;
  const needed = {
    name: "string",
    version: "string",
    parseSettings: "function",
    facts: "function",
    promises: "function",
    capabilities: "function",
    describe: "function",
    repair: "function",
  } as const;
  const wrong = Object.entries(needed).filter(
    ([name, type]) => typeof (target as Record<string, unknown>)[name] !== type,
  );
  return wrong.length === 0
    ? null
    : `it lacks ${wrong.map(([name, type]) => `${name} (a ${type})`).join(", ")}`;
}

const refused = (code: string, expected: string, got: string): UsageError =>
  new UsageError({
    code,
    expected,
    got,
    hint: "See harness/targets/template for one that works.",
  });
