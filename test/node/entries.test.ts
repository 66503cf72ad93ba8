/** Tests the entries that a program of quorate/node stores, after a kill in the middle of a write. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, it } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "quorate-entries-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const library = pathToFileURL(resolve(import.meta.dirname, "../../dist/node.js")).href;
/** A node that stores the value of each message, and replies with the entries that were on its disk at its start. */
const program = `
import { runNode } from ${JSON.stringify(library)};
runNode((node) => {
  node.on("store", (message) =>
    node.append(message.body.value, () =>
      node.reply(message, { type: "store_ok", entries: node.entries })));
});
`;

it("a half-written entry is cut off, and the next one has a line of its own", () => {
  const file = join(folder, "node.mjs");
  writeFileSync(file, program);
  writeFileSync(join(folder, "entries.jsonl"), '"a"\n"b');
  const store = (value: string): string => {
    const messages = [
      { src: "c1", dest: "n1", body: { type: "init", msg_id: 1, node_id: "n1", node_ids: ["n1"] } },
      { src: "c1", dest: "n1", body: { type: "store", msg_id: 2, value } },
    ];
    const input = messages.map((message) => `${JSON.stringify(message)}\n`).join("");
    return spawnSync(process.execPath, [file], { cwd: folder, input, encoding: "utf8" }).stdout;
  };
  store("c");
  expect(readFileSync(join(folder, "entries.jsonl"), "utf8")).toBe('"a"\n"c"\n');
  expect(store("d")).toContain('"entries":["a","c"]');
});
