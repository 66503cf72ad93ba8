/**
 * siblings-1, 2, 3, 4, 5, 7 and no-resurrection for siblings: what each read that returned a set of siblings may and
 * must contain. Each rule judges one read in its own function. This file runs them over all reads.
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

/** A key as the rules see it. */
export interface SiblingKey {
  readonly model: Model;
  readonly key: Key;
  readonly operations: readonly Operation[];
  readonly writers: Writers;
  readonly superseded: Superseded;
  readonly possiblySuperseded: Superseded;
}

/** A read with the writers of its result. no-thin-air reports values without a writer. */
export interface SiblingRead {
  readonly read: Operation;
  readonly members: readonly Operation[];
  /** Whether every returned version has a known writer. */
  readonly known: boolean;
}

export interface Broken {
  /** Continues "read 17 of k0 by c2 returned v3, v4, ". */
  readonly although: string;
  /** Further operations, beside the read itself. */
  readonly operations: readonly number[];
  /** Causes according to evidence, beside the replies. */
  readonly because?: readonly string[];
}

export interface SiblingRule {
  readonly guarantee: string;
  /**
   * Whether the rule holds only for reads that see every acknowledged write: under strict quorums, or in the final
   * phase.
   */
  readonly needsQuorum: boolean;
  /** For a rule that finds lost writes: explains how a read breaks it, given the write that it misses. */
  readonly explainLost?: (model: Model, read: SiblingRead, lost: Operation) => Broken;
  /** Prepares judging a key's reads. The result returns a proof that a read breaks the rule, or null. */
  on(of: SiblingKey): (read: SiblingRead) => Broken | null;
}

/** The checker of one rule. */
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
    // A claimed rule is judged for every read, whatever the quorums are.
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
          // More anomalies are not kept, so their sentences, which take time, are not made.
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

/** The operations that wrote what this read returned. */
function membersOf({ columns: { table, authors, views } }: Model, row: number): Operation[] {
  const members: Operation[] = [];
  const first = table.firstVersion[row] as number;
  for (let at = first; at < first + (table.versionCount[row] as number); at++) {
    const writer = authors.of(table.version[at] as number, table.versionValue[at] as number);
    if (writer >= 0) members.push(views.at(writer));
  }
  return members;
}

/** Whether R + W > N for the smallest R and W of any operation. */
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
