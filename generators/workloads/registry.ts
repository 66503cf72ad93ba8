/** All built-in workloads. A new workload needs its own file and a line here. */
import { batch } from "./batch.ts";
import { broadcast, gSet } from "./broadcast.ts";
import { cas } from "./cas.ts";
import { counter } from "./counter.ts";
import { gCounter, pnCounter } from "./counters.ts";
import { echo } from "./echo.ts";
import { kafka } from "./kafka.ts";
import { linKv } from "./lin-kv.ts";
import { register } from "./register.ts";
import { set } from "./set.ts";
import { siblings } from "./siblings.ts";
import { txnListAppend, txnRwRegister } from "./transactions.ts";
import { uniqueIds } from "./unique-ids.ts";
import type { BuiltInWorkloads, Workload } from "./workload.ts";

const builtIn: BuiltInWorkloads = {
  register,
  siblings,
  cas,
  set,
  counter,
  batch,
  "unique-ids": uniqueIds,
  echo,
  broadcast,
  "g-set": gSet,
  "g-counter": gCounter,
  "pn-counter": pnCounter,
  "lin-kv": linKv,
  "txn-list-append": txnListAppend,
  "txn-rw-register": txnRwRegister,
  kafka,
};

export const builtInWorkloads: readonly Workload[] = Object.values(builtIn);
