/**
 * A node consists of two containers. The *machine* holds the network namespace, the published ports and the volumes,
 * and sleeps. The *process* shares that namespace and runs the node on the target's own image. Killing the process
 * leaves addresses, ports and filter rules in place, so a partition is in force before a restarted node can send
 * anything, and rules can change while the node is paused. The target's image need not have the tools for faults
 * (iptables, tc, node), since these are in the machine's image.
 */
import type { NodeName } from "../../../checkers/index.ts";
import { tarStream } from "../../rare-packages.ts";
import type { ContainerTarget, Files, NodeSpec } from "./container-target.ts";
import { restoreCommand } from "./cuts.ts";
import { emptyDiskCommand, ownFoldersCommand } from "./disk.ts";
import type { Engine, MemoryLimit } from "./engine.ts";
import { labelsOf } from "./labels.ts";
import { controlDirectory, dataDirectory, logDirectory } from "./paths.ts";
import { together } from "./together.ts";
import { clockEnvironment, lendClockCommand, setClockCommand } from "./wall-clock.ts";

/** A node's two containers, and how to reach the node. */
export interface Machine {
  readonly node: NodeName;
  readonly machine: string;
  readonly process: string;
  /** The node's address on the peer network. */
  readonly address: string;
  /** The node's ports, each with the port of 127.0.0.1 on which it is published. */
  readonly ports: ReadonlyMap<number, number>;
  readonly spec: MachineSpec;
}

export interface MachineSpec {
  readonly run: string;
  readonly node: NodeName;
  /** The image of the machine's container. */
  readonly image: string;
  /** The image of the process's container. */
  readonly processImage: string;
  readonly clientNetwork: string;
  readonly peerNetwork: string;
  readonly address: string;
  /** A folder of this host with the node's disk in its folder `log`. Null: the data lies on a volume of the engine. */
  readonly dataFolder: string | null;
}

const archive = async (
  files: readonly (readonly [name: string, content: Buffer | string])[],
): Promise<Buffer> => {
  const tar = tarStream().pack();
  for (const [name, content] of files) tar.entry({ name, mode: 0o644 }, content);
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

/** Writes files below the control folder through the machine, and all other files into the process's container. */
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

/** The machine's capabilities. Faults need them to change filter rules, queues, and files of any owner. */
const machineCapabilities = ["NET_ADMIN", "NET_RAW", "CHOWN", "DAC_OVERRIDE", "FOWNER"] as const;
const imageCapabilities = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"] as const;

/** The memory limit of the machine, which sleeps apart from short commands. */
export const machineLimit: MemoryLimit = { memoryMiB: 512 };

/** The memory limit of a node's process while no fault limits it. */
export const nodeLimit = ({ memoryMiB = 2_048 }: ContainerTarget): MemoryLimit => ({ memoryMiB });

/** Creates and starts the machine and its volumes. `prepareProcess` creates the process. */
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
      // A disk that this host mounts later in the folder must also appear in the machine.
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
  // Connected after the start, so that the clients' network comes first. Podman publishes a port on every network of a
  // container, and the first network gets the connections. Networks that are present at the start come in any order.
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

/** Creates a process's container in place of an earlier container, since another history may need another command. */
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
      // The engine mounts this at each start: after a power loss another disk has replaced the old one.
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
    // The image may have no /etc/passwd. Without an explicit group the node could get the group of root.
    ...(user === undefined ? {} : { user: ownImage ? `${user}:${user}` : String(user) }),
    // Images of other projects may start as root and change the user themselves.
    capabilities: ownImage ? [] : imageCapabilities,
    ...nodeLimit(containers),
    // Files outside of the control folder could not be written into a read-only container.
    readOnly:
      ownImage && Object.keys(files).every((path) => path.startsWith(`${controlDirectory}/`)),
  });
};

/**
 * Empties the node's disk (except hidden files), removes the target's leavings below the control folder, empties the
 * filter table and resets the clock. If the target names a user, this user gets its folders. The process must be dead.
 */
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
 * Creates the process's container, if there is none with this specification, and writes the node's files. The process
 * must be dead.
 *
 * @param made The specification of each node's process container. Updated here.
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
