/** A planted bug's source becomes one .js file, which containers mount and the simulator loads: the same bytes on both. */
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { build } from "esbuild";
import { bugs } from "../store/index.ts";
import { UsageError } from "./errors.ts";
import { packageRoot } from "./paths.ts";

/**
 * The file that a bug's name, or path, stands for. A name of the registry wins over a file of the same name.
 * Throws UsageError when there is neither.
 */
export function bugFile(bug: string): string {
  if (Object.hasOwn(bugs, bug)) return join(packageRoot, "store", "bugs", `${bug}.ts`);
  const file = isAbsolute(bug) ? bug : resolve(bug);
  if (existsSync(file)) return file;
  throw new UsageError({
    code: "unknown-bug",
    expected: `one of ${Object.keys(bugs).join(", ")}, or the path of a .ts or .js file`,
    got: bug,
    hint: "store/README.md shows how to write one",
  });
}

/** Bundles it and returns the bundle's path, in a temporary folder of this process. */
export async function bundleBug(bug: string): Promise<string> {
  const file = bugFile(bug);
  const outfile = join(mkdtempSync(join(tmpdir(), "quorate-bug-")), "bug.mjs");
  try {
    await build({ entryPoints: [file], outfile, bundle: true, platform: "node", format: "esm", target: "node20", logLevel: "silent" });
  } catch (error) {
    throw new UsageError({
      code: "bug-does-not-build",
      expected: "a module whose default export is plant(parts) => parts",
      got: `${file}: ${error instanceof Error ? error.message : String(error)}`,
      hint: "store/README.md shows how to write one",
    });
  }
  return outfile;
}
