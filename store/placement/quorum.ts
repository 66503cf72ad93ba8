/**
 * How many replicas a request waits for: a number, or a name. Cassandra's are its consistency levels (Cassandra
 * documentation, "Dynamo": tunable consistency), Riak's the symbolic values of r, w, pr, pw and dw (Riak KV
 * documentation, "Replication Properties").
 */
import type { StoreSettings } from "../settings.ts";

const cassandra = {
  ONE: () => 1,
  TWO: () => 2,
  THREE: () => 3,
  QUORUM: (n: number) => Math.floor(n / 2) + 1,
  ALL: (n: number) => n,
} as const;

const replicasByName = {
  ...cassandra,
  one: cassandra.ONE,
  quorum: cassandra.QUORUM,
  all: cassandra.ALL,
} as const;

/** Names that mean a number of replicas as soon as N is known: what a setting may be. */
export type SettingQuorumName = keyof typeof replicasByName;

/**
 * `default`: the cluster's. `ANY`, for writes: one replica, or a hint where none is reached; such a write is not
 * readable until the hint is delivered.
 */
export type QuorumName = SettingQuorumName | "default" | "ANY";

export type Quorum = number | QuorumName;

export const settingQuorumNames = Object.keys(replicasByName) as readonly SettingQuorumName[];

export const quorumNames: readonly QuorumName[] = [...settingQuorumNames, "default", "ANY"];

/** In numbers of replicas, 0 is `ANY`: a hint is enough. */
export const anyReplicas = 0;

export function replicasOf(quorum: Quorum, n: number, byDefault: number): number {
  if (typeof quorum === "number") return quorum;
  if (quorum === "default") return byDefault;
  return quorum === "ANY" ? anyReplicas : replicasByName[quorum](n);
}

/** What a read or write asks for in quorums of its own. */
export interface AskedQuorums {
  /** Replies that a read waits for. */
  readonly r?: Quorum;
  /**
   * Of them, so many from the key's own replicas: as long as fewer are reachable the read fails, definitely. Only
   * matters where others may stand in.
   */
  readonly pr?: Quorum;
  /** Confirmations that a write waits for. */
  readonly w?: Quorum;
  /** Of them, so many from the key's own replicas, likewise. */
  readonly pw?: Quorum;
  /** Of them, so many that are synced, also where a replica otherwise confirms before it syncs. */
  readonly dw?: Quorum;
}

/**
 * The same in numbers of replicas: all of them whole, what was not asked for is the cluster's, or 0 of `primaries` and
 * `durable`.
 */
export interface NeededQuorum {
  readonly needed: number;
  readonly primaries: number;
  readonly durable: number;
  /** ANY: a hint counts. */
  readonly hintCounts: boolean;
}

type ClusterQuorums = Pick<StoreSettings, "n" | "r" | "w">;

export function readQuorum({ n, r }: ClusterQuorums, asked: AskedQuorums): NeededQuorum {
  return {
    needed: replicasOf(asked.r ?? r, n, r),
    primaries: replicasOf(asked.pr ?? 0, n, 0),
    durable: 0,
    hintCounts: false,
  };
}

export function writeQuorum({ n, w }: ClusterQuorums, asked: AskedQuorums): NeededQuorum {
  const named = replicasOf(asked.w ?? w, n, w);
  const hintCounts = asked.w === "ANY";
  return {
    needed: hintCounts ? 1 : named,
    primaries: replicasOf(asked.pw ?? 0, n, 0),
    durable: replicasOf(asked.dw ?? 0, n, 0),
    hintCounts,
  };
}

export interface QuorumProblem {
  readonly expected: string;
  readonly got: string;
}

/** The same as one sentence. */
export function quorumComplaint(asked: AskedQuorums, n: number): string | null {
  const problem = quorumProblem(asked, n);
  return problem === null ? null : `expected ${problem.expected}, got ${problem.got}`;
}

/** What is wrong with them, for a person, or null. */
export function quorumProblem(asked: AskedQuorums, n: number): QuorumProblem | null {
  if (asked.w === "ANY" && (asked.pw !== undefined || asked.dw !== undefined))
    return { expected: "W = ANY alone, as a hint satisfies it", got: "PW or DW beside it" };
  for (const name of ["r", "pr", "w", "pw", "dw"] as const) {
    const quorum = asked[name];
    if (quorum === undefined || (quorum === "ANY" && name === "w")) continue;
    if (quorum === "ANY") return { expected: "ANY for w only", got: `${name} = ANY` };
    const replicas = replicasOf(quorum, n, 1);
    const least = name === "r" || name === "w" ? 1 : 0;
    if (!Number.isInteger(replicas) || replicas < least || replicas > n)
      return { expected: `${name} from ${least} to n = ${n}`, got: String(quorum) };
  }
  return null;
}
