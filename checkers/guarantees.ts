/**
 * The registry of guarantees: every name that a store can promise and a checker can judge.
 * The names are the same everywhere: on the command line, in files, in reports.
 */
export const guarantees = {
  "no-thin-air":
    "no read returns a value that was never written, or not yet invoked when the read ended",
  "no-aborted-read": "a write that was answered with a definite error never takes effect",
  acknowledged:
    "an acknowledgement means what the quorum says: W durable replicas, R replies merged",
  durable: "an acknowledged write is on the replicas at the end, or was superseded",
  "regular-stamped": "reads are regular under arbitrary last-write-wins stamps (L0)",
  regular: "one order of writes respects real time and every read is regular in it (L1)",
  linearizable: "every key behaves as one atomic register (L2)",
  staleness: "reads are no further behind than the settings allow",
  converged: "after the faults end, all replicas of every key become equal within the bound",
  "repair-quiescent": "once equal, the replicas stop repairing",
  "read-your-writes": "a client's read is at least as new as its own last acknowledged write",
  "monotonic-reads": "a client's read is at least as new as its own last read",
  "monotonic-writes": "a client's write is ordered after its own last write",
  "writes-follow-reads": "a client's write is ordered after its own last read",
  causal: "no client's read misses a cause of what it saw before, over all keys (CC)",
  "causal-convergent": "causal, and all clients' reads fit one order of writes (CCv)",
  "siblings-1": "every sibling that a read returns was invoked before the read ended",
  "siblings-2": "no acknowledged concurrent write is lost",
  "siblings-3": "no sibling is superseded by another that is returned beside it",
  "siblings-4": "nothing that was superseded comes back",
  "siblings-5": "a blind write supersedes nothing",
  "siblings-6": "a dot is never issued twice",
  "siblings-7": "one operation never appears twice among the siblings",
  "no-resurrection": "nothing that an acknowledged delete superseded is read again",
  available:
    "an operation succeeds in time where no fault touches its coordinator and one full quorum",
} as const;

export type GuaranteeName = keyof typeof guarantees;

export const guaranteeNames = Object.keys(guarantees) as readonly GuaranteeName[];

export function isGuaranteeName(name: string): name is GuaranteeName {
  return Object.hasOwn(guarantees, name);
}
