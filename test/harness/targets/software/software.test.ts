import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  getSoftware,
  type Recipe,
  softwareFolder,
  softwareRoot,
} from "../../../../harness/targets/software/software.ts";

let cache = "";
const said: string[] = [];
const making = { say: (line: string) => void said.push(line) };

beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), "quorate-test-"));
  vi.stubEnv("XDG_CACHE_HOME", cache);
  said.length = 0;
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(cache, { recursive: true, force: true });
});

const recipe = (overrides: Partial<Recipe> = {}): Recipe => ({
  name: "thing",
  version: "1.0",
  dependsOn: ["make all"],
  build: (folder) => writeFile(join(folder, "thing"), "made"),
  ...overrides,
});

describe("getSoftware", () => {
  it("builds once and says where the result is and how large", async () => {
    const build = vi.fn<Recipe["build"]>(recipe().build);

    const first = await getSoftware(recipe({ build }), making);
    const second = await getSoftware(recipe({ build }), making);

    expect(first).toBe(second);
    expect(await readFile(join(first, "thing"), "utf8")).toBe("made");
    expect(build).toHaveBeenCalledOnce();
    expect(said.at(-1)).toContain(`thing 1.0 is ready: 0.0 MB in ${first}`);
  });

  it("builds once for two that ask at the same time", async () => {
    const build = vi.fn<Recipe["build"]>(recipe().build);
    await Promise.all([
      getSoftware(recipe({ build }), making),
      getSoftware(recipe({ build }), making),
    ]);
    expect(build).toHaveBeenCalledOnce();
  });

  it("takes another folder for anything else that the content depends on", () => {
    const folders = [
      recipe(),
      recipe({ version: "1.1" }),
      recipe({ dependsOn: ["make most"] }),
    ].map(softwareFolder);
    expect(new Set(folders).size).toBe(3);
    expect(folders.every((folder) => folder.startsWith(join(cache, "quorate")))).toBe(true);
  });

  it("leaves nothing of a build that fails", async () => {
    const build = async (folder: string): Promise<void> => {
      await writeFile(join(folder, "half"), "h");
      throw new Error("no network");
    };
    await expect(getSoftware(recipe({ build }), making)).rejects.toThrow("no network");
    expect(await readdir(softwareRoot())).toEqual([]);
  });

  it("removes what a killed build left and builds again", async () => {
    const left = join(
      softwareRoot(),
      `.building-${softwareFolder(recipe()).split("/").at(-1)}-dead`,
    );
    await mkdir(join(left, "result"), { recursive: true });
    // The builder is a process of another boot of this machine, so it is no longer alive.
    await writeFile(join(left, "builder"), "00000000-0000-0000-0000-000000000000/1/1/1");

    await getSoftware(recipe(), making);

    expect(existsSync(left)).toBe(false);
  });
});
