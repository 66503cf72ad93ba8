/** The part of a target that runs its nodes in containers. */
import type { EvidenceEvent, NodeName } from "../../../checkers/index.ts";
import type { DiskDamage, Settings } from "../../../generators/index.ts";
import type { Address, OpenClients, Reach } from "../reach.ts";

/** How a target runs its nodes in containers, and how clients reach them. */
export interface ContainerTarget {
  readonly image: ImageSource;
  /** The port for clients, on all addresses of the node. It is published on the host's loopback. */
  readonly clientPort: number;
  /**
   * Ports for administration. Like the clients' port, they are published on the host's loopback. Cuts between clients
   * and nodes spare them.
   */
  readonly otherPorts?: readonly number[];
  /**
   * Fault ports whose faults this store by design does not survive: fault port → the end of a sentence that says why.
   */
  readonly cannot?: ReadonlyMap<string, string>;
  /**
   * The data folder, on which disk faults act. It becomes a disk of its own if this machine can make one, else a volume
   * of the engine. Absent: no disk faults.
   */
  readonly dataPath?: string;
  /** The size of the data folder's disk in MiB. Default: 16. */
  readonly diskMiB?: number;
  /**
   * Files in the data folder that no damage touches, since they identify the node. Paths are relative to the data
   * folder.
   */
  readonly identity?: readonly string[];
  /** The kinds of disk damage from which the store can start. Absent: any. */
  readonly damages?: readonly DiskDamage[];
  /** Which files are segments of a log. Absent: each file is a log of its own. */
  readonly segments?: Segments;
  /** The numeric user id that the node runs as and that owns its data. Absent: the image's user. */
  readonly user?: number;
  /**
   * Folders below the control folder that the node writes to. With `user`, they are created before fresh nodes start,
   * and belong to that user.
   */
  readonly folders?: readonly string[];
  /** The node's memory limit in MiB. Default: 2,048. */
  readonly memoryMiB?: number;
  /** True: the node's program links against glibc at run time, so that libfaketime can move its wall clock. */
  readonly clock?: boolean;
  /** True: clients stamp their writes with a clock that `setClock` moves (TargetClients). */
  readonly clientClocks?: boolean;
  /** Files installed once when a node's machine is created: absolute path below the control folder → content. */
  programs?(): Promise<Files>;
  /** How to start one node. Called before each history, and for a newcomer when it joins. */
  node(context: NodeContext): NodeSpec | Promise<NodeSpec>;
  readonly ready: Readiness;
  /** How long a node may take to become ready, in ms. Default: 30,000. */
  readonly startTimeoutMs?: number;
  /** Called before a history when the nodes that it begins with are ready, for example to create a keyspace. */
  prepare?(reach: Reach): Promise<void>;
  readonly clients: OpenClients;
  /**
   * Reads the evidence that a node's Host recorded, with times of the kernel's monotonic clock. `run` runs a command in
   * the node's machine. Absent: the store records no evidence.
   */
  evidence?(
    run: (command: readonly string[]) => Promise<Buffer>,
  ): Promise<readonly EvidenceEvent[]>;
  /** Paths below the control folder that are removed before fresh nodes start. */
  readonly leavings?: readonly string[];
}

/** Absolute path in the container → content. */
export type Files = Readonly<Record<string, string | Buffer>>;

/** How to tell which files are segments of the same log. */
export interface Segments {
  /** The suffix of log file names. */
  readonly ending: string;
  /**
   * A regular expression for the segment's number in a file name. Files whose names are equal without it belong to one
   * log.
   */
  readonly number: string;
}

/**
 * The source of a node's image: a registry or the engine's own store, a Dockerfile in a folder, files of this host
 * (programs with the libraries that `ldd` names), or the machines' own image, which has Node.js.
 */
export type ImageSource =
  | { readonly from: "registry"; readonly name: string }
  | { readonly from: "dockerfile"; readonly folder: string; readonly file?: string }
  | {
      readonly from: "host";
      /** Absolute paths of programs on this host. Their libraries are included. */
      readonly programs: readonly string[];
      /** Files and folders of this host: absolute path in the image → path on this host. */
      readonly files?: Readonly<Record<string, string>>;
    }
  | { readonly from: "machine" };

/** What is known of a node before it starts. */
export interface NodeContext {
  readonly node: NodeName;
  /** The node's number, counted from 0. */
  readonly index: number;
  readonly settings: Settings;
  /** The nodes that the cluster begins with. */
  readonly nodes: readonly NodeName[];
  /**
   * Nodes that may join later, including this one if it is not in `nodes`. Absent: the membership is fixed in this
   * history.
   */
  readonly newcomers?: readonly NodeName[];
  /** A node's address on the peer network. Cuts between nodes act on these addresses. */
  addressOf(node: NodeName): string;
  /** A folder of the node's machine that disk faults never touch. */
  readonly controlFolder: string;
  readonly secret: string;
  readonly evidence: boolean;
  /** The path of the bundled module of a planted bug. Undefined: the run plants none. */
  readonly bugBundle: string | undefined;
  /** Prints a line about a slow step. */
  say(line: string): void;
}

/** How to start a node. */
export interface NodeSpec {
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Absolute path in the container → content. */
  readonly files?: Files;
  /** Folders of this host that the node can read under the same path. */
  readonly mounts?: readonly string[];
}

/** How to tell that a node is ready. A function may also ask other nodes. The other forms look only at this node. */
export type Readiness =
  /** The node accepts connections at this port. `true` means the clients' port. */
  | { readonly tcp: true | number }
  /** A GET of the path at the clients' port is answered with this status (default: any 2xx). */
  | { readonly http: string; readonly status?: number }
  /** The node's log has a line that matches. */
  | { readonly log: RegExp }
  /**
   * The function resolves with null if the node serves, else with why not, as the end of a sentence. If the function
   * rejects, the start of the nodes fails.
   */
  | ((node: NodeName, address: Address, reach: Reach) => Promise<string | null>);
