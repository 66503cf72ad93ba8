/**
 * The interface to a Docker engine. A call that fails rejects with an EnvironmentError. Exception: `registryKnows`
 * resolves with false.
 */
import type { Readable } from "node:stream";
import type { Limit } from "../../../generators/index.ts";

export type Labels = Readonly<Record<string, string>>;

export interface NetworkSpec {
  readonly name: string;
  readonly labels: Labels;
  /** True: the network has no route to the outside, and its ports cannot be published. */
  readonly internal: boolean;
  /** The subnet in CIDR notation. Absent: the engine chooses a subnet. */
  readonly subnet?: string;
}

/** The part of a limit that every container has: its memory. */
export type MemoryLimit = Pick<Limit, "memoryMiB">;

export interface ContainerSpec {
  readonly name: string;
  readonly image: string;
  readonly labels: Labels;
  readonly command: readonly string[];
  /** A network's name, or `container:<name>` to share that container's network namespace. */
  readonly network: string;
  /** Volume name, or folder of this host → mount path, which may end with mount options. */
  readonly volumes: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  /** Linux capabilities without the prefix CAP_. The container has no other capabilities. */
  readonly capabilities: readonly string[];
  /** True: the root file system is read-only, apart from a writable /tmp. Absent: it is writable. */
  readonly readOnly?: boolean;
  /** The user that the command runs as. Absent: the image's user. */
  readonly user?: string;
  /** The memory limit in MiB, where the kernel supports one. */
  readonly memoryMiB: number;
  /** TCP ports to publish on 127.0.0.1, on port numbers that the engine chooses. */
  readonly publish?: readonly number[];
}

/** Names of the containers, networks and volumes that have a certain label. */
export interface Labelled {
  readonly containers: readonly string[];
  readonly networks: readonly string[];
  readonly volumes: readonly string[];
}

/** An event in the life of a container. */
export interface LifeEvent {
  readonly container: string;
  readonly what: "start" | "kill" | "oom" | "die";
  /** The time by the engine's wall clock, in ms. */
  readonly atMs: number;
  /** For `kill`: the signal's number. */
  readonly signal?: number;
  /** For `die`: the exit status. */
  readonly exitCode?: number;
}

export interface Engine {
  /** Resolves with the engine's name and version, for example "Docker engine 28.2". */
  version(): Promise<string>;
  imageExists(tag: string): Promise<boolean>;
  /** Pulls an image. Rejects if a registry takes more than `timeoutMs` to begin, or more than that to deliver it. */
  pullImage(name: string, timeoutMs: number): Promise<void>;
  /** Whether a registry confirms within `timeoutMs` that the image exists. */
  registryKnows(image: string, timeoutMs: number): Promise<boolean>;
  /**
   * Builds an image from a tar of the context. `file` is the name of the Dockerfile (default: Dockerfile). If the build
   * fails, the error quotes the builder's last output.
   */
  buildImage(tag: string, context: Readable, labels: Labels, file?: string): Promise<void>;
  /** Creates a network and returns true. Returns false if the subnet is taken. */
  createNetwork(spec: NetworkSpec): Promise<boolean>;
  createVolume(name: string, labels: Labels): Promise<void>;
  createContainer(spec: ContainerSpec): Promise<void>;
  connectNetwork(network: string, container: string, address: string): Promise<void>;
  start(container: string): Promise<void>;
  /** Sends SIGKILL and resolves once the container is dead: with true, or with false if the container did not run. */
  kill(container: string): Promise<boolean>;
  pause(container: string): Promise<void>;
  unpause(container: string): Promise<void>;
  /**
   * Sets limits that survive restarts. Without `processorPercent` the processor is unlimited. Rejects if the kernel
   * does not support a limit.
   */
  limit(container: string, limit: MemoryLimit | Limit): Promise<void>;
  isRunning(container: string): Promise<boolean>;
  /** Whether the kernel ended the container's last run for lack of memory. */
  ranOutOfMemory(container: string): Promise<boolean>;
  /**
   * Calls `heard` for each start, kill, oom or die event of a container with this label, until the returned function is
   * called. Calls `lost` if the engine stops reporting.
   */
  watch(label: string, heard: (event: LifeEvent) => void, lost: () => void): Promise<() => void>;
  /** The id, on this machine, of the container's first process. Null if the container does not run. */
  processId(container: string): Promise<number | null>;
  /** Runs a command in a running container. Resolves with its standard output. Rejects if the command fails. */
  run(container: string, command: readonly string[]): Promise<Buffer>;
  /** Unpacks a tar at `path`. */
  putArchive(container: string, path: string, archive: Buffer): Promise<void>;
  /** The port on 127.0.0.1 that leads to the container's `port`. */
  publishedPort(container: string, port: number): Promise<number>;
  /**
   * The output of the container's main process since `sinceSeconds`, in seconds since 1970. 0 returns all output that
   * the engine has kept.
   */
  logs(container: string, sinceSeconds: number): Promise<string>;
  labelled(label: string): Promise<Labelled>;
  /** The labels of each container, network and volume that has this label. */
  labelsOfAll(label: string): Promise<readonly Labels[]>;
  /** Removes the container by force. An unknown name is no error, as in `removeNetwork` and `removeVolume`. */
  removeContainer(name: string): Promise<void>;
  removeNetwork(name: string): Promise<void>;
  removeVolume(name: string): Promise<void>;
}
