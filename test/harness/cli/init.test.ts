import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { type Finished, quorate, runsFolder } from "./support.ts";

const root = resolve(import.meta.dirname, "../../..");

/** Makes a folder in which quorate is installed. */
function project(): string {
  const folder = runsFolder();
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(root, join(folder, "node_modules/quorate"));
  return folder;
}

const init = (folder: string, ...flags: readonly string[]): Promise<Finished> =>
  quorate(["init", ...flags], {}, "pipe", { folder });
const read = (folder: string, file: string): string => readFileSync(join(folder, file), "utf8");

describe("quorate init", () => {
  it("in an empty folder writes everything and ends green", async () => {
    const folder = project();
    const finished = await init(folder);
    expect(finished.stdout).toContain("✓ VALID");
    expect(finished.status).toBe(0);
    expect(JSON.parse(read(folder, "package.json"))).toMatchObject({ type: "module" });
    expect(read(folder, ".gitignore")).toContain("runs/\n");
    expect(read(folder, ".github/workflows/quorate.yml")).toContain("npx quorate run");
    expect(existsSync(join(folder, "quorate.regressions"))).toBe(true);
  });

  it("leaves every file that is there as it is, also the second time", async () => {
    const folder = project();
    writeFileSync(join(folder, ".gitignore"), "*.log");
    writeFileSync(join(folder, "package.json"), '{"name":"mine","type":"module"}');
    await init(folder, "--no-run", "--ci", "gitlab");
    const ignored = read(folder, ".gitignore");
    expect(ignored).toMatch(/^\*\.log\nnode_modules\/\nruns\/\n/);
    expect(read(folder, "package.json")).toBe('{"name":"mine","type":"module"}');
    writeFileSync(join(folder, "quorate.config.ts"), "// mine");
    const second = await init(folder, "--no-run", "--ci", "gitlab");
    expect(second.stdout).toContain("the configuration exists and was not changed");
    expect(read(folder, ".gitignore")).toBe(ignored);
    expect(read(folder, "quorate.config.ts")).toBe("// mine");
  });

  it("proposes nodes from a compose file, as a configuration that quorate reads", async () => {
    const folder = project();
    const example = join(root, "examples/own-store/store.mjs");
    mkdirSync(join(folder, "store"));
    copyFileSync(example, join(folder, "store/store.mjs"));
    writeFileSync(join(folder, "store/Dockerfile"), "FROM scratch\n");
    writeFileSync(
      join(folder, "compose.yaml"),
      "services:\n  a: &n { build: ./store, ports: ['7000'], command: node store.mjs }\n  b: *n\n",
    );
    const finished = await init(folder);
    expect(finished.status).toBe(0);
    expect(finished.stdout).toContain("complete the lines with TODO");
    const doctor = await quorate(["doctor"], {}, "pipe", { folder });
    expect(`${doctor.stdout}${doctor.stderr}`).not.toContain("bad-config");
    expect(read(folder, "quorate.config.ts")).toContain("2 nodes of the Dockerfile in store");
  });

  it("refuses a CI server that it does not know", async () => {
    const finished = await init(project(), "--ci", "travis");
    expect(finished.status).toBe(64);
    expect(finished.stderr).toContain("--ci to be one of github, gitlab, none");
  });
});
