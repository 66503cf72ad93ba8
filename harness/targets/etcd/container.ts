/** A node of etcd as a container. */
import { dirname } from "node:path";
import type { NodeContainer, NodePlace } from "../software/container.ts";

export const clientsPort = 2379;
export const peersPort = 2380;

const data = "/data/etcd";

/**
 * Describes the container of one node.
 *
 * @param binary The path of etcd on this host. Its folder is mounted.
 * @param image An image with its own etcd. Null: `binary` runs in the platform's image.
 * @param nodes The names of all nodes, in the order of `place.addresses`.
 */
export const etcdContainer = ({
  place,
  nodes,
  binary,
  secret,
  image = null,
}: {
  readonly place: NodePlace;
  readonly nodes: readonly string[];
  readonly binary: string;
  readonly secret: string;
  readonly image?: string | null;
}): NodeContainer => {
  const peer = (address: string): string => `http://${address}:${peersPort}`;
  const cluster = nodes.map((node, index) => `${node}=${peer(place.addresses[index] ?? "")}`);
  return {
    image,
    command: [
      image === null ? binary : "/usr/local/bin/etcd",
      `--name=${place.node}`,
      `--data-dir=${data}`,
      `--listen-peer-urls=${peer("0.0.0.0")}`,
      `--initial-advertise-peer-urls=${peer(place.address)}`,
      `--listen-client-urls=http://0.0.0.0:${clientsPort}`,
      `--advertise-client-urls=http://${place.address}:${clientsPort}`,
      `--initial-cluster=${cluster.join(",")}`,
      "--initial-cluster-state=new",
      `--initial-cluster-token=${secret}`,
      "--heartbeat-interval=50",
      "--election-timeout=500",
    ],
    environment: {},
    files: [],
    mounts: [dirname(binary)],
    ports: { clients: clientsPort, peers: [peersPort], others: {} },
    data: [data],
    identity: [],
    memoryMiB: 100,
  };
};
