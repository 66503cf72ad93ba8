/**
 * Runs the rules for siblings over all reads: siblings-1, 2, 3, 4, 5 and 7, and no-resurrection. A rule says what one
 * read may and must return.
 */
import { anomaliesKept, conclude } from "../conclude.ts";
import { faultsOver, repliesOf } from "../messages/because.ts";
import { named, returned } from "../messages/operation-messages.ts";
import { type Superseded, supersededOf } from "../model/superseded.ts";
import { isOk, isRead } from "../columnar/operation-table.ts";
import type { Model } from "../model/model.ts";
import type { Operation } from "../columnar/operation.ts";
import type { Checker, Definition } from "../model/checker.ts";
import type { Key } from "../language/history.ts";
import type { Anomaly, Judgement } from "../language/verdict.ts";
import { type LostWrite, provable, provenOf } from "./sound-keys.ts";
import type { Writers } from "../model/writers.ts";

/**
 * What a rule knows about a key: its operations, their writers, and what each write superseded, certainly or possibly.
 */
export interface SiblingKey {
  readonly model: Model;
  readonly key: Key;
  readonly operations: readonly Operation[];
  readonly writers: Writers;
  readonly superseded: Superseded;
  readonly possiblySuperseded: Superseded;
}

/** A read with the writes of the versions that it returned. Versions without a known writer are left out. */
export interface SiblingRead {
  readonly read: Operation;
  readonly members: readonly Operation[];
  /** Whether each returned version has a known writer. */
  readonly known: boolean;
}

export interface Broken {
  /** A clause that continues "read 17 of k0 by c2 returned v3, v4, ". */
  readonly although: string;
  /** The numbers of further operations that prove the anomaly. The read itself is not among them. */
  readonly operations: readonly number[];
  /** Sentences about causes according to evidence. The replies to the read are not among them. */
  readonly because?: readonly string[];
}

export interface SiblingRule {
  readonly guarantee: string;
  /**
   * True if the rule holds only for reads that must see every acknowledged write: all reads if R + W > N or if the user
   * claims the rule, otherwise those of the final phase.
   */
  readonly needsQuorum: boolean;
  /** Explains how a read breaks the rule by missing the write `lost`. Absent: the rule does not find lost writes. */
  readonly explainLost?: (model: Model, read: SiblingRead, lost: Operation) => Broken;
  /**
   * Prepares to judge the reads of a key. Returns a function that explains how a read breaks the rule, or returns null
   * if it does not.
   */
  on(of: SiblingKey): (read: SiblingRead) => Broken | null;
}

/** A checker for the siblings that reads return, by one rule. */
export const siblingChecker = <Name extends string>(
  rule: SiblingRule & Definition & { readonly guarantee: Name; readonly meaning: string },
): Checker<Name> => ({
  name: rule.guarantee,
  meaning: rule.meaning,
  predicate: rule.predicate,
  source: rule.source,
  needs: ["siblings"],
  workloads: ["siblings"],
  check: siblingRule(rule),
});

export const siblingRule =
  (rule: SiblingRule) =>
  (model: Model): Judgement => {
    const { table, rows, views } = model.columns;
    // If the user claims the rule, every read is judged, whatever the quorums are.
    const meet = quorumsOverlap(model) || model.run.claimed.includes(rule.guarantee);
    const strict = !rule.needsQuorum || meet;
    const anomalies: Anomaly[] = [];
    let judged = 0;
    const proven = provenOf(model, meet);
    let unexplained = 0;
    const bit = (provable as Readonly<Record<string, number>>)[rule.guarantee] ?? 0;
    const isJudged = (row: number): boolean =>
      table.f[row] === isRead && table.outcome[row] === isOk && (strict || table.final[row] === 1);
    for (const number of rows.keys) {
      const isSound = ((proven.rules[number] as number) & bit) !== 0;
      const lost = rule.explainLost === undefined ? undefined : proven.lost.get(number);
      if (isSound || lost !== undefined) {
        judged += (strict ? proven.reads : proven.finalReads)[number] as number;
        for (const one of isSound ? [] : (lost ?? [])) {
          // Anomalies beyond this number are not kept, so no time is spent on their sentences.
          if (anomalies.length >= anomaliesKept) unexplained++;
          else anomalies.push(lostAnomaly(model, rule, one));
        }
        continue;
      }
      const key = table.keys.textOf(number);
      const operations = views.list(rows.of(number));
      const writers = model.writers(key);
      const of: SiblingKey = {
        model,
        key,
        operations,
        writers,
        superseded: supersededOf(model, key, "certain"),
        possiblySuperseded: supersededOf(model, key, "possible"),
      };
      const judge = rule.on(of);
      for (const row of rows.of(number)) {
        if (!isJudged(row)) continue;
        judged++;
        const one = siblingRead(model, row);
        const broken = judge(one);
        if (broken !== null) anomalies.push(anomalyOf(model, rule.guarantee, one.read, broken));
      }
    }
    return conclude({ anomalies, unexplained, judged });
  };

function siblingRead(model: Model, row: number): SiblingRead {
  const { table, views } = model.columns;
  const members = membersOf(model, row);
  return { read: views.at(row), members, known: members.length === table.versionCount[row] };
}

function lostAnomaly(model: Model, rule: SiblingRule, { read: row, lost }: LostWrite): Anomaly {
  const read = siblingRead(model, row);
  const broken = rule.explainLost?.(model, read, model.columns.views.at(lost));
  if (broken === undefined) throw new Error(`${rule.guarantee} finds no lost writes`);
  return anomalyOf(model, rule.guarantee, read.read, broken);
}

/** The operations that wrote the versions which this read returned. Versions without a known writer are left out. */
function membersOf({ columns: { table, authors, views } }: Model, row: number): Operation[] {
  const members: Operation[] = [];
  const first = table.firstVersion[row] as number;
  for (let at = first; at < first + (table.versionCount[row] as number); at++) {
    const writer = authors.of(table.version[at] as number, table.versionValue[at] as number);
    if (writer >= 0) members.push(views.at(writer));
  }
  return members;
}

/** Whether R + W > N holds for the smallest R of any read and the smallest W of any write. */
function quorumsOverlap({ run, columns: { table } }: Model): boolean {
  if (!run.has.has("quorums")) return false;
  let { r, w } = run;
  for (const [row, own] of table.r) if (table.f[row] === isRead) r = Math.min(r, own);
  for (const [row, own] of table.w) if (table.f[row] !== isRead) w = Math.min(w, own);
  return r + w > run.n;
}

function anomalyOf(
  model: Model,
  guarantee: string,
  read: Operation,
  { although, operations, because: cause = [] }: Broken,
): Anomaly {
  const because = [
    ...cause,
    ...repliesOf(model, read),
    ...faultsOver(model, read.key, read.startUs, read.endUs),
  ];
  return {
    guarantee,
    explanation: `${named(read)} returned ${returned(read.versions)}, ${although}`,
    operations: [...operations, read.op].slice(0, 5),
    key: read.key,
    atUs: read.endUs,
    ...(because.length === 0 ? {} : { because }),
  };
}
