/** The files and options of a Cassandra node for tests. The node is small and starts quickly. */
import { join } from "node:path";

export const daemon = "org.apache.cassandra.service.CassandraDaemon";

/** The settings that a node's configuration file contains. */
export interface NodeSettings {
  /** When the commit log is synced: before the acknowledgement (`batch`, `group`), or every 10 s (`periodic`). */
  readonly commitlogSync?: "batch" | "periodic" | "group";
  readonly hints?: boolean;
  readonly paxosVariant?: string;
  /** How long a coordinator waits for replicas. */
  readonly requestTimeoutMs?: number;
}

export interface NodeConfiguration {
  /** The folder for the node's configuration files. */
  readonly folder: string;
  readonly data: string;
  /** The node's own address for peers and clients. */
  readonly address: string;
  /** The address on which the node listens for clients. Absent: `address`. */
  readonly clientsAddress?: string;
  readonly seeds: readonly string[];
  readonly ports: { readonly clients: number; readonly peers: number };
  /** The node's token. Null for a node that joins, which chooses a token itself and streams its data. */
  readonly token: string | null;
  readonly settings: NodeSettings;
}

export interface ConfigFile {
  readonly path: string;
  readonly content: string;
}

const sync: Readonly<Record<NonNullable<NodeSettings["commitlogSync"]>, readonly string[]>> = {
  batch: ["commitlog_sync: batch"],
  group: ["commitlog_sync: group", "commitlog_sync_group_window: 10ms"],
  periodic: ["commitlog_sync: periodic", "commitlog_sync_period: 10000ms"],
};

const yaml = (node: NodeConfiguration): string =>
  [
    "cluster_name: quorate",
    "num_tokens: 1",
    ...(node.token === null
      ? ["auto_bootstrap: true"]
      : [`initial_token: "${node.token}"`, "auto_bootstrap: false"]),
    "partitioner: org.apache.cassandra.dht.Murmur3Partitioner",
    "seed_provider:",
    "  - class_name: org.apache.cassandra.locator.SimpleSeedProvider",
    "    parameters:",
    `      - seeds: "${node.seeds.join(",")}"`,
    "endpoint_snitch: GossipingPropertyFileSnitch",
    // A dynamic snitch would send reads to different replicas in each run.
    "dynamic_snitch: false",
    `listen_address: ${node.address}`,
    `rpc_address: ${node.clientsAddress ?? node.address}`,
    ...(node.clientsAddress === undefined ? [] : [`broadcast_rpc_address: ${node.address}`]),
    `storage_port: ${node.ports.peers}`,
    `ssl_storage_port: ${node.ports.peers + 1}`,
    "start_native_transport: true",
    `native_transport_port: ${node.ports.clients}`,
    "native_transport_max_threads: 32",
    "concurrent_reads: 8",
    "concurrent_writes: 8",
    "concurrent_counter_writes: 8",
    ...sync[node.settings.commitlogSync ?? "batch"],
    "commitlog_segment_size: 8MiB",
    "commitlog_total_space: 64MiB",
    "memtable_heap_space: 32MiB",
    "memtable_offheap_space: 32MiB",
    "key_cache_size: 1MiB",
    "counter_cache_size: 1MiB",
    "file_cache_size: 32MiB",
    `hinted_handoff_enabled: ${node.settings.hints ?? true}`,
    "max_hint_window: 3h",
    "hints_flush_period: 1000ms",
    ...["read", "range", "write", "counter_write"].map(
      (kind) => `${kind}_request_timeout: ${node.settings.requestTimeoutMs ?? 2000}ms`,
    ),
    `paxos_variant: ${node.settings.paxosVariant ?? "v1"}`,
    "",
  ].join("\n");

const logback = `<configuration><appender name="STDOUT" class="ch.qos.logback.core.ConsoleAppender"><encoder><pattern>%-5level %d{HH:mm:ss,SSS} %F:%L %msg%n</pattern></encoder></appender><root level="INFO"><appender-ref ref="STDOUT"/></root></configuration>
`;

/** The configuration files that a node reads when it starts. */
export const configFiles = (node: NodeConfiguration): readonly ConfigFile[] => [
  { path: join(node.folder, "cassandra.yaml"), content: yaml(node) },
  { path: join(node.folder, "logback.xml"), content: logback },
  {
    path: join(node.folder, "cassandra-rackdc.properties"),
    content: "dc=datacenter1\nrack=rack1\n",
  },
];

/** The packages that Cassandra 5.0 exports and opens for Java 17 (conf/jvm17-server.options). */
const exported = [
  "java.base/jdk.internal.misc",
  "java.management.rmi/com.sun.jmx.remote.internal.rmi",
  "java.rmi/sun.rmi.registry",
  "java.rmi/sun.rmi.server",
  "java.rmi/sun.rmi.transport.tcp",
  "java.sql/java.sql",
  "java.base/java.lang.ref",
  "java.base/jdk.internal.ref",
  "java.base/jdk.internal.perf",
  "java.base/sun.nio.ch",
];
const opened = [
  "java.base/java.lang.module",
  "java.base/jdk.internal.loader",
  "java.base/jdk.internal.ref",
  "java.base/jdk.internal.reflect",
  "java.base/jdk.internal.math",
  "java.base/jdk.internal.module",
  "java.base/jdk.internal.util.jar",
  "jdk.management/com.sun.management.internal",
  "java.base/sun.nio.ch",
  "java.base/java.io",
  "java.base/java.lang",
  "java.base/java.lang.reflect",
  "java.base/java.util",
  "java.base/java.util.concurrent",
  "java.base/java.util.concurrent.atomic",
  "java.base/java.nio",
];

/**
 * Returns the options of the JVM and of Cassandra.
 *
 * @param place The folders of the node's configuration and data.
 */
export const javaOptions = ({
  folder,
  data,
}: Pick<NodeConfiguration, "folder" | "data">): readonly string[] => [
  "-Djdk.attach.allowAttachSelf=true",
  ...exported.map((name) => `--add-exports=${name}=ALL-UNNAMED`),
  ...opened.map((name) => `--add-opens=${name}=ALL-UNNAMED`),
  "-XX:+UseSerialGC",
  "-Xss512k",
  "-Xmx384m",
  "-Xms384m",
  "-XX:TieredStopAtLevel=1",
  "-XX:MaxDirectMemorySize=128m",
  "-Dcassandra.skip_wait_for_gossip_to_settle=0",
  // A node that is silent for this long before it has joined is forgotten and removed from the seeds. A second is too
  // short on a busy machine.
  "-Dcassandra.ring_delay_ms=10000",
  "-Dcassandra.superuser_setup_delay_ms=0",
  `-Dcassandra.storagedir=${data}`,
  `-Dcassandra.logdir=${data}`,
  `-Dcassandra.config=file://${join(folder, "cassandra.yaml")}`,
  `-Dlogback.configurationFile=file://${join(folder, "logback.xml")}`,
  `-Dcassandra-rackdc.properties=file://${join(folder, "cassandra-rackdc.properties")}`,
  "-Dio.netty.tryReflectionSetAccessible=true",
  // Without this option, logging stops after the start.
  "-Dcassandra-foreground=yes",
  // This option allows the consistency level NODE_LOCAL (number 11), which reads a single replica.
  "-Dcassandra.enable_nodelocal_queries=true",
];
