import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findConfig, loadConfigModule } from "../../../harness/config/load-module.ts";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "quorate-test-config-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe("a configuration file", () => {
  it("in TypeScript gives its default export, with its own imports and its own place", async () => {
    file("port.ts", "export const port: number = 7000;");
    const path = file(
      "a.config.ts",
      `import { basename } from "node:path";
       import { port } from "./port.ts";
       export default { port, name: basename(import.meta.filename) as string };`,
    );
    expect(await loadConfigModule(path)).toEqual({ port: 7000, name: "a.config.ts" });
  });

  it("in JSON gives its content", async () => {
    expect(await loadConfigModule(file("b.json", '\uFEFF{"target":"bundled"}'))).toEqual({
      target: "bundled",
    });
  });

  it("is found in a folder, TypeScript before JSON", () => {
    expect(findConfig(folder)).toBeUndefined();
    file("quorate.config.json", "{}");
    expect(findConfig(folder)).toBe(join(folder, "quorate.config.json"));
    file("quorate.config.ts", "export default {}");
    expect(findConfig(folder)).toBe(join(folder, "quorate.config.ts"));
  });

  it.each([
    ["config-missing", "missing.ts", undefined],
    ["config-does-not-load", "/dev/zero", undefined],
    ["config-does-not-load", "syntax.ts", "export default {"],
    ["config-does-not-load", "package.ts", 'import "no-such-package"; export default {};'],
    ["config-does-not-load", "cut.json", '{"target":'],
    ["config-threw", "throws.ts", 'throw new Error("no database here");'],
    ["config-exports-nothing", "nothing.ts", "export const target = 1;"],
  ])("is refused as %s where it is %s", async (code, name, text) => {
    const path = text === undefined ? resolve(folder, name) : file(name, text);
    await expect(loadConfigModule(path)).rejects.toMatchObject({ name: "UsageError", code });
    await expect(loadConfigModule(path)).rejects.toThrow(name);
  });
});
