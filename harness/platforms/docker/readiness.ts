/** When a cluster of containers is up: every node answers a client, and every node has its stream to every peer. */
import { get } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type { NodeName } from "../../../checkers/index.ts";
import { secretHeader } from "../../../store/index.ts";
import { type ClientConnection, type ClientHandlers, notAnOperation } from "../cluster.ts";
import { EnvironmentError } from "../../errors.ts";
import type { Engine } from "./engine.ts";
import type { Machine } from "./machine.ts";

const startTimeoutMs = 30_000;
const retryMs = 25;
const healthTimeoutMs = 1_000;
/** How often it is checked that a process that does not answer still runs. */
const lookEveryMs = 500;

export interface ReadinessOptions {
  readonly engine: Engine;
  readonly machine: Machine;
  readonly peers: number;
  readonly secret: string;
  connect(node: NodeName, handlers: ClientHandlers): ClientConnection;
}

interface Health {
  readonly monotonicUs: number;
  readonly links: readonly NodeName[];
}

const nowUs = (): number => Number(process.hrtime.bigint() / 1000n);

const serves = ({ machine, connect }: ReadinessOptions): Promise<boolean> =>
  new Promise((resolve) => {
    const connection = connect(machine.node, {
      open: () => connection.send({ type: "inspect", id: notAnOperation }),
      reply: (reply) => {
        resolve(reply.type === "inspected");
        connection.close();
      },
      closed: () => resolve(false),
    });
  });

/** Null: nobody answers there, or not in words that are known. A node that still starts refuses, resets or hangs. */
const askHealth = (port: number, secret: string): Promise<Health | null> =>
  new Promise((resolve) => {
    const options = {
      host: "127.0.0.1",
      port,
      path: "/health",
      headers: { [secretHeader]: secret },
      agent: false,
      timeout: healthTimeoutMs,
    } as const;
    const request = get(options, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (text: string) => (body += text));
      response.on("end", () =>
        resolve(response.statusCode === 200 ? (JSON.parse(body) as Health) : null),
      );
      response.on("error", () => resolve(null));
    });
    request.on("timeout", () => request.destroy(new Error("timeout")));
    request.on("error", () => resolve(null));
  });

/** Null: the node does not answer yet. */
const health = async ({ machine, secret }: ReadinessOptions): Promise<Health | null> => {
  const askedUs = nowUs();
  const answer = await askHealth(machine.port, secret);
  if (answer === null || (answer.monotonicUs >= askedUs && answer.monotonicUs <= nowUs()))
    return answer;
  throw new EnvironmentError({
    code: "clock-not-shared",
    expected:
      "an engine on this machine's own kernel, so that evidence and history share one monotonic clock",
    got: `${machine.node}'s clock ${Math.round((answer.monotonicUs - askedUs) / 1000)} ms away from ours`,
    hint: "Run quorate where the engine runs (inside the virtual machine of Docker Desktop, say), or use --on sim.",
  });
};

const notUp = async (
  { engine, machine }: ReadinessOptions,
  got: string,
): Promise<EnvironmentError> => {
  const log = await engine.logs(machine.process, 0);
  return new EnvironmentError({
    code: "node-not-up",
    expected: `${machine.node} to serve and to reach its peers within ${startTimeoutMs} ms`,
    got: `${got}; it said last: ${log.trim().split("\n").slice(-5).join(" | ") || "nothing"}`,
    hint: `\`docker logs ${machine.process}\` shows all of it.`,
  });
};

/** Resolves once this node serves and is linked. Rejects with an EnvironmentError: it died, or the time is up. */
export const untilReady = async (options: ReadinessOptions): Promise<void> => {
  const deadline = performance.now() + startTimeoutMs;
  let lookAt = performance.now() + lookEveryMs;
  let state = "it does not answer";
  while (performance.now() < deadline) {
    const answer = await health(options);
    state =
      answer === null ? "it does not answer" : `it reaches ${answer.links.join(", ") || "nobody"}`;
    // Links last: a peer that still recovers turns links away after they opened.
    if (answer !== null && answer.links.length === options.peers && (await serves(options))) return;
    if (performance.now() >= lookAt) {
      if (!(await options.engine.isRunning(options.machine.process)))
        throw await notUp(options, "its process ended");
      lookAt = performance.now() + lookEveryMs;
    }
    await delay(retryMs);
  }
  throw await notUp(options, state);
};
