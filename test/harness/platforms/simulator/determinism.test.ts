import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { expect, test } from "vitest";
import type { StoreSettings } from "../../../../store/index.ts";
import { liveThrough } from "./scenario.ts";

const variants: [name: string, overrides: Partial<StoreSettings>][] = [
  ["stamps", {}],
  ["siblings", { versions: "siblings" }],
  ["blocking read repair", { readRepair: "blocking" }],
];

test.each(variants)(
  "the same seed gives the same world twice in one process: %s",
  async (_name, overrides) => {
    const first = await liveThrough(42, overrides);
    const second = await liveThrough(42, overrides);
    expect(second.hash).toBe(first.hash);
    expect(second.replies).toEqual(first.replies);
    expect(second.logs).toBe(first.logs);
  },
);

test("another seed gives another world", async () => {
  expect((await liveThrough(43)).hash).not.toBe((await liveThrough(42)).hash);
});

test("the same seed gives the same evidence in two other processes, byte for byte", async () => {
  const folder = await mkdtemp(join(tmpdir(), "quorate-"));
  try {
    const outfile = join(folder, "scenario.cjs");
    const scenario = fileURLToPath(new URL("scenario.ts", import.meta.url));
    const contents = `import { liveThrough } from ${JSON.stringify(scenario)}; liveThrough(42).then((seen) => console.log(seen.hash));`;
    const resolveDir = fileURLToPath(new URL(".", import.meta.url));
    await build({
      stdin: { contents, resolveDir, loader: "ts" },
      outfile,
      bundle: true,
      platform: "node",
      format: "cjs",
      // The target finds the files of its package by this URL.
      define: { "import.meta.url": JSON.stringify(import.meta.url) },
      logLevel: "error",
    });
    const run = async (): Promise<string> =>
      (await promisify(execFile)(process.execPath, [outfile])).stdout.trim();
    const hashes = await Promise.all([run(), run()]);
    const { hash } = await liveThrough(42);
    expect(hashes).toEqual([hash, hash]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
