import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { failureOf } from "../../../harness/cli/exit.ts";
import { loadConfigModule } from "../../../harness/config/load-module.ts";
import { ownCodeError } from "../../../harness/config/own-code.ts";
import { EnvironmentError } from "../../../harness/errors.ts";
import { packageRoot } from "../../../harness/paths.ts";
import { quorate } from "../cli/support.ts";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "quorate-test-own-code-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("an error that a user's own code threw", () => {
  const thrownBy = async (code: string): Promise<unknown> => {
    writeFileSync(join(folder, "wrong.ts"), `export type Text = string;\n\n${code}`);
    const config = join(folder, "own.config.ts");
    writeFileSync(config, 'import { wrong } from "./wrong.ts";\nexport default { wrong };');
    const { wrong } = (await loadConfigModule(config)) as { wrong: () => unknown };
    try {
      return await wrong();
    } catch (error) {
      return error;
    }
  };

  it.each([
    ["a function", "export function wrong() { return (null as never as Text[])[0]; }"],
    ["a method", "export const { wrong } = { wrong() { throw new TypeError('Cannot read'); } };"],
    [
      "a getter",
      "const one = { get wrong(): Text { throw new TypeError('Cannot read'); } }; export const wrong = () => one.wrong;",
    ],
    [
      "an async function",
      "export async function wrong() { await null; throw new TypeError('Cannot read'); }",
    ],
  ])("in %s is told with its file, its line, and the function", async (_, code) => {
    const { status, message } = failureOf(await thrownBy(code));
    expect(status).toBe(64);
    expect(message).toMatch(
      /^own-code-threw: expected wrong of .*wrong\.ts to return; got TypeError: Cannot read.*, thrown at .*wrong\.ts:3\./,
    );
  });

  it("is told where it is no error", async () => {
    const thrown = await thrownBy("export const wrong = () => { throw 'seven'; };");
    expect(failureOf(thrown).message).toContain("own-code-threw");
    expect(failureOf(thrown).message).toContain("got seven");
  });

  it("is not what quorate threw, by mistake or on purpose", () => {
    expect(ownCodeError(new TypeError("Cannot read"))).toBeNull();
    const complaint = { code: "no-engine", expected: "an engine", got: "none", hint: "" };
    expect(ownCodeError(new EnvironmentError(complaint))).toBeNull();
  });
});

describe("a workload that throws", () => {
  it.each([
    ["while plans are drawn", "mix: () => ({ read: 2, mark: 1 }),", "mix"],
    ["while a history runs", "perform({ f, key, args }, register, done) {", "perform"],
  ])("%s ends the run with status 64 and its place, also on threads", async (_, line, name) => {
    const own = mkdtempSync(join(folder, "templates-"));
    cpSync(join(packageRoot, "examples/templates"), own, { recursive: true });
    const file = join(own, "workload.ts");
    const text = readFileSync(file, "utf8");
    const throwing = 'throw new RangeError("not today");';
    writeFileSync(
      file,
      text.replace(
        line,
        line.endsWith("{") ? `${line} ${throwing}` : `${name}: () => { ${throwing} },`,
      ),
    );
    for (const jobs of ["1", "2"]) {
      const run = ["run", "--histories", "2", "--seed", "1", "--jobs", jobs];
      const { status, stderr } = await quorate(run, {}, "pipe", { folder: own });
      expect(stderr).toMatch(
        new RegExp(
          `own-code-threw: expected ${name} of workload\\.ts to return; got RangeError: not today, thrown at workload\\.ts:\\d+`,
        ),
      );
      expect(status).toBe(64);
    }
  });
});
