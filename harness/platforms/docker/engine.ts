/** What the cluster needs of a Docker engine: promises only, and each failure an EnvironmentError. */
import type { Readable } from "node:stream";
import type { Limit } from "../../../generators/index.ts";

export type Labels = Readonly<Record<string, string>>;

export interface NetworkSpec {
  readonly name: string;
  readonly labels: Labels;
  /** Internal: no way out, no published port. */
  readonly internal: boolean;
  /** CIDR; absent: the engine picks one. */
  readonly subnet?: string;
}

/** The limit that each container has. */
export type MemoryLimit = Pick<Limit, "memoryMiB">;

export interface ContainerSpec {
  readonly name: string;
  readonly image: string;
  readonly labels: Labels;
  readonly command: readonly string[];
  /** A network's name, or `container:<name>` to live in that container's network namespace. */
  readonly network: string;
  /** Volume name → where it is mounted. */
  readonly volumes: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  /** Linux capabilities without CAP_; it has no others. */
  readonly capabilities: readonly string[];
  /** Nothing outside of its volumes and /tmp can be written. */
  readonly readOnly?: boolean;
  /** Absent: the image's own. */
  readonly user?: string;
  /** How much it may use, where the kernel has the means. */
  readonly memoryMiB: number;
  /** TCP ports to publish on 127.0.0.1, the engine picks the numbers there. */
  readonly publish?: readonly number[];
}

/** Names of what carries a label. */
export interface Labelled {
  readonly containers: readonly string[];
  readonly networks: readonly string[];
  readonly volumes: readonly string[];
}

/** What the engine says of a container's life. */
export interface LifeEvent {
  readonly container: string;
  readonly what: "start" | "kill" | "oom" | "die";
  /** By the engine's wall clock. */
  readonly atMs: number;
  /** Of `kill`: the number of the signal. */
  readonly signal?: number;
  /** Of `die`. */
  readonly exitCode?: number;
}

export interface Engine {
  /** Its name too: "Docker engine 28.2". */
  version(): Promise<string>;
  imageExists(tag: string): Promise<boolean>;
  /** Rejects where no registry gives it within the time. */
  pullImage(name: string, timeoutMs: number): Promise<void>;
  /** Whether a registry can name this image within the time. */
  registryKnows(image: string, timeoutMs: number): Promise<boolean>;
  /**
   * Builds from a tar of the context; `file`: the recipe's name there, if not Dockerfile. Rejects with the builder's
   * last words.
   */
  buildImage(tag: string, context: Readable, labels: Labels, file?: string): Promise<void>;
  /** False: the subnet is taken. */
  createNetwork(spec: NetworkSpec): Promise<boolean>;
  createVolume(name: string, labels: Labels): Promise<void>;
  createContainer(spec: ContainerSpec): Promise<void>;
  connectNetwork(network: string, container: string, address: string): Promise<void>;
  start(container: string): Promise<void>;
  /** SIGKILL; resolves once it is dead: false if it did not run. */
  kill(container: string): Promise<boolean>;
  pause(container: string): Promise<void>;
  unpause(container: string): Promise<void>;
  /** From now on, through restarts too; no `processorPercent`: as much as there is. Rejects where the kernel cannot. */
  limit(container: string, limit: MemoryLimit | Limit): Promise<void>;
  isRunning(container: string): Promise<boolean>;
  /** Whether the kernel ended it the last time because it ran out of memory. */
  ranOutOfMemory(container: string): Promise<boolean>;
  /**
   * Calls `heard` for each start and end of a container with this label, until the returned function is called. `lost`:
   * the engine tells no more.
   */
  watch(label: string, heard: (event: LifeEvent) => void, lost: () => void): Promise<() => void>;
  /** Of its first process, on this machine; null where it does not run. */
  processId(container: string): Promise<number | null>;
  /** Runs a command in a running container; a non-zero exit rejects with what it printed. */
  run(container: string, command: readonly string[]): Promise<Buffer>;
  /** Unpacks a tar at `path`. */
  putArchive(container: string, path: string, archive: Buffer): Promise<void>;
  /** The port on 127.0.0.1 that leads to this one. */
  publishedPort(container: string, port: number): Promise<number>;
  /** What its main process printed since (seconds since 1970, 0: ever). */
  logs(container: string, sinceSeconds: number): Promise<string>;
  labelled(label: string): Promise<Labelled>;
  /** All labels of each thing that carries this one. */
  labelsOfAll(label: string): Promise<readonly Labels[]>;
  /** Removes it by force. Here and below, a name that does not exist is no error. */
  removeContainer(name: string): Promise<void>;
  removeNetwork(name: string): Promise<void>;
  removeVolume(name: string): Promise<void>;
}
