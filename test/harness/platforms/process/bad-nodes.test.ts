/**
 * Tests programs that break the protocol, and unusual ones that do not. Those that break it must give one clear error
 * with their last log lines, and leave no process.
 */
import { readdirSync, readFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { attempt } from "../../../../harness/campaign/index.ts";
import { createProcessCluster } from "../../../../harness/platforms/process/platform.ts";
import { maelstrom } from "../../../../harness/targets/maelstrom/index.ts";
import { echoes, echoPlan, leavesDaemon, makePrograms } from "./programs.ts";

const programs = makePrograms();
afterAll(() => programs.remove());

/** The number of this machine's processes whose command line names the program. */
const processesOf = (bin: string): number =>
  readdirSync("/proc").filter((id) => {
    try {
      return /^\d+$/.test(id) && readFileSync(`/proc/${id}/cmdline`, "utf8").includes(bin);
    } catch {
      return false;
    }
  }).length;

async function failureOf(bin: string, initTimeoutMs?: number): Promise<string> {
  const cluster = createProcessCluster(maelstrom);
  try {
    await attempt(echoPlan(bin, {}, initTimeoutMs), cluster, { evidence: true });
    await cluster.stop();
    return "no failure";
  } catch (error) {
    await cluster.stop().catch(() => {});
    return (error as Error).message;
  }
}

describe("a node", () => {
  it.each([
    ["that does not exist", "/no/such/node", /^no-such-binary: .*\/no\/such\/node/],
    [
      "that is a folder",
      programs.link("test/fixtures/nodes"),
      /^binary-not-a-file: .*which is a folder\. Name the program in this folder, for example --bin \//,
    ],
    ["that is a device", programs.link("/dev/null"), /^binary-not-a-file: .*which is a device/],
    [
      "that is a script with Windows' line ends",
      programs.executable("#!/usr/bin/env python3\r\nprint(1)\r\n"),
      /^binary-crlf: .*whose first line ends with CRLF.* sed -i 's\/\\r\$\/\/' /,
    ],
    [
      "that is a script of an unknown interpreter",
      programs.executable("#!/no/such/python -u\nprint(1)\n"),
      /^no-interpreter: .*which begins with #!\/no\/such\/python -u\. Install \/no\/such\/python/,
    ],
    [
      "that has a mistake in its syntax",
      programs.plain("let a =;\n"),
      /^node-ended: .*said last: .*SyntaxError: Unexpected token ';' \| Node\.js v/,
    ],
    [
      "that exits at once",
      programs.plain(`console.error("out of luck"); process.exit(3);`),
      /^node-ended: expected n\d to go on running; got its end, with status 3; n\d said last: out of luck/,
    ],
    [
      "that prints what is no message",
      programs.node(`${echoes} console.log("hello, world");`),
      /^not-a-message: .*a line that is no JSON: hello, world/,
    ],
    [
      "that prints megabytes",
      programs.plain(
        `const many = "x".repeat(1 << 20); process.on("SIGPIPE", () => {}); setInterval(() => process.stdout.write(many), 1);`,
      ),
      /^line-too-long: .*a line that begins with xxx/,
    ],
    [
      "that answers twice",
      programs.node(
        `handlers.echo = (message) => { for (const _ of [1, 2]) reply(message, { type: "echo_ok", echo: message.body.echo }); };`,
      ),
      /^answered-twice: expected one reply to each request; got a second one: .*echo_ok/,
    ],
    [
      "that answers an unknown request",
      programs.node(
        `handlers.echo = (message) => send(message.src, { type: "echo_ok", in_reply_to: 999999 });`,
      ),
      /^unknown-request: .*999999/,
    ],
    [
      "that sends to an unknown node",
      programs.node(`handlers.echo = () => send("n9", { type: "hello" });`),
      /^unknown-destination: .*one to "n9"/,
    ],
    [
      "that writes in the name of nobody",
      programs.node(
        `handlers.echo = () => process.stdout.write(JSON.stringify({ src: "n8", dest: "n1", body: { type: "hello" } }) + "\\n");`,
      ),
      /^wrong-source: .*"n8"/,
    ],
    [
      "that answers in the name of another node",
      programs.node(
        `handlers.echo = (message) => process.stdout.write(JSON.stringify({ src: message.dest === "n1" ? "n2" : "n1", dest: message.src, body: { type: "echo_ok", echo: message.body.echo, in_reply_to: message.body.msg_id } }) + "\\n");`,
      ),
      /^wrong-source: expected messages of (n\d) with src "\1", .*"src":"(?!\1)n\d"/,
    ],
    [
      "that sends in the name of another node",
      programs.node(
        `handlers.echo = (message) => process.stdout.write(JSON.stringify({ src: message.dest === "n1" ? "n2" : "n1", dest: message.dest, body: { type: "hello" } }) + "\\n");`,
      ),
      /^wrong-source: expected messages of (n\d) with src "\1", .*"src":"(?!\1)n\d"/,
    ],
    [
      "that answers with something else",
      programs.node(`handlers.echo = (message) => reply(message, { type: "echo_ok" });`),
      /^bad-reply: expected n\d to answer echo with echo_ok with "echo"; got \{"type":"echo_ok"/,
    ],
    [
      "that nests lists without an end",
      programs.node(
        `handlers.echo = () => process.stdout.write('{"src":"n1","dest":"n2","body":{"type":"deep","in":' + "[".repeat(100000) + "]".repeat(100000) + "}}\\n");`,
      ),
      /^not-a-message: .*a message with more than 200 nested levels/,
    ],
    [
      "that writes a number which is none",
      programs.node(
        `handlers.echo = () => process.stdout.write('{"src":"n1","dest":"n2","body":{"type":"deep","in":NaN}}\\n');`,
      ),
      /^not-a-message: .*a line that is no JSON/,
    ],
    [
      "that answers a request of a negative number",
      programs.node(
        `handlers.echo = (message) => send(message.src, { type: "echo_ok", in_reply_to: -1 });`,
      ),
      /^unknown-request: .*-1/,
    ],
    [
      "that sends to a name of JavaScript's own",
      programs.node(`handlers.echo = () => send("__proto__", { type: "hello" });`),
      /^unknown-destination: .*one to "__proto__"/,
    ],
    [
      "that closes its output and goes on",
      programs.node(
        `handlers.echo = () => { require("fs").closeSync(1); setInterval(() => {}, 1000); };`,
      ),
      /^output-closed: expected n\d to keep its standard output open; got a node that closed it/,
    ],
    [
      "that closes all its files after its last answer",
      programs.node(
        `${echoes} const answer = handlers.echo; let count = 0; handlers.echo = (message) => { answer(message); if (++count === 3) { for (const file of [0, 1, 2]) require("fs").closeSync(file); setInterval(() => {}, 1000); } };`,
      ),
      /^(in|out)put-closed: expected n\d to keep its standard (in|out)put open/,
    ],
    [
      "that closes its input and goes on",
      programs.node(
        `handlers.echo = () => { require("fs").closeSync(0); setInterval(() => {}, 1000); };`,
      ),
      /^input-closed: expected n\d to keep its standard input open; got a node that closed it/,
    ],
    [
      "that is no program",
      programs.executable("\x7fELF"),
      /^node-not-started: expected n\d to start; got a program that cannot be run; .*: quorate: .*format error/i,
    ],
    [
      "that leaves a daemon",
      programs.node(
        `${echoes} require("child_process").spawn("sleep", ["300"], { detached: true, stdio: "ignore" }).unref();`,
      ),
      /^node-left-processes: .*; got 2 processes that left the process group of n1 and n2 .*, first "sleep 300" \(/,
    ],
    [
      "that leaves one daemon",
      programs.node(
        `${echoes} const { init } = handlers; handlers.init = (message) => { init(message); if (id !== "n2") return; console.error("started a daemon"); require("child_process").spawn("sleep", ["300"], { detached: true, stdio: "ignore" }).unref(); };`,
      ),
      new RegExp(
        '^node-left-processes: .*; got a process that left the process group of n2 and kept running, "sleep 300" ' +
          "\\(quorate killed it now, unless it is another user's\\); n2 said last: started a daemon\\. " +
          "A node must not",
      ),
    ],
    [
      "that leaves a daemon without any sign of its origin",
      programs.node(`${echoes} ${leavesDaemon}`),
      /^node-left-processes: .*; got 2 processes that left the process group of n1 and n2 .*, first "sleep 300" \(/,
    ],
  ])("%s", async (_, bin, expected) => {
    expect(await failureOf(bin)).toMatch(expected);
    expect(processesOf(bin)).toBe(0);
  });

  it.each([
    [
      "that never answers init",
      programs.shell(`echo thinking >&2; while read -r line; do :; done`),
      /^no-answer: expected n\d to answer init with init_ok within 1500 ms; got no answer; n\d said last: thinking/,
    ],
    [
      "that prints half a line",
      programs.shell(`printf '{"src":"n1","de'; while read -r line; do :; done`),
      /^no-answer: .*said last: \{"src":"n1","de \(an unfinished line\)/,
    ],
  ])("%s", async (_, bin, expected) => {
    expect(await failureOf(bin, 1500)).toMatch(expected);
    expect(processesOf(bin)).toBe(0);
  });

  it.each([
    [
      "that ignores requests to end",
      `for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(signal, () => {});`,
    ],
    [
      "whose messages have negative numbers",
      `const answer = handlers.echo; handlers.echo = (message) => { send("n1", { type: "hello", msg_id: -5 }); answer(message); };`,
    ],
    [
      "that writes ten thousand messages at once",
      `const answer = handlers.echo; handlers.echo = (message) => { process.stdout.write((JSON.stringify({ src: id, dest: "n1", body: { type: "noise" } }) + "\\n").repeat(10000)); answer(message); };`,
    ],
    [
      "that ends its lines as Windows does",
      `const answer = handlers.echo; handlers.echo = (message) => process.stdout.write(JSON.stringify({ src: id, dest: message.src, body: { type: "echo_ok", echo: message.body.echo, in_reply_to: message.body.msg_id } }) + "\\r\\n");`,
    ],
  ])("%s is no failure, and leaves nothing", async (_, code) => {
    const bin = programs.node(`${echoes} ${code}`);
    expect(await failureOf(bin)).toBe("no failure");
    expect(processesOf(bin)).toBe(0);
  });

  it("may ask a service before it answers init", async () => {
    const bin = programs.node(
      `${echoes} let init; handlers.init = (message) => { id = message.body.node_id; init = message; send("lin-kv", { type: "read", key: "root", msg_id: 1 }); }; handlers.error = () => reply(init, { type: "init_ok" });`,
    );
    expect(await failureOf(bin)).toBe("no failure");
  });

  it("takes its children with it", async () => {
    const bin = programs.node(
      `${echoes} require("child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000) // " + __filename]);`,
    );
    expect(await failureOf(bin)).toBe("no failure");
    expect(processesOf(bin)).toBe(0);
  });

  it.each([1, 2, 3, 4])(
    "that ends while the run kills it keeps nobody waiting, turn %i",
    async () => {
      const bin = programs.plain(`setTimeout(() => process.exit(3), 20 * Math.random());`);
      expect(await failureOf(bin)).toMatch(/^node-ended: /);
    },
  );

  it("may answer what another node was asked, as a new leader does", async () => {
    const bin = programs.node(
      `${echoes} const answer = handlers.echo; handlers.echo = (message) => id === "n1" ? answer(message) : send("n1", { type: "log", message }); handlers.log = ({ body }) => answer(body.message);`,
    );
    expect(await failureOf(bin)).toBe("no failure");
  });

  it("may hand requests on in the client's name, and the other node answers", async () => {
    const bin = programs.node(
      `${echoes} const answer = handlers.echo; handlers.echo = (message) => id === "n1" ? answer(message) : process.stdout.write(JSON.stringify({ ...message, dest: "n1" }) + "\\n");`,
    );
    expect(await failureOf(bin)).toBe("no failure");
  });
});
