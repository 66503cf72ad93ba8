/** Faults that the configuration file defines, made by shell commands on this machine. */
import { spawn } from "node:child_process";
import type { ShellFault } from "../../generators/index.ts";
import { EnvironmentError } from "../errors.ts";
import { inTurn, type PlatformPort, type Step, subjectsOf } from "./fault-port.ts";
import type { Address } from "./reach.ts";

/**
 * Makes the port that runs a fault's `begin` command when the fault begins, and its `end` command when it ends.
 *
 * @param addressOf Returns the node's address for clients.
 */
export function commandPort(addressOf: (node: string) => Address): PlatformPort<ShellFault> {
  const step =
    (fault: ShellFault, which: "begin" | "end"): Step =>
    (done) =>
      void runCommand(fault, which, addressOf(fault.node)).then(() => done(null), done);
  return {
    set: (wanted, before, done) =>
      inTurn(
        subjectsOf(wanted, before).flatMap((subject) => {
          const [from, to] = [before.get(subject), wanted.get(subject)];
          if (from === undefined) return to === undefined ? [] : [step(to, "begin")];
          return to === undefined ? [step(from, "end")] : [];
        }),
        done,
      ),
  };
}

function runCommand(
  fault: ShellFault,
  which: "begin" | "end",
  { host, port }: Address,
): Promise<void> {
  const child = spawn("sh", ["-c", fault[which]], {
    cwd: fault.folder,
    env: {
      ...process.env,
      QUORATE_NODE: fault.node,
      QUORATE_INDEX: String(Number(fault.node.slice(1)) - 1),
      QUORATE_HOST: host,
      QUORATE_PORT: String(port),
    },
    stdio: ["ignore", "pipe", "pipe"],
    // The command gets a process group, so that its child processes can be killed with it if it takes too long.
    detached: true,
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-wordsKept);
    });
  return new Promise((resolve, reject) => {
    const fail = (how: string): void =>
      reject(
        new EnvironmentError({
          code: "fault-command-failed",
          expected: `\`${fault[which]}\` to ${which} a fault at ${fault.node}`,
          got: `${how}; it said last: ${said.trim().replace(/\n/g, " | ") || "nothing"}`,
          hint: "Try the command by hand, with QUORATE_NODE, QUORATE_INDEX, QUORATE_HOST and QUORATE_PORT set",
        }),
      );
    const timer = setTimeout(() => {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
      fail(`the command did not end within ${longestMs} ms`);
    }, longestMs);
    child.on("error", (error) => fail(error.message));
    // The command counts as ended when its own process ends, since a background process may keep the output open.
    child.on("exit", (status, signal) => {
      clearTimeout(timer);
      if (status === 0) resolve();
      else setImmediate(() => fail(signal === null ? `status ${status ?? ""}` : signal));
    });
  });
}

const longestMs = 20_000;
const wordsKept = 400;
