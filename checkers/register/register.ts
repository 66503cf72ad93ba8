/**
 * Checks the register levels of each key with one value: `regular-stamped` (L0), `regular` (L1) and `linearizable`
 * (L2). With compare-and-set, a search decides `linearizable` (cas.ts).
 */
import { faultsOver, outranks, repliesOf, replicasBehind } from "../messages/because.ts";
import { sameVersion } from "../messages/ties.ts";
import { cameBack } from "../messages/tombstones.ts";
import { stampsTold } from "../messages/told-stamps.ts";
import { codeKey } from "./register-coding.ts";
import { conclude } from "../conclude.ts";
import { explainViolation } from "./register-messages.ts";
import { precedence, violationAt, zones } from "./ladder.ts";
import { casLinearizable } from "./cas.ts";
import type { Checker, Definition } from "../model/checker.ts";
import type { CodedKey } from "./register-coding.ts";
import type { Level, Violation, Zones } from "./ladder.ts";
import { keysOf, type Model } from "../model/model.ts";
import type { Anomaly, Judgement } from "../language/verdict.ts";

/** Judges one level, for any workload whose keys hold one value. */
export const registerLevel =
  (level: Level) =>
  (model: Model): Judgement => {
    const anomalies: Anomaly[] = [];
    let judged = 0;
    for (const key of keysOf(model)) {
      const coded = codeKey(model, key);
      judged += coded.register.readValue.length + coded.absences.length;
      anomalies.push(...coded.rejected(level));
      const found = violationOf(level, coded);
      if (found !== null)
        anomalies.push(anomalyOf(level, model, found.coded, found.zones, found.violation));
    }
    return conclude({ anomalies, judged });
  };

interface Found {
  /** The key's operations as numbers. If a read of nothing showed the violation, that read is included. */
  readonly coded: CodedKey;
  readonly zones: Zones;
  readonly violation: Violation;
}

function violationOf(level: Level, coded: CodedKey): Found | null {
  const violation = violationAt(level, coded.register);
  if (violation === null && coded.absences.length === 0) return null;
  const own = zones(level, coded.register);
  if (violation !== null) return { coded, zones: own, violation };

  // A read that found nothing is legal if it is legal as a read of the initial value or as a read of some delete.
  const search = precedence(own);
  for (const read of coded.absences) {
    const conflictAs = (value: number): number | null => {
      const first = own.first[value] as number;
      return search.conflict(
        value,
        level === "linearizable" ? Math.min(first, read.endUs) : first,
        Math.max(own.last[value] as number, read.startUs),
      );
    };
    const legal = coded.deletes.some(
      (value) =>
        (coded.register.writeStart[value] as number) <= read.endUs && conflictAs(value) === null,
    );
    const u = conflictAs(0);
    if (legal || u === null) continue;
    const withRead = coded.with(read, 0);
    return { coded: withRead, zones: zones(level, withRead.register), violation: { v: 0, u } };
  }
  return null;
}

function anomalyOf(
  level: Level,
  model: Model,
  coded: CodedKey,
  zoned: Zones,
  violation: Violation,
): Anomaly {
  const { explanation, operations, stale, missed, shown } = explainViolation(
    level,
    coded,
    zoned,
    violation,
  );
  const writers = model.writers(coded.key);
  const because = [
    ...(missed === undefined ? [] : sameVersion(model, missed)),
    ...(stale === undefined ? [] : repliesOf(model, stale)),
    ...(stale === undefined || missed === undefined
      ? []
      : replicasBehind(model, missed, writers.versionOf(missed), stale)),
    ...(missed === undefined || shown === undefined ? [] : outranks(model, shown, missed)),
    ...(missed === undefined ? [] : stampsTold(model, missed)),
    ...(stale === undefined ? [] : cameBack(model, coded.key, stale.endUs)),
    ...(stale === undefined
      ? []
      : faultsOver(model, coded.key, missed?.startUs ?? stale.startUs, stale.endUs)),
  ];
  return {
    guarantee: level,
    explanation,
    operations,
    key: coded.key,
    ...(stale === undefined ? {} : { atUs: stale.endUs }),
    ...(because.length === 0 ? {} : { because }),
  };
}

const registerChecker = <Name extends Level>(
  name: Name,
  meaning: string,
  definition: Definition,
): Checker<Name> => ({
  name,
  meaning,
  ...definition,
  needs: [],
  workloads: ["register"],
  check: registerLevel(name),
});

export const regularStamped = registerChecker(
  "regular-stamped",
  "reads are regular under arbitrary last-write-wins stamps (L0)",
  {
    predicate:
      "L0: for each read, the write of the returned value began before the read ended, and no write with a larger stamp than that value ended before the read began.",
    source:
      "Lamport, On Interprocess Communication, Distributed Computing 1(2), 1986, regular registers; last write wins as in Apache Cassandra.",
  },
);
export const regular = registerChecker(
  "regular",
  "one order of writes respects real time and every read is regular in it (L1)",
  {
    predicate:
      "L1: one order of the writes of a key respects real time, and each read returns the last write before it in that order, or one that overlaps the read.",
    source:
      "Lamport, On Interprocess Communication, Distributed Computing 1(2), 1986; for several writers Shao, Welch, Pierce and Lee, SIAM J. Comput. 40(1), 2011, with one order of all writes.",
  },
);
export const linearizable: Checker<"linearizable"> = {
  ...registerChecker("linearizable", "every key behaves as one atomic register (L2)", {
    predicate:
      "L2: one order of all operations of a key respects real time, and each read returns the last write before it.",
    source:
      "Herlihy and Wing, Linearizability, TOPLAS 12(3), 1990; zones after Gibbons and Korach, Testing Shared Memories, SIAM J. Comput. 26(4), 1997.",
  }),
  workloads: ["register", "cas", "lin-kv"],
  // With compare-and-set, a value may be written twice, and then the register levels cannot decide.
  check: (model) =>
    model.run.workload === "register"
      ? registerLevel("linearizable")(model)
      : casLinearizable(model.operations),
};
