/** A node of Cassandra as a container. */
import type { NodeContainer, NodePlace } from "../software/container.ts";
import { configFiles, daemon, javaOptions, type NodeSettings } from "./configuration.ts";
import type { CassandraSoftware } from "./software.ts";

export const clientsPort = 9042;
export const peersPort = 7000;
/** The port of Jolokia, which serves JMX over HTTP. */
export const jmxPort = 8778;

const folder = "/control";
const data = "/data/cassandra";

/** Returns the token of the node with this index. The nodes' tokens divide the ring of 2^64 tokens into equal parts. */
export const tokenOf = (index: number, nodes: number): string =>
  String(-(2n ** 63n) + BigInt(index) * (2n ** 64n / BigInt(nodes)));

/** The folder of the jars in the official image. */
const imageHome = "/opt/cassandra/lib";

/**
 * Describes the container of one node.
 *
 * @param software The software on this host, whose folders are mounted.
 * @param image An image with its own Java and Cassandra. Null: Java and Cassandra of `software` run in the platform's
 *   image.
 * @param joins True if the node is new in a cluster with data, so that it streams its part.
 */
export const cassandraContainer = ({
  place,
  settings,
  software,
  image = null,
  joins = false,
}: {
  readonly place: NodePlace;
  readonly settings: NodeSettings;
  readonly software: CassandraSoftware;
  readonly image?: string | null;
  readonly joins?: boolean;
}): NodeContainer => {
  const index = place.addresses.indexOf(place.address);
  const agent = `-javaagent:${software.agent}=host=0.0.0.0,port=${jmxPort},discoveryEnabled=false`;
  const archive =
    image === null && software.archive !== null
      ? [`-XX:SharedArchiveFile=${software.archive}`]
      : [];
  return {
    image,
    command: [
      image === null ? software.java : "java",
      ...archive,
      ...javaOptions({ folder, data }),
      agent,
      "-cp",
      image === null ? software.jars.join(":") : `${imageHome}/*`,
      daemon,
    ],
    environment: {},
    files: configFiles({
      folder,
      data,
      address: place.address,
      clientsAddress: "0.0.0.0",
      // There are two seeds, so that a seed that restarts finds the other one.
      seeds: place.addresses.slice(0, 2),
      ports: { clients: clientsPort, peers: peersPort },
      token: joins ? null : tokenOf(index, place.addresses.length),
      settings,
    }),
    mounts: software.folders,
    ports: { clients: clientsPort, peers: [peersPort], others: { jmx: jmxPort } },
    data: [data],
    identity: [],
    memoryMiB: 700,
  };
};
