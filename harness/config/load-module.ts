/** Loads a configuration file: TypeScript or JavaScript by its default export, JSON by its content. */
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Plugin } from "esbuild";
import { UsageError } from "../errors.ts";
import { isDevice, readText } from "../files.ts";
import { packageRoot } from "../paths.ts";
import { rememberOwnCode } from "./own-code.ts";

/** The file names under which quorate looks for a configuration, in this order. */
export const configNames: readonly string[] = [
  "quorate.config.ts",
  "quorate.config.mts",
  "quorate.config.mjs",
  "quorate.config.js",
  "quorate.config.json",
];

/**
 * Finds the configuration file of a folder.
 *
 * @param folder Usually the working directory.
 * @returns The file's path, or undefined if the folder has no configuration file.
 */
export function findConfig(folder: string): string | undefined {
  return configNames.map((name) => join(folder, name)).find((file) => existsSync(file));
}

/**
 * Loads a configuration file without checking its content.
 *
 * A TypeScript or JavaScript file is bundled first, since Node 20 runs no TypeScript. Packages stay outside of the
 * bundle. Imports of `quorate` and `quorate/checkers` get the running copy.
 *
 * @param file The path of the file.
 * @returns The default export, or the JSON value.
 * @throws UsageError with the code `config-missing`, `config-does-not-load`, `config-threw` or
 *   `config-exports-nothing`.
 */
export async function loadConfigModule(file: string): Promise<unknown> {
  const path = resolve(file);
  if (!existsSync(path))
    throw refused("config-missing", "a configuration file", `${file}, which does not exist`);
  if (isDevice(path))
    throw refused("config-does-not-load", "a file", `${file}, which is a device or a pipe`);
  if (path.endsWith(".json")) return parseJson(file, path);
  const { code, map } = await bundled(file, path);
  const folder = await mkdtemp(join(tmpdir(), "quorate-config-"));
  const target = join(folder, bundleName);
  rememberOwnCode(target, map, dirname(path));
  let module: { readonly default?: unknown };
  try {
    await writeFile(target, code);
    module = (await import(pathToFileURL(target).href)) as { readonly default?: unknown };
  } catch (error) {
    throw refused(
      "config-threw",
      "a configuration file that can be run",
      `${file} threw ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`,
      error,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  if (module.default === undefined || module.default === null)
    throw refused(
      "config-exports-nothing",
      "a default export: export default defineConfig({ … })",
      `${file} without one`,
    );
  return module.default;
}

function parseJson(file: string, path: string): unknown {
  try {
    return JSON.parse(readText(path).replace(/^\uFEFF/, "")) as unknown;
  } catch (error) {
    throw refused("config-does-not-load", "one JSON document", `${file}: ${messageOf(error)}`);
  }
}

const bundleName = "config.mjs";

/** Returns the bundled code of the file and its imports, and the source map of this code. */
async function bundled(
  file: string,
  path: string,
): Promise<{ readonly code: string; readonly map: string }> {
  // esbuild takes a tenth of a second to start, so it is loaded only if needed.
  const { build } = await import("esbuild");
  const here = pathToFileURL(path).href;
  try {
    const { outputFiles } = await build({
      entryPoints: [path],
      absWorkingDir: dirname(path),
      bundle: true,
      write: false,
      outfile: bundleName,
      sourcemap: "external",
      platform: "node",
      format: "esm",
      target: "node20",
      logLevel: "silent",
      // The bundle runs in another folder, so references to the file's own place are replaced.
      define: {
        "import.meta.url": JSON.stringify(here),
        "import.meta.filename": JSON.stringify(path),
        "import.meta.dirname": JSON.stringify(dirname(path)),
      },
      plugins: [packagesOutside],
    });
    const textOf = (name: string): string =>
      outputFiles.find(({ path: made }) => made.endsWith(name))?.text ?? "";
    return { code: textOf(bundleName), map: textOf(`${bundleName}.map`) };
  } catch (error) {
    throw refused(
      "config-does-not-load",
      "a configuration file that esbuild can read",
      `${file}: ${messageOf(error).split("\n").slice(1, 3).join(" ").trim()}`,
      error,
    );
  }
}

/**
 * The modules of quorate whose imports in a configuration resolve to the copy of quorate that reads the configuration.
 */
const entryPoints: Readonly<Record<string, string>> = {
  quorate: "index.js",
  "quorate/checkers": "checkers.js",
};

/** Resolves packages from the configuration's folder, since the bundle lies in a temporary one. */
const packagesOutside: Plugin = {
  name: "packages-outside",
  setup(build) {
    build.onResolve({ filter: /^[^./]/ }, async ({ path, resolveDir, kind, pluginData }) => {
      if (pluginData === asked || kind === "entry-point") return undefined;
      const own = entryPoints[path];
      if (own !== undefined)
        return { path: pathToFileURL(join(packageRoot, "dist", own)).href, external: true };
      const found = await build.resolve(path, { resolveDir, kind, pluginData: asked });
      if (found.errors.length > 0 || found.external) return found;
      return { path: pathToFileURL(found.path).href, external: true };
    });
  },
};

/** Marks a resolution that the plugin itself started. */
const asked = Symbol("asked by packages-outside");

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

const refused = (code: string, expected: string, got: string, cause?: unknown): UsageError =>
  new UsageError({ code, expected, got, hint: "See docs/configuration.md for an example" }, cause);
