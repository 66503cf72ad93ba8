/** What a target says of itself to run in containers: one node, and how to tell that it serves. */
import type { EvidenceEvent, NodeName } from "../../../checkers/index.ts";
import type { DiskDamage, Settings } from "../../../generators/index.ts";
import type { Address, OpenClients, Reach } from "../reach.ts";

/** How one node runs in a container. */
export interface ContainerTarget {
  readonly image: ImageSource;
  /** Where a node listens for clients, on all its addresses; published on the host's loopback. */
  readonly clientPort: number;
  /** Ports of its administration, published in the same way. Faults of clients leave them alone. */
  readonly otherPorts?: readonly number[];
  /** Ports whose faults the store cannot live through by its nature, and why: a sentence's end. */
  readonly cannot?: ReadonlyMap<string, string>;
  /**
   * Where a node keeps its data: becomes a disk of its own, which faults act on. Absent: there is no disk to act on.
   */
  readonly dataPath?: string;
  /** How large that disk is. Default: 16. */
  readonly diskMiB?: number;
  /** Files there, by their paths below, that no damage touches: without them the node would be another one. */
  readonly identity?: readonly string[];
  /** What damage to that disk the store can be started from. Absent: any. */
  readonly damages?: readonly DiskDamage[];
  /** Which of the files there are logs in several segments. Absent: each file is a log of its own. */
  readonly segments?: Segments;
  /** The user (a number) that the node runs as, and that must be able to write there. Absent: the image's own. */
  readonly user?: number;
  /** Folders below the control folder that the node writes to: made for each history, its user's own. */
  readonly folders?: readonly string[];
  /** How much memory a node may use. Default: 2,048. */
  readonly memoryMiB?: number;
  /** True: the node's program is linked against glibc at run time, so that libfaketime can move its wall clock. */
  readonly clock?: boolean;
  /** True: its clients stamp their writes, by a clock that `setClock` moves (TargetClients). */
  readonly clientClocks?: boolean;
  /** Put in once when a node's machine is made: absolute path below the control folder → content. */
  programs?(): Promise<Files>;
  /** How one node is started. Asked before each history. */
  node(context: NodeContext): NodeSpec | Promise<NodeSpec>;
  readonly ready: Readiness;
  /** How long a node may take to be ready. Default: 30,000. */
  readonly startTimeoutMs?: number;
  /** Called once all nodes are ready, before a history: makes a keyspace, say. */
  prepare?(reach: Reach): Promise<void>;
  readonly clients: OpenClients;
  /**
   * What Hosts recorded, by the kernel's monotonic clock; `run` runs a command in the node's machine. Absent: nothing
   * is recorded.
   */
  evidence?(
    run: (command: readonly string[]) => Promise<Buffer>,
  ): Promise<readonly EvidenceEvent[]>;
  /** Paths below the control folder that are removed before each history. */
  readonly leavings?: readonly string[];
}

/** Absolute path in the container → content. */
export type Files = Readonly<Record<string, string | Buffer>>;

/** How the segments of one log are told from other logs. */
export interface Segments {
  /** How the names of a log's files end. */
  readonly ending: string;
  /** A regular expression: what is left of a name without it names the log. */
  readonly number: string;
}

/**
 * Where the image of a node's process comes from: a registry (or the engine's own store), a Dockerfile in a folder,
 * files of this host (programs bring the libraries that `ldd` names), or the image that machines have anyway, which has
 * node.
 */
export type ImageSource =
  | { readonly from: "registry"; readonly name: string }
  | { readonly from: "dockerfile"; readonly folder: string; readonly file?: string }
  | {
      readonly from: "host";
      /** Programs of this host, by absolute path, with their libraries. */
      readonly programs: readonly string[];
      /** Files and whole folders of this host: absolute path in the image → path here. */
      readonly files?: Readonly<Record<string, string>>;
    }
  | { readonly from: "machine" };

/** What is known of a node before it is started. */
export interface NodeContext {
  readonly node: NodeName;
  /** From 0 on. */
  readonly index: number;
  readonly settings: Settings;
  /** Those that the cluster begins with. */
  readonly nodes: readonly NodeName[];
  /** Nodes that may join later, this one among them if it is not in `nodes`. Absent: membership is fixed. */
  readonly newcomers?: readonly NodeName[];
  /** A node's address among its peers. Cuts between nodes act on these. */
  addressOf(node: NodeName): string;
  /** A folder of the node's machine that disk faults spare. */
  readonly controlFolder: string;
  readonly secret: string;
  readonly evidence: boolean;
  /** The path of a bundled module that plants a bug. */
  readonly bugBundle: string | undefined;
  /** Says, a line each, what takes long. */
  say(line: string): void;
}

/** What a node is started with. */
export interface NodeSpec {
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Absolute path in the container → content. */
  readonly files?: Files;
  /** Folders of this host that the node sees under the same path, and cannot change. */
  readonly mounts?: readonly string[];
}

/** When a node serves. All but a function ask the node alone. */
export type Readiness =
  /** It takes connections. Default port: the clients'. */
  | { readonly tcp: true | number }
  /** A GET of the path at the clients' port is answered with this status (default: any 2xx). */
  | { readonly http: string; readonly status?: number }
  /** Its log has such a line. */
  | { readonly log: RegExp }
  /** Resolves with null once it serves, else with why it does not yet: a sentence's end. A rejection ends the start. */
  | ((node: NodeName, address: Address, reach: Reach) => Promise<string | null>);
