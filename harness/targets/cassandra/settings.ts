/** The settings of the target Cassandra. */
import { type SettingsReader, settingsReader } from "../software/settings.ts";
import type { NodeSettings } from "./configuration.ts";
import type { Consistency } from "./node-client.ts";
import type { TableSettings } from "./operations.ts";
import { defaultVersion } from "./software.ts";
import type { StampKind } from "./stamps.ts";

export const readLevels = ["ONE", "TWO", "QUORUM", "ALL", "SERIAL"] as const;
export const writeLevels = ["ANY", "ONE", "TWO", "QUORUM", "ALL"] as const;

// A type, not an interface: settings of plans are plain records.
export type CassandraSettings = Required<NodeSettings> &
  Required<TableSettings> & {
    readonly version: string;
    readonly nodes: number;
    /** What a request gets that names no level itself. */
    readonly read: (typeof readLevels)[number];
    readonly write: (typeof writeLevels)[number];
    readonly stamps: StampKind;
    /** Of stamps in milliseconds: the clients' clock goes on in steps of so many. */
    readonly stampStepMs: number;
    /** How often a client sends an addition to a counter again that timed out. */
    readonly counterRetries: number;
    /** Of workload `cas`: the level of its reads, and whether its writes are lightweight transactions too. */
    readonly casRead: (typeof readLevels)[number];
    readonly casWrites: "conditional" | "plain";
    /** Before the last reads the harness repairs all tables, as `nodetool repair --full` does. */
    readonly repair: boolean;
    /** Before that, it flushes and compacts them: tombstones whose grace time is over go. */
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
    // Fewer than three replicas have no quorum that outlives a node.
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

/** Every key has so many replicas. */
export const replicas = 3;

/** How many replicas must answer at this level; ANY: a hint is enough. */
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
