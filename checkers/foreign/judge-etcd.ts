/**
 * Judges the keys of etcd, as recorded by etcd's robustness tests. Answers have the revision of the whole store, and
 * these revisions order the answered operations. That order must respect real time, and each answer must fit its
 * revision. Among what is not judged are answers without a revision, reads of past revisions, and reads inside a
 * transaction of several operations.
 */
import { fieldOf, nameIn } from "./etcd-operations.ts";
import { Findings, type ForeignJudgement } from "./foreign-findings.ts";
import { Outcome } from "./foreign-history.ts";
import type { Operations } from "./foreign-operations.ts";
import { countOk } from "./judge-registers.ts";
import { absent, Kind } from "./value-table.ts";
import { checkTimes } from "./judge-versioned.ts";
import { brief, named } from "./foreign-messages.ts";

/** A put or delete that certainly or possibly happened. */
interface Change {
  readonly op: number;
  readonly key: string;
  /** The value that was put. `absent`: the key was deleted. */
  readonly value: number;
  /** The revision of the change. Infinity: nobody knows whether or when the change happened. */
  readonly revision: number;
}

interface Shown {
  readonly op: number;
  readonly key: string;
  /** The revision at which the key was last changed. 0: the key did not exist. */
  readonly modRevision: number;
  readonly value: number;
  /** The revision of the store at which the operation saw this state. */
  readonly revision: number;
}

interface Condition {
  readonly op: number;
  readonly key: string;
  readonly modRevision: number;
  readonly revision: number;
}

export function judgeEtcd(operations: Operations): ForeignJudgement {
  return new EtcdJudge(operations).run();
}

class EtcdJudge {
  readonly #operations: Operations;
  readonly #findings = new Findings("linearizable");
  readonly #changes: Change[] = [];
  readonly #shown: Shown[] = [];
  readonly #conditions: Condition[] = [];
  readonly #steps: { op: number; version: number; isWrite: boolean }[] = [];

  constructor(operations: Operations) {
    this.#operations = operations;
  }

  run(): ForeignJudgement {
    const { count, history } = this.#operations;
    for (let op = 0; op < count; op++)
      if (history.isOk(op)) this.#takeAnswer(op);
      else if (history.outcome[op] !== Outcome.fail) this.#takePossible(op);
    this.#steps.sort((a, b) => a.version - b.version || Number(b.isWrite) - Number(a.isWrite));
    checkTimes(this.#operations, this.#steps, (ops, why) => this.#wrong(ops, why));
    this.#checkRevisions();
    const byKey = this.#changesByKey();
    for (const one of this.#shown) this.#checkShown(one, byKey.get(one.key) ?? []);
    for (const one of this.#conditions) this.#checkCondition(one, byKey.get(one.key) ?? []);
    return this.#findings.conclude(countOk(this.#operations));
  }

  #wrong(operations: readonly number[], explanation: string, key?: string): void {
    this.#findings.found(() => ({
      explanation,
      operations,
      ...(key === undefined ? {} : { key }),
    }));
  }

  #takeAnswer(op: number): void {
    const { values, value, expected } = this.#operations;
    const request = expected[op] as number;
    const response = value[op] as number;
    this.#noteLease(request);
    const revision = Number(nameIn(values, response, "Revision") ?? NaN);
    const range = fieldOf(values, request, "Range");
    const asked = Number(nameIn(values, range, "Revision") ?? 0);
    // A read of the past, or an answer without a revision, says nothing about the present.
    if (Number.isNaN(revision) || revision <= 0 || asked > 0) return;
    const txn = fieldOf(values, request, "Txn");
    const answer = fieldOf(values, response, "Txn");
    const before = this.#changes.length;
    if (values.kindOf(txn) === Kind.map && txn !== absent) {
      const isFailure = nameIn(values, answer, "Failure") === "true";
      for (const condition of this.#list(txn, "Conditions"))
        if (!isFailure) this.#takeCondition(op, condition, revision);
      const steps = this.#list(txn, isFailure ? "OperationsOnFailure" : "OperationsOnSuccess");
      const results = this.#list(answer, "Results");
      for (const [i, step] of steps.entries())
        this.#takeStep(op, step, results[i] ?? absent, revision, steps.length === 1);
    } else if (range !== absent && values.kindOf(range) === Kind.map)
      this.#takeRange(op, range, fieldOf(values, response, "Range"), revision);
    this.#steps.push({ op, version: revision, isWrite: this.#changes.length > before });
  }

  #list(object: number, name: string): readonly number[] {
    const { values } = this.#operations;
    const list = fieldOf(values, object, name);
    return list === absent || values.kindOf(list) !== Kind.list
      ? []
      : Array.from(values.childrenOf(list));
  }

  #takeCondition(op: number, condition: number, revision: number): void {
    const { values } = this.#operations;
    const key = nameIn(values, condition, "Key");
    const modRevision = Number(nameIn(values, condition, "ExpectedRevision") ?? 0);
    const version = Number(nameIn(values, condition, "ExpectedVersion") ?? 0);
    if (key === undefined || version > 0) return;
    this.#conditions.push({ op, key, modRevision, revision });
  }

  #takeStep(op: number, step: number, result: number, revision: number, isAlone: boolean): void {
    const { values } = this.#operations;
    const type = nameIn(values, step, "Type") ?? "";
    if (type.startsWith("put")) {
      const put = fieldOf(values, step, "Put");
      const of = put === absent ? step : put;
      const key = nameIn(values, of, "Key") ?? "";
      this.#changes.push({ op, key, value: fieldOf(values, of, "Value"), revision });
    } else if (type.startsWith("delete")) {
      const deletion = fieldOf(values, step, "Delete");
      const key = nameIn(values, deletion === absent ? step : deletion, "Key") ?? "";
      if (nameIn(values, result, "Deleted") !== "0")
        this.#changes.push({ op, key, value: absent, revision });
    } else if (type.startsWith("range") && isAlone) {
      const range = fieldOf(values, step, "Range");
      this.#takeRange(op, range === absent ? step : range, result, revision);
    }
  }

  #takeRange(op: number, range: number, answer: number, revision: number): void {
    const { values } = this.#operations;
    const start = nameIn(values, range, "Start") ?? nameIn(values, range, "Key") ?? "";
    const isPrefix =
      (nameIn(values, range, "End") ?? "") !== "" || nameIn(values, range, "WithPrefix") === "true";
    const pairs = this.#list(answer, "KVs");
    for (const pair of pairs)
      this.#shown.push({
        op,
        key: nameIn(values, pair, "Key") ?? "",
        modRevision: Number(nameIn(values, pair, "ModRevision") ?? NaN),
        value: fieldOf(values, pair, "Value"),
        revision,
      });
    if (!isPrefix && pairs.length === 0)
      this.#shown.push({ op, key: start, modRevision: 0, value: absent, revision });
  }

  #takePossible(op: number): void {
    const { values, expected } = this.#operations;
    const txn = fieldOf(values, expected[op] as number, "Txn");
    const before = this.#changes.length;
    for (const name of ["OperationsOnSuccess", "OperationsOnFailure"])
      for (const step of this.#list(txn, name)) this.#takeStep(op, step, absent, Infinity, false);
    if (this.#changes.length === before) this.#noteLease(expected[op] as number);
  }

  /** Notes whether any lease was revoked: the end of a lease deletes keys that no operation names. */
  #noteLease(request: number): void {
    if (nameIn(this.#operations.values, request, "Type") === "leaseRevoke") this.#hasLeases = true;
  }

  #hasLeases = false;

  /**
   * Checks that no two operations changed the store at one revision. Also checks that there are enough indeterminate
   * operations to have made the revisions that no answer names.
   */
  #checkRevisions(): void {
    const writes = this.#steps.filter(({ isWrite }) => isWrite);
    for (let i = 1; i < writes.length; i++) {
      const [a, b] = [writes[i - 1], writes[i]];
      if (a !== undefined && b !== undefined && a.version === b.version)
        this.#wrong(
          [a.op, b.op],
          `${brief(this.#operations, a.op)} and ${brief(this.#operations, b.op)} both changed the store at revision ${a.version}`,
        );
    }
    const revisions = new Set(writes.map(({ version }) => version));
    const first = writes[0]?.version ?? 0;
    const last = this.#steps.at(-1)?.version ?? 0;
    const missing = first === 0 ? 0 : last - first + 1 - revisions.size;
    const possible = new Set(
      this.#changes.filter(({ revision }) => revision === Infinity).map(({ op }) => op),
    ).size;
    if (missing > possible && !this.#hasLeases)
      this.#findings.undecided(
        `no known operation made ${missing} of the revisions between ${first} and ${last}, and only ${possible} indeterminate operations could have made them`,
      );
  }

  #changesByKey(): Map<string, Change[]> {
    const byKey = new Map<string, Change[]>();
    for (const change of this.#changes) {
      const of = byKey.get(change.key);
      if (of === undefined) byKey.set(change.key, [change]);
      else of.push(change);
    }
    for (const of of byKey.values()) of.sort((a, b) => a.revision - b.revision);
    return byKey;
  }

  #checkShown({ op, key, modRevision, value, revision }: Shown, changes: readonly Change[]): void {
    const { start, end } = this.#operations;
    const read = named(this.#operations, op);
    const known = changes.findLast((change) => change.revision <= revision && change.op !== op);
    const isPossible = (test: (change: Change) => boolean): boolean =>
      changes.some(
        (change) =>
          change.revision === Infinity &&
          test(change) &&
          (start[change.op] as number) < (end[op] as number),
      );
    if (modRevision === 0) {
      const wasDeleted = isPossible((change) => change.value === absent) || this.#hasLeases;
      if (known !== undefined && known.value !== absent && !wasDeleted)
        this.#wrong(
          [known.op, op],
          `${read} did not find ${key} at revision ${revision}, although ${key} had been put at revision ${known.revision}`,
          key,
        );
      return;
    }
    if (known !== undefined && known.revision > modRevision) {
      this.#wrong(
        [known.op, op],
        `${read} shows ${key} as of revision ${modRevision}, although ${key} had been changed at revision ${known.revision} and the answer is of revision ${revision}`,
        key,
      );
      return;
    }
    const writer = changes.find((change) => change.revision === modRevision);
    if (writer !== undefined) {
      if (writer.value !== value)
        this.#wrong(
          [writer.op, op],
          `${read} shows another value of ${key} than was put at revision ${modRevision}`,
          key,
        );
      return;
    }
    const first = this.#steps.find(({ isWrite }) => isWrite)?.version ?? Infinity;
    if (modRevision >= first && !isPossible((change) => change.value === value))
      this.#wrong(
        [op],
        `${read} shows a value of ${key} at revision ${modRevision} that no write can have put there`,
        key,
      );
  }

  #checkCondition({ op, key, modRevision, revision }: Condition, changes: readonly Change[]): void {
    const known = changes.findLast((change) => change.revision < revision);
    if (known === undefined || known.revision <= modRevision) return;
    if (modRevision === 0 && known.value === absent) return;
    if (
      modRevision === 0 &&
      (this.#hasLeases ||
        changes.some((change) => change.revision === Infinity && change.value === absent))
    )
      return;
    this.#wrong(
      [known.op, op],
      `${named(this.#operations, op)} succeeded on the condition that ${key} was last changed at revision ${modRevision}, although ${key} had been changed at revision ${known.revision}`,
      key,
    );
  }
}
