import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const store = join(import.meta.dirname, "../../store");

const forbidden = [
  /\bDate\b/,
  /\bperformance\b/,
  /\bhrtime\b/,
  /\bMath\s*\.\s*random\b/,
  /\bcrypto\b/,
  /\bsetTimeout\b/,
  /\bsetInterval\b/,
  /\bqueueMicrotask\b/,
  /\bsetImmediate\b/,
  /\bprocess\s*\.\s*\w+/,
  /\bPromise\b|\basync (function|\()|\bawait\b/,
  /from "(node:[a-z/]+|fs|ws|net|http|timers)"/,
  /\bimport\(|\brequire\(|\bglobalThis\b/,
];

/** A file's code without its comments. Comments may mention what the code must not use. */
function code(file: string): string {
  return readFileSync(file, "utf8")
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/^\s*\/\/.*$|\s\/\/ .*$/gm, "");
}

const files = readdirSync(store, { recursive: true, encoding: "utf8" }).filter(
  (file) => file.endsWith(".ts") && !file.startsWith("real"),
);

describe("the store reaches the world through its Host only", () => {
  test("there are files to look at, and the patterns find what they forbid", () => {
    expect(files).toContain("node.ts");
    for (const line of [
      "Date.now()",
      "Math.random()",
      'import { readFile } from "node:fs"',
      "process.nextTick(f)",
      "setTimeout(f, 1)",
      'import { WebSocket } from "ws"',
    ]) {
      expect(
        forbidden.some((pattern) => pattern.test(line)),
        line,
      ).toBe(true);
    }
  });

  test.each(files)("store/%s", (file) => {
    const text = code(join(store, file));
    for (const pattern of forbidden) expect(text).not.toMatch(pattern);
  });
});
