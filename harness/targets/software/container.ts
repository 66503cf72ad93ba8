/** Describes a store's node in a container as data for a platform. */

export interface ContainerFile {
  readonly path: string;
  readonly content: Buffer | string;
}

export interface NodeContainer {
  /**
   * The name of an image in a registry. Null: the platform's own image, which has a C library and nothing of the store.
   */
  readonly image: string | null;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Files written before the first start in a history. */
  readonly files: readonly ContainerFile[];
  /** Folders of this host, mounted read only under the same path. */
  readonly mounts: readonly string[];
  readonly ports: {
    readonly clients: number;
    readonly peers: readonly number[];
    /** The administration ports by name. The harness uses these ports, and other nodes do not. */
    readonly others: Readonly<Record<string, number>>;
  };
  /** Folders that contain the node's state. */
  readonly data: readonly string[];
  /** Files in the folders of `data` that identify the node. A wipe of the disk spares these files. */
  readonly identity: readonly string[];
  readonly memoryMiB: number;
}

/** A node's place in its cluster. Addresses are those on the nodes' network. */
export interface NodePlace {
  readonly node: string;
  readonly address: string;
  /** The addresses of the nodes that the cluster begins with, in order. A node that joins later may be missing. */
  readonly addresses: readonly string[];
}

/** How the harness reaches a node. `port` returns the port on this host for a port in the container. */
export interface Reach {
  readonly host: string;
  port(within: number): number;
}
