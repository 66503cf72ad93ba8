/**
 * Tests that the commands in README and docs work, unless snippets.ts says what else tests them or why nothing does,
 * and that the pieces of code parse or run.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { transform } from "esbuild";
import { describe, expect, it } from "vitest";
import { quorate } from "../harness/cli/support.ts";
import { blocks, commands, fragments, known, pages, root } from "./snippets.ts";

const hasProgram = (name: string): boolean =>
  spawnSync("sh", ["-c", `command -v ${name}`]).status === 0;

/** Matches a command that is only indented. All commands must be in `sh` blocks, where the tests below find them. */
const indented = /^ {4}(?:\w+=\S+ )*(?:npx|npm|cp|go) /m;

/**
 * Makes a folder with the files that the pages use: some examples of a checkout, the files that a page shows, and
 * histories.
 */
function readersFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "quorate-docs-"));
  for (const name of ["quorum-register", "templates"])
    cpSync(join(root, "examples", name), join(folder, "examples", name), { recursive: true });
  mkdirSync(join(folder, "store/latest"), { recursive: true });
  const edn = [
    "{:process 0, :type :invoke, :f :write, :value 1}",
    "{:process 0, :type :ok, :f :write, :value 1}",
    "{:process 1, :type :invoke, :f :read, :value nil}",
    "{:process 1, :type :ok, :f :read, :value 1}",
  ].join("\n");
  writeFileSync(join(folder, "store/latest/history.edn"), edn);
  writeFileSync(join(folder, "history.edn"), edn);
  const json = blocks.find(({ language, text }) => language === "json" && /"process"/.test(text));
  writeFileSync(join(folder, "other.jsonl.gz"), gzipSync(json?.text ?? ""));
  for (const { language, text } of blocks) {
    const [, name] = /^\/\/ (\w+\.ts)\n/.exec(text) ?? [];
    if (language === "ts" && name !== undefined) writeFileSync(join(folder, name), text);
  }
  return folder;
}

describe("the commands of the documents", () => {
  it("are all known, and nothing else is", () => {
    const unrun = commands.filter((command) => !command.startsWith("npx vitest run "));
    expect(Object.keys(known).sort()).toEqual([...unrun].sort());
  });

  it("stand in blocks, and none outside of them", () => {
    const outside = pages.filter((page) =>
      indented.test(readFileSync(join(root, page), "utf8").replace(/^```[^]*?^```$/gm, "")),
    );
    expect(outside).toEqual([]);
  });

  it("name scripts and tests that are there", () => {
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      readonly scripts: Readonly<Record<string, string>>;
    };
    for (const how of Object.values(known)) {
      if ("script" in how) expect(Object.keys(scripts)).toContain(how.script);
      if ("elsewhere" in how)
        expect(existsSync(join(root, how.elsewhere)), how.elsewhere).toBe(true);
    }
    for (const command of commands)
      for (const path of command.match(/test\/[\w./-]+/g) ?? [])
        expect(existsSync(join(root, path)), path).toBe(true);
  });

  const runnable = Object.entries(known).flatMap(([command, how]) =>
    "exits" in how ? [{ command, ...how }] : [],
  );
  const folder = readersFolder();
  it.each(runnable)("$command", async ({ command, exits, few }) => {
    const words = command.split(" ").slice(2);
    const at = words.indexOf("--histories");
    if (few !== undefined && at >= 0) words.splice(at, 2);
    const size = few === undefined ? [] : ["--histories", String(few)];
    const seed = words[0] === "run" ? ["--seed", "1", "--no-shrink"] : [];
    const { status, stdout, stderr } = await quorate([...words, ...size, ...seed], {}, "pipe", {
      folder,
    });
    expect(status, stdout + stderr).toBe(exits);
  });
});

describe("the code of the documents", () => {
  const code = blocks.filter(({ language }) => language === "ts");
  it.each(code)("of $page parses", async ({ text }) => {
    const { warnings } = await transform(text, { loader: "ts", format: "esm" });
    expect(warnings).toEqual([]);
  });

  it("has no fragment that is not there", () => {
    for (const start of Object.keys(fragments))
      expect(
        code.some(({ text }) => text.includes(start)),
        start,
      ).toBe(true);
  });

  const python = hasProgram("python3");
  it.skipIf(!python).each(blocks.filter(({ language }) => language === "python"))(
    "of $page runs in Python, and quorate reads what it writes",
    async ({ text }) => {
      const folder = mkdtempSync(join(tmpdir(), "quorate-docs-"));
      execFileSync("python3", ["-c", text], { cwd: folder });
      const { status, stdout, stderr } = await quorate(["check", "history.jsonl"], {}, "pipe", {
        folder,
      });
      expect(status, stdout + stderr).toBe(0);
    },
  );

  // These blocks are only parts of programs, so gofmt checks their syntax and nothing else.
  it.skipIf(!hasProgram("gofmt")).each(blocks.filter(({ language }) => language === "go"))(
    "of $page parses as Go",
    ({ text }) => {
      expect(() => execFileSync("gofmt", ["-e"], { input: text, stdio: "pipe" })).not.toThrow();
    },
  );

  it.each(blocks.filter(({ language }) => language === "json"))("of $page is JSON", ({ text }) => {
    const isWhole = text.startsWith("{\n");
    for (const part of isWhole ? [text] : text.trimEnd().split("\n"))
      expect(() => JSON.parse(part) as unknown).not.toThrow();
  });
});
