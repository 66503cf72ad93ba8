/** The settings of the target maelstrom. */
import { type SettingsReader, settingsReader } from "../software/settings.ts";

/** The network topologies that nodes are offered for broadcasts. */
export const topologies = ["grid", "line", "total", "tree2", "tree3", "tree4"] as const;
export type Topology = (typeof topologies)[number];

export const latencyDists = ["constant", "uniform", "exponential"] as const;

/**
 * What nodes claim if that is less than usual for their workload: an isolation level for transactions; linearizable,
 * regular or eventual for registers and siblings. "none": only what no store may break.
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
  /** The program of a node. "": none was named. */
  readonly bin: string;
  /** The program's arguments. */
  readonly args: readonly string[];
  /** The mean time of a message between two nodes, in ms. */
  readonly latencyMs: number;
  readonly latencyDist: (typeof latencyDists)[number];
  readonly topology: Topology;
  /** How long a client waits for an answer, in ms. */
  readonly timeoutMs: number;
  /** Clients begin no operation after this time, in ms. 0 or absent: they carry out all operations of the plan. */
  readonly operationsMs?: number;
  /** How long a node may take to answer `init`. */
  readonly initTimeoutMs: number;
  /** The longest wait until nodes accept requests, in ms: they may have to elect a leader. */
  readonly readyMs: number;
  /** How long after the faults nodes may differ, in ms, if they must agree in the end. */
  readonly convergeMs: number;
  readonly consistency: Consistency;
  /** Whether nodes keep their state on disk. False: a kill loses it. */
  readonly durable: boolean;
  /** The percentage of all operations that must succeed under any faults. 0: no requirement. */
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
