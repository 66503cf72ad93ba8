/**
 * What etcd promises. Each promise names its place in the documentation (etcd.io/docs/v3.4/learning/api_guarantees),
 * unless every store must keep it.
 */

/** The workloads that etcd's client supports. */
export const etcdWorkloads = ["register", "cas", "txn-list-append"] as const;

export type EtcdWorkload = (typeof etcdWorkloads)[number];

export interface EtcdPlan {
  readonly workload: EtcdWorkload;
  /** Whether some read asks a single node only. */
  readonly serializable: boolean;
  /** Whether a node's disk loses synced data. */
  readonly losesData: boolean;
}

export interface Promised {
  readonly name: string;
  readonly source: string;
}

const linearizable = "Linearizability: all operations except serializable reads are linearizable";
const serializable = "Serializable reads may be stale; revisions order all writes";
const durability =
  "Durability: completed operations are durable, and so are the values that reads return";
const isolation =
  "Isolation: transactions are serializable, and strictly serializable except for serializable reads";
const always = "no store may return values that were never written";

export const promised = (plan: EtcdPlan): readonly Promised[] => {
  const names: Promised[] = [];
  const promise = (condition: boolean, source: string, ...more: readonly string[]): void => {
    if (condition) names.push(...more.map((name) => ({ name, source })));
  };
  const whole = !plan.losesData;
  if (plan.workload === "txn-list-append") {
    promise(whole, isolation, plan.serializable ? "serializable" : "strict-serializable");
    return names;
  }
  promise(whole && !plan.serializable, linearizable, "linearizable");
  if (plan.workload === "cas") return names;
  promise(true, always, "no-thin-air", "no-aborted-read");
  promise(whole && !plan.serializable, linearizable, "regular", "regular-stamped");
  promise(
    whole && !plan.serializable,
    linearizable,
    "read-your-writes",
    "monotonic-reads",
    "no-resurrection",
  );
  promise(whole, serializable, "monotonic-writes", "writes-follow-reads");
  promise(whole, durability, "durable", "converged");
  return names;
};
