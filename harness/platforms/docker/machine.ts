/**
 * One node in two containers. The *machine* holds the network namespace, the published port and the volumes, and
 * sleeps; the *process* lives in the machine's namespace and runs the node, on the target's own image. Killing the
 * process leaves addresses, ports and filter rules alone, so a partition that holds is in force before a restarted node
 * can say a word, and rules can change while it is paused. What faults need (iptables, tc, node) is in the machine's
 * image alone.
 */
import { pack } from "tar-stream";
import type { NodeName } from "../../../checkers/index.ts";
import type { ContainerTarget, Files, NodeSpec } from "./container-target.ts";
import { restoreCommand } from "./cuts.ts";
import { emptyDiskCommand, ownFoldersCommand } from "./disk.ts";
import type { Engine, MemoryLimit } from "./engine.ts";
import { labelsOf } from "./labels.ts";
import { controlDirectory, dataDirectory, logDirectory } from "./paths.ts";
import { together } from "./together.ts";
import { clockEnvironment, lendClockCommand, setClockCommand } from "./wall-clock.ts";

/** Names of the containers, and how to reach the node. */
export interface Machine {
  readonly node: NodeName;
  readonly machine: string;
  readonly process: string;
  /** On the peer network. */
  readonly address: string;
  /** Ports of the node → where they are on 127.0.0.1. */
  readonly ports: ReadonlyMap<number, number>;
  readonly spec: MachineSpec;
}

export interface MachineSpec {
  readonly run: string;
  readonly node: NodeName;
  /** The machine's. */
  readonly image: string;
  /** The process's. */
  readonly processImage: string;
  readonly clientNetwork: string;
  readonly peerNetwork: string;
  readonly address: string;
  /** A directory of this host that is the data volume; null: one of the engine's own. */
  readonly dataFolder: string | null;
}

const archive = async (
  files: readonly (readonly [name: string, content: Buffer | string])[],
): Promise<Buffer> => {
  const tar = pack();
  for (const [name, content] of files) tar.entry({ name, mode: 0o644 }, content);
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

/** What lies below the control folder goes there by way of the machine, all else into the process's container. */
const put = async (
  engine: Engine,
  { machine, process }: Pick<Machine, "machine" | "process">,
  files: Files,
): Promise<void> => {
  const below = `${controlDirectory}/`;
  const all = Object.entries(files);
  const control = all.filter(([path]) => path.startsWith(below));
  const others = all.filter(([path]) => !path.startsWith(below));
  if (control.length > 0)
    await engine.putArchive(
      machine,
      controlDirectory,
      await archive(control.map(([path, content]) => [path.slice(below.length), content])),
    );
  if (others.length > 0)
    await engine.putArchive(
      process,
      "/",
      await archive(others.map(([path, content]) => [path.replace(/^\/+/, ""), content])),
    );
};

const namesOf = (
  run: string,
  node: NodeName,
): { machine: string; process: string; data: string; control: string } => {
  const name = `quorate-${run}-${node}`;
  return {
    process: name,
    machine: `${name}-machine`,
    data: `${name}-data`,
    control: `${name}-control`,
  };
};

/** Rules of filters and queues, and files of disks whoever owns them: what faults need. */
const machineCapabilities = ["NET_ADMIN", "NET_RAW", "CHOWN", "DAC_OVERRIDE", "FOWNER"] as const;
const imageCapabilities = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"] as const;

/** Of the machine, which runs no more than a command or two at a time. */
export const machineLimit: MemoryLimit = { memoryMiB: 512 };

/** Of a node's process, without a fault. */
export const nodeLimit = ({ memoryMiB = 2_048 }: ContainerTarget): MemoryLimit => ({ memoryMiB });

/** Makes the machine and its volumes, and starts it. The process is made by `prepareProcess`. */
export const createMachine = async (
  engine: Engine,
  spec: MachineSpec,
  containers: ContainerTarget,
): Promise<Machine> => {
  const { run, node, image } = spec;
  const labels = { ...labelsOf(run), "quorate.node": node };
  const { machine, process, data, control } = namesOf(run, node);
  const published = [containers.clientPort, ...(containers.otherPorts ?? [])];
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
    volumes: {
      // What is mounted in the folder later shows in the machine too.
      ...(spec.dataFolder === null
        ? { [data]: logDirectory }
        : { [spec.dataFolder]: `${dataDirectory}:rslave` }),
      [control]: controlDirectory,
    },
    capabilities: machineCapabilities,
    ...machineLimit,
    publish: published,
  });
  await engine.start(machine);
  // Podman publishes a port on every network of a container, and the first of them gets the connections. Networks that
  // are there at the start come in any order.
  await engine.connectNetwork(spec.peerNetwork, machine, spec.address);
  await put(engine, { machine, process }, (await containers.programs?.()) ?? {});
  if (containers.clock === true && containers.image.from !== "machine")
    await engine.run(machine, ["sh", "-ec", lendClockCommand]);
  return {
    node,
    machine,
    process,
    address: spec.address,
    ports: new Map(
      await Promise.all(
        published.map(async (port) => [port, await engine.publishedPort(machine, port)] as const),
      ),
    ),
    spec,
  };
};

/** What a process's container is made of: another history may need another one. */
const createProcess = async (
  engine: Engine,
  { node, machine, process, spec }: Machine,
  containers: ContainerTarget,
  { command, environment, mounts = [], files = {} }: NodeSpec,
): Promise<void> => {
  const { data, control } = namesOf(spec.run, node);
  const { dataPath, user } = containers;
  const ownImage = containers.image.from === "machine";
  await engine.removeContainer(process);
  await engine.createContainer({
    name: process,
    image: spec.processImage,
    labels: { ...labelsOf(spec.run), "quorate.node": node },
    command,
    network: `container:${machine}`,
    volumes: {
      // Bound anew at each start: after a power loss another disk takes the place of the old one.
      ...(dataPath === undefined
        ? {}
        : { [spec.dataFolder === null ? data : `${spec.dataFolder}/log`]: dataPath }),
      [control]: controlDirectory,
      ...Object.fromEntries(mounts.map((folder) => [folder, `${folder}:ro`])),
    },
    environment: {
      ...(containers.clock === true ? clockEnvironment(ownImage) : {}),
      ...environment,
    },
    // The image has no /etc/passwd: without a group here, the node's group would be root's.
    ...(user === undefined ? {} : { user: ownImage ? `${user}:${user}` : String(user) }),
    // Images of other people begin as root and give themselves another user.
    capabilities: ownImage ? [] : imageCapabilities,
    ...nodeLimit(containers),
    // Files that the target puts elsewhere could not be put there.
    readOnly:
      ownImage && Object.keys(files).every((path) => path.startsWith(`${controlDirectory}/`)),
  });
};

/** Empty disks, no record of earlier boots, no rules, a true clock. The process must be dead. */
export const emptyMachine = async (
  engine: Engine,
  machine: Machine,
  emptyTable: string,
  { leavings = [], user, folders = [] }: ContainerTarget,
): Promise<void> => {
  const wipe = [emptyDiskCommand, ...leavings].join(" ");
  const commands = [wipe, restoreCommand(emptyTable), setClockCommand(0)];
  await engine.run(machine.machine, ["sh", "-ec", commands.join("\n")]);
  if (user !== undefined) await engine.run(machine.machine, ownFoldersCommand(user, folders));
};

/**
 * The process's container, where it is to be another one than before, and the node's files. The process must be dead.
 *
 * @param made What the process's container was made of, by node; kept up to date here.
 */
export const prepareProcess = async (
  engine: Engine,
  machine: Machine,
  { containers, spec }: { readonly containers: ContainerTarget; readonly spec: NodeSpec },
  made: Map<NodeName, string>,
): Promise<void> => {
  const fingerprint = JSON.stringify([spec.command, spec.environment, spec.mounts]);
  if (made.get(machine.node) !== fingerprint) {
    await createProcess(engine, machine, containers, spec);
    made.set(machine.node, fingerprint);
  }
  await put(engine, machine, spec.files ?? {});
};
