/** The settings of the target Cassandra. */
import { type SettingsReader, settingsReader } from "../software/settings.ts";
import type { NodeSettings } from "./configuration.ts";
import type { Consistency } from "./node-client.ts";
import type { TableSettings } from "./operations.ts";
import { defaultVersion } from "./software.ts";
import type { StampKind } from "./stamps.ts";

export const readLevels = ["ONE", "TWO", "QUORUM", "ALL", "SERIAL"] as const;
export const writeLevels = ["ANY", "ONE", "TWO", "QUORUM", "ALL"] as const;

// This is a type, not an interface, so that the settings are plain records.
export type CassandraSettings = Required<NodeSettings> &
  Required<TableSettings> & {
    readonly version: string;
    readonly nodes: number;
    /** The consistency level of reads that name none. Reads of the workload `cas` use `casRead` instead. */
    readonly read: (typeof readLevels)[number];
    readonly write: (typeof writeLevels)[number];
    readonly stamps: StampKind;
    /** The step of the clients' clock in ms, if stamps are milliseconds. */
    readonly stampStepMs: number;
    /** How often at most a client repeats an addition to a counter whose outcome is unknown. */
    readonly counterRetries: number;
    /** The level of reads in the workload `cas` that name none. */
    readonly casRead: (typeof readLevels)[number];
    readonly casWrites: "conditional" | "plain";
    /** Whether the harness repairs the workload's table before the last reads, as `nodetool repair --full` does. */
    readonly repair: boolean;
    /**
     * Whether the harness flushes and compacts the workload's table before the repair, which removes tombstones after
     * their grace time.
     */
    readonly compact: boolean;
  };

const variants = [
  "v1",
  "v2",
  "v1_without_linearizable_reads",
  "v2_without_linearizable_reads",
] as const;

export const cassandraSettings: SettingsReader<CassandraSettings> = settingsReader(
  "cassandra",
  {
    version: { type: "string", pattern: "^[0-9]+\\.[0-9]+[0-9a-z.-]*$" },
    // There are three nodes: with fewer replicas, no quorum survives the loss of a node.
    nodes: { type: "integer", minimum: 3, maximum: 3 },
    read: { enum: readLevels },
    write: { enum: writeLevels },
    readRepair: { enum: ["BLOCKING", "NONE"] },
    hints: { type: "boolean" },
    casRead: { enum: readLevels },
    casWrites: { enum: ["conditional", "plain"] },
    repair: { type: "boolean" },
    compact: { type: "boolean" },
    commitlogSync: { enum: ["batch", "group", "periodic"] },
    gcGraceS: { type: "integer", minimum: 0, maximum: 8_640_000 },
    paxosVariant: { enum: variants },
    stamps: { enum: ["unique", "milliseconds", "server"] },
    stampStepMs: { type: "integer", minimum: 1, maximum: 60_000 },
    counterRetries: { type: "integer", minimum: 0, maximum: 10 },
    setAs: { enum: ["rows", "column"] },
    batchOver: { enum: ["partition", "partitions"] },
    requestTimeoutMs: { type: "integer", minimum: 200, maximum: 60_000 },
  },
  {
    version: defaultVersion,
    nodes: 3,
    read: "QUORUM",
    write: "QUORUM",
    readRepair: "BLOCKING",
    hints: true,
    casRead: "SERIAL",
    casWrites: "conditional",
    repair: true,
    compact: false,
    commitlogSync: "batch",
    gcGraceS: 864_000,
    paxosVariant: "v1",
    stamps: "unique",
    stampStepMs: 1,
    counterRetries: 0,
    setAs: "rows",
    batchOver: "partition",
    requestTimeoutMs: 1500,
  },
);

/** The number of replicas of every key. */
export const replicas = 3;

/** Returns the number of replicas that must answer at this level. For ANY it is 0, since a hint is enough. */
export const replicasAt = (level: Consistency): number => {
  switch (level) {
    case "ANY":
      return 0;
    case "ONE":
    case "LOCAL_ONE":
    case "NODE_LOCAL":
      return 1;
    case "TWO":
      return 2;
    case "THREE":
    case "ALL":
      return replicas;
    case "QUORUM":
    case "LOCAL_QUORUM":
    case "SERIAL":
    case "LOCAL_SERIAL":
      return Math.floor(replicas / 2) + 1;
  }
};
