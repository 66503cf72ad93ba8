/**
 * The number of replicas that a request waits for, given as a number or as a name. The names are Cassandra's
 * consistency levels (Cassandra documentation, "Dynamo": tunable consistency) and Riak's names for the values of r, w,
 * pr, pw and dw (Riak KV documentation, "Replication Properties").
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

/** The names that stand for a fixed number of replicas if N is known. Settings may use them. */
export type SettingQuorumName = keyof typeof replicasByName;

/**
 * A name that a request may use. `default` is the cluster's own setting of `r` or `w`, and 0 for the others. `ANY`,
 * only for `w`, needs one replica or one hint. A write of which only a hint exists may not be readable until the hint
 * is delivered.
 */
export type QuorumName = SettingQuorumName | "default" | "ANY";

export type Quorum = number | QuorumName;

export const settingQuorumNames = Object.keys(replicasByName) as readonly SettingQuorumName[];

export const quorumNames: readonly QuorumName[] = [...settingQuorumNames, "default", "ANY"];

/** The number of replicas that stands for `ANY`: a hint is enough. */
export const anyReplicas = 0;

export function replicasOf(quorum: Quorum, n: number, byDefault: number): number {
  if (typeof quorum === "number") return quorum;
  if (quorum === "default") return byDefault;
  return quorum === "ANY" ? anyReplicas : replicasByName[quorum](n);
}

/** The quorums that a read or a write itself asks for. All are optional. */
export interface AskedQuorums {
  /** The number of replies that a read waits for. */
  readonly r?: Quorum;
  /**
   * The number of replies that must come from the key's own replicas. While fewer of them are reachable, a coordinating
   * node refuses the read. Without fallback nodes, it matters only if it is larger than `r`.
   */
  readonly pr?: Quorum;
  /** The number of confirmations that a write waits for. */
  readonly w?: Quorum;
  /**
   * The number of confirmations that must come from the key's own replicas. While fewer of them are reachable, a
   * coordinating node refuses the write.
   */
  readonly pw?: Quorum;
  /**
   * The number of confirmations after a sync that a write waits for, even where replicas otherwise confirm before their
   * sync.
   */
  readonly dw?: Quorum;
}

/**
 * The quorums of a request as numbers of replicas. If the request asks for none, `needed` is the cluster's number, and
 * `primaries` and `durable` are 0.
 */
export interface NeededQuorum {
  readonly needed: number;
  readonly primaries: number;
  readonly durable: number;
  /** Whether a hint counts, as with W = ANY. */
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

/** What is wrong with the quorums, as one sentence, or null if nothing is. */
export function quorumComplaint(asked: AskedQuorums, n: number): string | null {
  const problem = quorumProblem(asked, n);
  return problem === null ? null : `expected ${problem.expected}, got ${problem.got}`;
}

/** What is wrong with the quorums: what was expected and what was given. Null if nothing is. */
export function quorumProblem(asked: AskedQuorums, n: number): QuorumProblem | null {
  if (asked.w === "ANY" && (asked.pw !== undefined || asked.dw !== undefined))
    return {
      expected: "W = ANY without PW and DW, since a hint alone satisfies W = ANY",
      got: "W = ANY with PW or DW",
    };
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
