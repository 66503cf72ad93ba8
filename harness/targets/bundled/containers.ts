/** The bundled store in containers. */
import { readFile } from "node:fs/promises";
import { get } from "node:http";
import type { NodeName } from "../../../checkers/index.ts";
import { type NodeConfig, secretHeader } from "../../../store/index.ts";
import { EnvironmentError } from "../../errors.ts";
import type { ContainerTarget, NodeContext, NodeSpec } from "../../platforms/docker/index.ts";
import type { Address, Reach } from "../../platforms/reach.ts";
import { nodeProgram } from "./program.ts";
import { parseEvidence, printEvidenceCommand, wholeOutput } from "./recorded-evidence.ts";
import { askForChange } from "./change.ts";
import { inspectNode, openSession } from "./sessions.ts";
import { clientSecretOf, peerSecretsOf } from "./secrets.ts";
import { storeSettings } from "./plans/index.ts";
import { socketNetwork } from "./socket-network.ts";

const clientPort = 7200;
const peerPort = 7100;
const dataPath = "/data/log";
const controlFolder = "/control";
const programPath = `${controlFolder}/node.cjs`;
const settingsPath = `${controlFolder}/settings.json`;
const bugPath = `${controlFolder}/bug.mjs`;
const recordFolder = `${controlFolder}/record`;

export const containers: ContainerTarget = {
  image: { from: "machine" },
  clientPort,
  dataPath,
  segments: { ending: ".log", number: "-[0-9]+[.]log$" },
  clock: true,
  // The user `nobody`, who may write to `folders`.
  user: 65_534,
  folders: [recordFolder],
  memoryMiB: 1_024,
  leavings: [recordFolder, bugPath, settingsPath],
  programs: async () => ({ [programPath]: await nodeProgram() }),
  node: nodeSpec,
  ready: whyNotReady,
  clients(reach) {
    const settings = storeSettings(reach.settings);
    const network = socketNetwork(reach, settings);
    return {
      session: (client, node) => openSession(network, settings, client, node),
      change: (name, change, done) => askForChange(network, name, change, done),
      inspect: (node, done) =>
        inspectNode(network, { client: "inspector", retryMs: 20 }, node, done),
    };
  },
  evidence: async (run) =>
    parseEvidence(wholeOutput((await run(printEvidenceCommand(recordFolder))).toString())),
};

async function nodeSpec(context: NodeContext): Promise<NodeSpec> {
  const { node, nodes, newcomers, addressOf, settings, secret, evidence, bugBundle } = context;
  const ever = [...nodes, ...(newcomers ?? [])];
  const config: NodeConfig = {
    node,
    settings: storeSettings(settings),
    peers: Object.fromEntries(
      ever.map((peer) => [peer, { host: addressOf(peer), port: peerPort }]),
    ),
    clients: { host: "0.0.0.0", port: clientPort },
    clientSecret: clientSecretOf(secret),
    peerSecrets: peerSecretsOf(secret, node, ever),
    changesRing: newcomers !== undefined,
    dataDirectory: dataPath,
    recordDirectory: recordFolder,
    evidence,
    bugBundle: bugBundle === undefined ? null : bugPath,
  };
  return {
    command: ["node", programPath, settingsPath],
    files: {
      [settingsPath]: JSON.stringify(config),
      ...(bugBundle === undefined ? {} : { [bugPath]: await readFile(bugBundle) }),
    },
  };
}

interface Health {
  readonly monotonicUs: number;
  readonly links: readonly NodeName[];
}

const healthTimeoutMs = 1_000;
const nowUs = (): number => Number(process.hrtime.bigint() / 1000n);

/**
 * Returns why a node is not ready yet, or null if it is ready. A node is ready once it answers a client and has an open
 * link to every peer.
 */
async function whyNotReady(node: NodeName, address: Address, reach: Reach): Promise<string | null> {
  const askedUs = nowUs();
  const health = await askHealth(address, clientSecretOf(reach.secret));
  if (health === null) return "the node does not answer a request for its health";
  if (health.monotonicUs < askedUs || health.monotonicUs > nowUs())
    throw new EnvironmentError({
      code: "clock-not-shared",
      expected:
        "an engine on this machine's own kernel, so that evidence and history share one monotonic clock",
      got: `${node}'s clock ${Math.round((health.monotonicUs - askedUs) / 1000)} ms away from the harness's clock`,
      hint: "Run quorate where the engine runs (inside the virtual machine of Docker Desktop, say), or use --on sim.",
    });
  // Only links that are open now count, since a peer that is still recovering closes links again.
  if (health.links.length !== reach.nodes.length - 1)
    return `it reaches ${health.links.join(", ") || "nobody"}`;
  return (await serves(node, reach)) ? null : "the node does not answer a client";
}

/**
 * Asks a node for its health. Returns null if there is no answer, or if the answer is not JSON with status 200. A node
 * that is still starting refuses or resets the connection, or does not answer.
 */
function askHealth({ host, port }: Address, secret: string): Promise<Health | null> {
  return new Promise((resolve) => {
    const options = {
      host,
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
      response.on("end", () => {
        try {
          resolve(response.statusCode === 200 ? (JSON.parse(body) as Health) : null);
        } catch {
          // Another program answers at this port.
          resolve(null);
        }
      });
      response.on("error", () => resolve(null));
    });
    request.on("timeout", () => request.destroy(new Error("timeout")));
    request.on("error", () => resolve(null));
  });
}

/** Whether the node answers a client within a second. The caller asks again if it does not. */
function serves(node: NodeName, reach: Reach): Promise<boolean> {
  const network = socketNetwork(reach, storeSettings(reach.settings));
  return new Promise((resolve) => {
    const finish = (answered: boolean): void => {
      clearTimeout(timer);
      stop();
      resolve(answered);
    };
    const stop = inspectNode(network, { client: "readiness", retryMs: 25 }, node, () =>
      finish(true),
    );
    const timer = setTimeout(() => finish(false), healthTimeoutMs);
  });
}
