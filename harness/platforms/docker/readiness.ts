/** Finds out when a node in containers is ready, in the way that its target says. */
import { setTimeout as delay } from "node:timers/promises";
import { EnvironmentError } from "../../errors.ts";
import type { Reach } from "../reach.ts";
import { unlessAborted } from "../unless-aborted.ts";
import type { ContainerTarget, Readiness } from "./container-target.ts";
import type { Engine } from "./engine.ts";
import type { Machine } from "./machine.ts";

const usualTimeoutMs = 30_000;
const retryMs = 25;
const httpTimeoutMs = 1_000;
/** How often to check that a process that is not ready still runs, in ms. */
const lookEveryMs = 500;
/** How many log lines an error quotes. A crash of Node.js prints its cause about 15 lines before its end. */
const lastLines = 20;

export interface ReadinessOptions {
  readonly engine: Engine;
  readonly machine: Machine;
  readonly containers: ContainerTarget;
  readonly reach: Reach;
  /** When the process was started, in seconds since 1970. Log lines before this time belong to an earlier start. */
  readonly sinceSeconds: number;
  /** If this signal aborts, nobody waits for the node any more. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * A script that connects to the node from inside the machine. A connection from outside proves nothing: the engine's
 * proxy accepts connections at published ports even if the node does not listen.
 */
const connectScript = (port: number): string => `
const own = Object.values(require("node:os").networkInterfaces()).flat().find(({ internal, family }) => !internal && family === "IPv4");
require("node:net").connect(${port}, own.address).on("connect", () => process.exit(0)).on("error", ({ message }) => { console.error(message); process.exit(1); });`;

/** Says why the node is not ready. Returns null if the node is ready. */
const whyNot = async (
  readiness: Readiness,
  { engine, machine, containers, reach, sinceSeconds }: ReadinessOptions,
): Promise<string | null> => {
  if (typeof readiness === "function")
    return readiness(machine.node, reach.address(machine.node), reach);
  if ("tcp" in readiness) {
    const port = readiness.tcp === true ? containers.clientPort : readiness.tcp;
    return engine.run(machine.machine, ["node", "-e", connectScript(port)]).then(
      () => null,
      () => `the node takes no connection at port ${port}`,
    );
  }
  if ("http" in readiness) {
    const { host, port } = reach.address(machine.node);
    const late = new AbortController();
    // A timer keeps this process alive. AbortSignal.timeout and a fetch that waits for a connection do not.
    const timer = setTimeout(() => late.abort(), httpTimeoutMs);
    try {
      const { status } = await fetch(`http://${host}:${port}${readiness.http}`, {
        signal: late.signal,
      });
      const isReady =
        readiness.status === undefined
          ? status >= 200 && status < 300
          : status === readiness.status;
      return isReady ? null : `the node answers GET ${readiness.http} with ${status}`;
    } catch {
      return `the node does not answer GET ${readiness.http}`;
    } finally {
      clearTimeout(timer);
    }
  }
  const said = await engine.logs(machine.process, sinceSeconds);
  return said.split("\n").some((line) => readiness.log.test(line))
    ? null
    : `the node's log has no line like ${String(readiness.log)}`;
};

const notUp = async (
  { engine, machine, containers }: ReadinessOptions,
  got: string,
): Promise<EnvironmentError> => {
  const log = await engine.logs(machine.process, 0);
  const said = log
    .split("\n")
    .filter((line) => line.trim() !== "")
    .slice(-lastLines)
    .join(" | ");
  return new EnvironmentError({
    code: "node-not-up",
    expected: `${machine.node} to serve within ${containers.startTimeoutMs ?? usualTimeoutMs} ms`,
    got: `${got}; it said last: ${said || "nothing"}`,
    hint: "Try the node's command by hand on the same image; a node that starts slowly needs a larger containers.startTimeoutMs.",
  });
};

/**
 * Resolves once this node is ready, or once the signal aborts. Rejects with an EnvironmentError if the node's process died or its start took too
 * long. Rejects too if the target's readiness function rejects.
 */
export const untilReady = async (options: ReadinessOptions): Promise<void> => {
  const { engine, machine, containers, signal } = options;
  const deadline = performance.now() + (containers.startTimeoutMs ?? usualTimeoutMs);
  let lookAt = performance.now() + lookEveryMs;
  let state: string | null = "the node was not asked";
  while (performance.now() < deadline) {
    if (signal?.aborted === true) return;
    // A target may look for a ready node for long, so an interrupt does not wait for its answer.
    state = await unlessAborted(whyNot(containers.ready, options), signal);
    if (state === null) return;
    if (performance.now() >= lookAt) {
      if (!(await engine.isRunning(machine.process)))
        throw await notUp(options, "its process ended");
      lookAt = performance.now() + lookEveryMs;
    }
    await delay(retryMs);
  }
  throw await notUp(options, state ?? "");
};
