/** One node of a store in a container, as data: what a platform needs to run it. */

export interface ContainerFile {
  readonly path: string;
  readonly content: Buffer | string;
}

export interface NodeContainer {
  /**
   * An image of a registry. Null: the platform's own image, which has this host's C library and nothing of the store.
   */
  readonly image: string | null;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Written before the first start of a history. */
  readonly files: readonly ContainerFile[];
  /** Folders of this host, seen under the same path in the container, read only. */
  readonly mounts: readonly string[];
  readonly ports: {
    readonly clients: number;
    readonly peers: readonly number[];
    /** Of the store's administration, by name; the harness reaches them, peers do not. */
    readonly others: Readonly<Record<string, number>>;
  };
  /** Folders with the node's state. */
  readonly data: readonly string[];
  /** What in them makes the node who it is; a wiped disk keeps it. */
  readonly identity: readonly string[];
  readonly memoryMiB: number;
}

/** A node's place in its cluster. Addresses are those of the network between the nodes. */
export interface NodePlace {
  readonly node: string;
  readonly address: string;
  /** All nodes' addresses, its own too, in the order of the nodes. */
  readonly addresses: readonly string[];
}

/** How the harness reaches a node: by the port's number within the container. */
export interface Reach {
  readonly host: string;
  port(within: number): number;
}
