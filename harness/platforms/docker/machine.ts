/**
 * One node in two containers. The *machine* holds the network namespace, the published port and the volumes, and sleeps; the
 * *process* lives in the machine's namespace and runs the node. Killing the process leaves addresses, ports and filter rules
 * alone, so a partition that holds is in force before a restarted node can say a word, and rules can change while it is paused.
 */
import { pack } from "tar-stream";
import type { NodeName } from "../../../checkers/index.ts";
import type { NodeConfig } from "../../../store/index.ts";
import type { Engine } from "./engine.ts";
import { emptyDiskCommand } from "./disk.ts";
import { labelsOf } from "./labels.ts";
import { controlDirectory, dataDirectory } from "./paths.ts";
import { restoreCommand } from "./cuts.ts";
import { clockEnvironment, offsetText } from "./wall-clock.ts";
import { together } from "./together.ts";
import { clientPort, peerPort } from "./ports.ts";

export const recordDirectory = `${controlDirectory}/record`;
const programPath = `${controlDirectory}/node.cjs`;
const settingsPath = `${controlDirectory}/settings.json`;
const bugPath = `${controlDirectory}/bug.mjs`;

/** Names of the containers, and how to reach the node. */
export interface Machine {
  readonly node: NodeName;
  readonly machine: string;
  readonly process: string;
  /** On the peer network. */
  readonly address: string;
  /** On 127.0.0.1. */
  readonly port: number;
}

export interface MachineSpec {
  readonly run: string;
  readonly node: NodeName;
  readonly image: string;
  readonly clientNetwork: string;
  readonly peerNetwork: string;
  readonly address: string;
  /** A directory of this host that is the data volume; null: one of the engine's own. */
  readonly dataFolder: string | null;
}

type FileEntry = readonly [name: string, content: Buffer | string];

const archive = async (files: readonly FileEntry[]): Promise<Buffer> => {
  const tar = pack();
  for (const [name, content] of files) tar.entry({ name, mode: 0o600 }, content);
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

/** Makes both containers and their volumes, and starts the machine. The process is not started. */
export const createMachine = async (
  engine: Engine,
  spec: MachineSpec,
  program: Buffer,
): Promise<Machine> => {
  const { run, node, image } = spec;
  const labels = { ...labelsOf(run), "quorate.node": node };
  const name = `quorate-${run}-${node}`;
  const machine = `${name}-machine`;
  const data = `${name}-data`;
  const control = `${name}-control`;
  // What is mounted in the folder later shows in the containers too.
  const volumes = {
    ...(spec.dataFolder === null
      ? { [data]: dataDirectory }
      : { [spec.dataFolder]: `${dataDirectory}:rslave` }),
    [control]: controlDirectory,
  };
  await together([
    ...(spec.dataFolder === null ? [engine.createVolume(data, labels)] : []),
    engine.createVolume(control, labels),
  ]);
  // cat waits for a standard input that never ends.
  await engine.createContainer({
    name: machine,
    image,
    labels,
    command: ["cat"],
    network: spec.clientNetwork,
    volumes,
    netAdmin: true,
    publish: clientPort,
  });
  await engine.connectNetwork(spec.peerNetwork, machine, spec.address);
  await engine.start(machine);
  const command = ["node", programPath, settingsPath];
  await together([
    engine.createContainer({
      name,
      image,
      labels,
      command,
      network: `container:${machine}`,
      volumes,
      environment: clockEnvironment,
      netAdmin: false,
    }),
    archive([["node.cjs", program]]).then((tar) =>
      engine.putArchive(machine, controlDirectory, tar),
    ),
  ]);
  return {
    node,
    machine,
    process: name,
    address: spec.address,
    port: await engine.publishedPort(machine, clientPort),
  };
};

/** What a node is told at its start; the machine adds where things are. */
export type NodeOrders = Pick<NodeConfig, "settings" | "secret" | "evidence"> & {
  readonly bug: Buffer | null;
};

/** Empty disks, no record of earlier boots, no rules, a true clock, and new orders. Its process must be dead. */
export const refurbish = async (
  engine: Engine,
  machine: Machine,
  all: readonly Machine[],
  emptyTable: string,
  orders: NodeOrders,
): Promise<void> => {
  const wipe = `${emptyDiskCommand} ${recordDirectory} ${bugPath} ${settingsPath}`;
  await engine.run(machine.machine, ["sh", "-ec", `${wipe}\n${restoreCommand(emptyTable)}`]);
  const config: NodeConfig = {
    node: machine.node,
    settings: orders.settings,
    peers: Object.fromEntries(
      all.map(({ node, address }) => [node, { host: address, port: peerPort }]),
    ),
    clients: { host: "0.0.0.0", port: clientPort },
    secret: orders.secret,
    dataDirectory: `${dataDirectory}/log`,
    recordDirectory,
    evidence: orders.evidence,
    bugBundle: orders.bug === null ? null : bugPath,
  };
  const files: FileEntry[] = [
    ["settings.json", JSON.stringify(config)],
    ["clock", offsetText(0)],
  ];
  if (orders.bug !== null) files.push(["bug.mjs", orders.bug]);
  await engine.putArchive(machine.machine, controlDirectory, await archive(files));
};
