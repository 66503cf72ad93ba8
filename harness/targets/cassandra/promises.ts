/**
 * What Cassandra promises. Each promise names its place in the documentation
 * (cassandra.apache.org/doc/latest/cassandra/…), unless every store must keep it. Guarantees that usually hold but are
 * not documented are observed, not promised.
 */
import { type CassandraSettings, replicas, replicasAt } from "./settings.ts";
import type { CassandraWorkload } from "./operations.ts";
import type { Consistency } from "./node-client.ts";

/** The properties of a plan that affect promises. */
export interface AskedOf {
  readonly workload: CassandraWorkload;
  /** The consistency levels that the plan's requests use. */
  readonly requests: readonly { readonly f: string; readonly level: Consistency }[];
  /** Whether power fails at some time. */
  readonly losesPower: boolean;
  /** Whether a node's disk loses synced data. */
  readonly losesData: boolean;
  /** Whether a client's clock is wrong at some time. */
  readonly clocksOff: boolean;
  /** The time from the first request to the last, in ms. */
  readonly longestRunMs: number;
}

export interface Promised {
  readonly name: string;
  /** The place in Cassandra's documentation that makes the promise, or why every store must keep it. */
  readonly source: string;
}

const tunable =
  "architecture/dynamo.html, Tunable Consistency: R + W > RF means that reads see the last acknowledged write";
const wins =
  "architecture/dynamo.html, Data Versioning: the mutation with the latest timestamp wins";
const monotonic =
  "managing/operating/read_repair.html: BLOCKING gives monotonic quorum reads, NONE does not";
const transactions =
  "architecture/guarantees.html, Lightweight transactions with linearizable consistency";
const commitLog =
  "configuration/cass_yaml_file.html, commitlog_sync: batch does not acknowledge before the sync";
const batches =
  "architecture/guarantees.html, Batched writes: batches within one partition are also isolated";
const repairs = "managing/operating/repair.html: a full repair makes replicas equal";
const tombstones =
  "managing/operating/compaction/tombstones.html: a deletion holds where repair runs within gc_grace_seconds";
const counters =
  "developing/cql/counter-column.html: updates are not idempotent, a retry may count twice";
const always = "no store may return values that were never written";

/** Whether all reads and writes of keys use lightweight transactions, in a variant that makes reads linearizable. */
const isConsensus = (settings: CassandraSettings, { requests }: AskedOf): boolean =>
  requests.every(({ f, level }) => f !== "read" || level === "SERIAL") &&
  settings.casRead === "SERIAL" &&
  settings.casWrites === "conditional" &&
  (settings.paxosVariant === "v1" || settings.paxosVariant === "v2");

/** Returns the promises under these settings and this plan. */
export const promised = (settings: CassandraSettings, plan: AskedOf): readonly Promised[] => {
  const isRead = ({ f }: { readonly f: string }): boolean => f === "read";
  const levels = (reads: boolean): readonly Consistency[] => [
    reads ? settings.read : settings.write,
    ...plan.requests.filter((request) => isRead(request) === reads).map(({ level }) => level),
  ];
  const least = (reads: boolean): number => Math.min(...levels(reads).map(replicasAt));
  const meet = least(true) + least(false) > replicas && !plan.losesData;
  const durable =
    !plan.losesData &&
    least(false) > 0 &&
    (!plan.losesPower || settings.commitlogSync !== "periodic");
  const ties = settings.stamps === "milliseconds";
  const outlives = settings.gcGraceS * 1000 > plan.longestRunMs;
  const names: Promised[] = [];
  const promise = (condition: boolean, source: string, ...more: readonly string[]): void => {
    if (condition) names.push(...more.map((name) => ({ name, source })));
  };
  switch (plan.workload) {
    case "register":
      promise(true, always, "no-thin-air", "no-aborted-read");
      // Of two values with the same stamp the larger one wins, and the other is lost.
      promise(meet && settings.stamps === "unique", wins, "regular-stamped");
      // A write by a client whose clock is behind may lose to earlier writes, and the client's own writes may be
      // reordered. A write with the same stamp as another may be lost too.
      promise(meet && !plan.clocksOff && settings.stamps === "unique", tunable, "read-your-writes");
      promise(
        settings.readRepair === "BLOCKING" && least(true) > replicas / 2 && !plan.losesData,
        monotonic,
        "monotonic-reads",
      );
      promise(durable && !ties && settings.repair && outlives, commitLog, "durable");
      promise(settings.repair && outlives && !plan.losesData, repairs, "converged");
      promise(meet && !ties && outlives, tombstones, "no-resurrection");
      return names;
    case "cas":
      promise(isConsensus(settings, plan) && durable, transactions, "linearizable");
      return names;
    case "set":
      promise(true, always, "set-no-thin-air");
      promise(durable && settings.repair && outlives, commitLog, "set-complete");
      promise(meet, tunable, "set-fresh");
      return names;
    case "counter":
      promise(meet && settings.counterRetries === 0, counters, "counter-bounds");
      return names;
    case "batch":
      promise(
        settings.batchOver === "partition" && settings.stamps === "unique",
        batches,
        "batch-atomic",
      );
      return names;
  }
};
