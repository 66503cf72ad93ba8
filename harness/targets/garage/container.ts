/** A node of Garage as a container. */
import { createHash, createPrivateKey, createPublicKey } from "node:crypto";
import { dirname } from "node:path";
import type { NodeContainer, NodePlace } from "../software/container.ts";

export const k2vPort = 3904;
export const peersPort = 3901;
export const adminPort = 3903;
export const adminToken = "quorate";
export const region = "garage";

const configPath = "/control/garage.toml";
const data = "/data/garage";

export interface GarageNodeSettings {
  /**
   * How many of three replicas answer: consistent has R = W = 2, degraded has R = 1 and W = 2, dangerous has R = W = 1.
   */
  readonly consistencyMode?: "consistent" | "degraded" | "dangerous";
  readonly metadataFsync?: boolean;
  readonly engine?: "sqlite" | "lmdb";
}

/** The bytes of a PKCS #8 Ed25519 key before the 32 bytes of the seed (RFC 8410, section 7). */
const pkcs8 = Buffer.from("302e020100300506032b657004220420", "hex");

/** Derives a node's key pair from the secret. The hexadecimal public key is the node's id in the cluster. */
export const nodeKey = (
  secret: string,
  node: string,
): { readonly id: string; readonly pair: Buffer; readonly public: Buffer } => {
  const seed = createHash("sha256").update(`${secret} ${node}`).digest();
  const key = createPrivateKey({ key: Buffer.concat([pkcs8, seed]), format: "der", type: "pkcs8" });
  const half = createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-32);
  return { id: half.toString("hex"), pair: Buffer.concat([seed, half]), public: half };
};

const toml = (
  place: NodePlace,
  peers: readonly string[],
  settings: GarageNodeSettings,
  secret: string,
): string =>
  `metadata_dir = "${data}/meta"
data_dir = "${data}/data"
db_engine = "${settings.engine ?? "sqlite"}"
metadata_fsync = ${settings.metadataFsync ?? true}
replication_factor = 3
consistency_mode = "${settings.consistencyMode ?? "consistent"}"
rpc_bind_addr = "0.0.0.0:${peersPort}"
rpc_public_addr = "${place.address}:${peersPort}"
# Garage writes down the peers that it met only after a minute: a node that was killed before would never find them again.
bootstrap_peers = ${JSON.stringify(peers)}
rpc_secret = "${createHash("sha256").update(secret).digest("hex")}"
# A peer that is silent for so long counts as gone; 10 s by default.
rpc_ping_timeout_msec = 2000
rpc_timeout_msec = 5000

[s3_api]
s3_region = "${region}"
api_bind_addr = "127.0.0.1:3900"
root_domain = ".s3.garage"

[k2v_api]
api_bind_addr = "0.0.0.0:${k2vPort}"

[admin]
api_bind_addr = "0.0.0.0:${adminPort}"
admin_token = "${adminToken}"
`;

/**
 * Describes the container of one node.
 *
 * @param nodes The names of the nodes that the cluster begins with, in the order of `place.addresses`.
 * @param binary The path of Garage on this host. Its folder is mounted.
 * @param image An image with its own Garage. Null: `binary` runs in the platform's image.
 * @param secret The cluster's secret, from which each node's key and the secret that all nodes share are derived.
 */
export const garageContainer = ({
  place,
  nodes,
  settings,
  binary,
  secret,
  image = null,
}: {
  readonly place: NodePlace;
  readonly nodes: readonly string[];
  readonly settings: GarageNodeSettings;
  readonly binary: string;
  readonly secret: string;
  readonly image?: string | null;
}): NodeContainer => {
  const key = nodeKey(secret, place.node);
  const peers = nodes.flatMap((node, index) =>
    node === place.node
      ? []
      : [`${nodeKey(secret, node).id}@${place.addresses[index] ?? ""}:${peersPort}`],
  );
  return {
    image,
    command: [image === null ? binary : "/garage", "-c", configPath, "server"],
    environment: { RUST_LOG: "warn,garage_rpc=info" },
    files: [
      { path: configPath, content: toml(place, peers, settings, secret) },
      { path: `${data}/meta/node_key`, content: key.pair },
      { path: `${data}/meta/node_key.pub`, content: key.public },
    ],
    mounts: [dirname(binary)],
    ports: { clients: k2vPort, peers: [peersPort], others: { admin: adminPort } },
    data: [data],
    identity: ["meta/node_key", "meta/node_key.pub", "meta/cluster_layout", "meta/peer_list"].map(
      (name) => `${data}/${name}`,
    ),
    memoryMiB: 100,
  };
};
