/**
 * Known weaknesses of Cassandra's settings, each shown on a real cluster. A new scenario needs its own file and a line
 * here.
 */
import type { Scenario } from "../../../scenario/scenario.ts";
import { backwardQuorum } from "./backward-quorum.ts";
import { clientClock } from "./client-clock.ts";
import { countedTwice } from "./counted-twice.ts";
import { halfBatch } from "./half-batch.ts";
import { mixedTransactions } from "./mixed-transactions.ts";
import { replicasApart } from "./replicas-apart.ts";
import { returnedRow } from "./returned-row.ts";
import { staleOne } from "./stale-one.ts";
import { tiedStamps } from "./tied-stamps.ts";

export const scenarios: readonly Scenario[] = [
  staleOne,
  backwardQuorum,
  clientClock,
  tiedStamps,
  mixedTransactions,
  returnedRow,
  countedTwice,
  replicasApart,
  halfBatch,
];
