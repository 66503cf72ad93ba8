/**
 * Lists one checker for each guarantee that quorate judges in its own histories. The command line, files and reports
 * take the names and meanings of these guarantees from this list.
 */
import { acknowledged } from "./quorum/acknowledged.ts";
import { available } from "./quorum/available.ts";
import {
  blindStands,
  invokedBefore,
  noneBack,
  noneFalse,
  noneLost,
  noneTwice,
} from "./siblings/sibling-rules.ts";
import { causal, causalConvergent } from "./causal/causal.ts";
import { converged } from "./converged/converged.ts";
import { durable } from "./durable/durable.ts";
import { retained } from "./durable/retained.ts";
import { handedOver } from "./membership/handed-over.ts";
import { ringAgreed } from "./membership/ring-agreed.ts";
import { linearizable, regular, regularStamped } from "./register/register.ts";
import {
  monotonicReads,
  monotonicWrites,
  readYourWrites,
  writesFollowReads,
} from "./causal/sessions.ts";
import { noCrash } from "./processes/no-crash.ts";
import { noAbortedRead } from "./thin-air/no-aborted-read.ts";
import { noDirtyRead } from "./thin-air/no-dirty-read.ts";
import { noResurrection } from "./thin-air/no-resurrection.ts";
import { noThinAir } from "./thin-air/no-thin-air.ts";
import { repairQuiescent } from "./converged/quiescent.ts";
import { setComplete, setFresh, setNoThinAir } from "./set/set-checkers.ts";
import { staleness } from "./staleness/staleness.ts";
import { uniqueDots } from "./siblings/dots.ts";
import { uniqueStamps } from "./register/unique-stamps.ts";
import {
  readAtomic,
  readCommitted,
  serializable,
  snapshotIsolation,
  strictSerializable,
} from "./transactions/transaction-checkers.ts";
import { batchAtomic, counterBounds } from "./workloads/checkers.ts";
import { counterComplete } from "./workloads/counter-complete.ts";
import { echo } from "./workloads/echo.ts";
import { log } from "./workloads/log-checker.ts";
import { successRate } from "./workloads/success-rate.ts";
import { uniqueIds } from "./workloads/unique-ids.ts";
import type { Checker } from "./model/checker.ts";

/** quorate's own checkers, in the order in which reports show them. */
const listed = [
  noCrash,
  noThinAir,
  noAbortedRead,
  acknowledged,
  durable,
  retained,
  noDirtyRead,
  uniqueStamps,
  regularStamped,
  regular,
  linearizable,
  staleness,
  converged,
  repairQuiescent,
  readYourWrites,
  monotonicReads,
  monotonicWrites,
  writesFollowReads,
  causal,
  causalConvergent,
  invokedBefore,
  noneLost,
  noneFalse,
  noneBack,
  blindStands,
  uniqueDots,
  noneTwice,
  noResurrection,
  available,
  handedOver,
  ringAgreed,
  setNoThinAir,
  setComplete,
  setFresh,
  counterBounds,
  batchAtomic,
  uniqueIds,
  echo,
  counterComplete,
  readCommitted,
  readAtomic,
  snapshotIsolation,
  serializable,
  strictSerializable,
  log,
  successRate,
] as const;

/** The name of a guarantee that quorate itself judges. */
export type GuaranteeName = (typeof listed)[number]["name"];

/** quorate's own checkers, in the order in which reports show them. */
export const builtInCheckers: readonly Checker<GuaranteeName>[] = listed;

/** The names of quorate's own guarantees, in the order in which reports show them. */
export const guaranteeNames: readonly GuaranteeName[] = listed.map(({ name }) => name);

const byName: ReadonlyMap<string, Checker> = new Map(
  listed.map((checker): [string, Checker] => [checker.name, checker]),
);

/** @returns Whether quorate itself judges a guarantee of this name. */
export function isGuaranteeName(name: string): name is GuaranteeName {
  return byName.has(name);
}
