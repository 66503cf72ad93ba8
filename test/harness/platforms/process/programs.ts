/** Makes small programs for tests, in a temporary folder. */
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Plan } from "../../../../generators/index.ts";
import { maelstrom } from "../../../../harness/targets/maelstrom/index.ts";

const frame = `
let id = "";
let rest = "";
const send = (dest, body) => process.stdout.write(JSON.stringify({ src: id, dest, body }) + "\\n");
const reply = (message, body) => send(message.src, { ...body, in_reply_to: message.body.msg_id });
const handlers = { init: (message) => { id = message.body.node_id; reply(message, { type: "init_ok" }); } };
process.stdin.setEncoding("utf8").on("data", (chunk) => {
  const lines = (rest + chunk).split("\\n");
  rest = lines.pop();
  for (const line of lines) { const message = JSON.parse(line); handlers[message.body.type]?.(message); }
});
process.stdin.on("end", () => process.exit(0));
`;

export interface Programs {
  /** The path of a node that runs `code` after the common code with `handlers`, `reply` and `send`. */
  node(code: string): string;
  /** The path of a program that contains only `code`. */
  plain(code: string): string;
  /** The path of an executable file with this content. */
  executable(content: string): string;
  /** The path of a shell script. A shell starts quickly even on a busy machine. */
  shell(script: string): string;
  /**
   * Makes a symbolic link to a file or folder, and returns the link's path. The path is new, so no process that already
   * runs has it on its command line.
   */
  link(to: string): string;
  remove(): void;
}

export function makePrograms(): Programs {
  const folder = mkdtempSync(join(tmpdir(), "quorate-programs-"));
  let count = 0;
  const plain = (code: string): string => {
    const file = join(folder, `node${count++}.cjs`);
    writeFileSync(file, code);
    return file;
  };
  const executable = (content: string): string => {
    const file = join(folder, `node${count++}`);
    writeFileSync(file, content, { mode: 0o755 });
    return file;
  };
  return {
    plain,
    executable,
    shell: (script) => executable(`#!/bin/sh\n${script}\n`),
    link: (to) => {
      const file = join(folder, `node${count++}`);
      symlinkSync(resolve(to), file);
      return file;
    },
    node: (code) => plain(`${frame}${code}`),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/**
 * Code that starts `sleep` in a session of its own, without an environment, working folder, open file or living parent
 * that would tell where it comes from. Writes the id of the process to the file `daemon` of the node's folder.
 */
export const leavesDaemon = `require("fs").writeFileSync("daemon", require("child_process").execFileSync("setsid", ["/bin/sh", "-c", "sleep 300 <&- >/dev/null 2>&- & echo $!"], { env: {}, cwd: "/" }));`;

export const echoes = `handlers.echo = (message) => reply(message, { type: "echo_ok", echo: message.body.echo });`;

/**
 * A plan that asks two nodes of the program, in turns, to echo six texts. A busy machine may take long to start the
 * nodes.
 */
export const echoPlan = (
  bin: string,
  changes: Partial<Plan> = {},
  initTimeoutMs = 60_000,
): Plan => ({
  format: "quorate-plan/2",
  target: { name: "maelstrom", version: "1" },
  workload: "echo",
  worldSeed: 1,
  settings: maelstrom.parseSettings({ bin, nodes: 2, initTimeoutMs, latencyMs: 0 }),
  clients: 1,
  keys: 1,
  operations: Array.from({ length: 6 }, (_, index) => ({
    client: 0,
    afterMs: 1,
    node: index % 2,
    f: "echo",
    key: 0,
    args: { text: `text ${index}` },
  })),
  faults: [],
  claimed: [],
  restart: false,
  ...changes,
});
