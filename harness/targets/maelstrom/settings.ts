/** The settings of the target maelstrom. */
import { type SettingsReader, settingsReader } from "../software/settings.ts";

/** The network topologies that nodes are offered for broadcasts. */
export const topologies = ["grid", "line", "total", "tree2", "tree3", "tree4"] as const;
export type Topology = (typeof topologies)[number];

export const latencyDists = ["constant", "uniform", "exponential"] as const;

/**
 * What nodes claim: what is usual for their workload, or less. Less is a weaker isolation level for transactions, or
 * regular or eventual for registers and eventual for siblings. With "none", they claim only what no store may break.
 */
export const consistencies = [
  "usual",
  "none",
  "eventual",
  "regular",
  "linearizable",
  "read-committed",
  "read-atomic",
  "snapshot-isolation",
  "serializable",
  "strict-serializable",
] as const;
export type Consistency = (typeof consistencies)[number];

export type MaelstromSettings = {
  readonly nodes: number;
  /** The number in the first node's name. Absent: 1, as in plans made before this setting existed. */
  readonly firstNode?: number;
  /** The path of a node's program. An empty path means that none was named. */
  readonly bin: string;
  /** The program's arguments. */
  readonly args: readonly string[];
  /** The mean time that a message takes between two nodes, in ms. */
  readonly latencyMs: number;
  readonly latencyDist: (typeof latencyDists)[number];
  readonly topology: Topology;
  /** How long a client waits for an answer, in ms. */
  readonly timeoutMs: number;
  /** Clients begin no operation after this time, in ms. 0 or absent: they carry out all operations of the plan. */
  readonly operationsMs?: number;
  /** How long a node may take to answer `init`, and each further request before it counts as started, in ms. */
  readonly initTimeoutMs: number;
  /** The longest wait until nodes accept requests, in ms. Nodes may have to elect a leader first. */
  readonly readyMs: number;
  /** How long nodes may differ after the faults, in ms, if they must agree in the end. */
  readonly convergeMs: number;
  readonly consistency: Consistency;
  /** Whether nodes keep their state on disk. If false, a kill loses the state. */
  readonly durable: boolean;
  /** The percentage of all operations that must succeed under any faults. 0 requires nothing. */
  readonly succeedPercent: number;
  readonly maxTxnLength: number;
  /** The number of keys that transactions share. */
  readonly keyCount: number;
};

const whole = (minimum: number, maximum: number): object => ({ type: "integer", minimum, maximum });
const dayMs = 86_400_000;

export const maelstromSettings: SettingsReader<MaelstromSettings> =
  settingsReader<MaelstromSettings>(
    "maelstrom",
    {
      nodes: whole(1, 99),
      firstNode: { enum: [0, 1] },
      bin: { type: "string" },
      args: { type: "array", items: { type: "string" } },
      latencyMs: whole(0, 60_000),
      latencyDist: { enum: latencyDists },
      topology: { enum: topologies },
      timeoutMs: whole(1, dayMs),
      operationsMs: whole(0, dayMs),
      initTimeoutMs: whole(1, dayMs),
      convergeMs: whole(0, dayMs),
      readyMs: whole(0, dayMs),
      consistency: { enum: consistencies },
      durable: { type: "boolean" },
      succeedPercent: { type: "number", minimum: 0, maximum: 100 },
      maxTxnLength: whole(1, 100),
      keyCount: whole(1, 1000),
    },
    {
      nodes: 3,
      bin: "",
      args: [],
      latencyMs: 2,
      latencyDist: "exponential",
      topology: "grid",
      timeoutMs: 300,
      operationsMs: 0,
      initTimeoutMs: 30_000,
      convergeMs: 10_000,
      readyMs: 5_000,
      consistency: "usual",
      durable: true,
      succeedPercent: 0,
      maxTxnLength: 4,
      keyCount: 5,
    },
  );
