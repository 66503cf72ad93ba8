/** Histories of etcd's robustness tests, judged by the store's revisions. */
import { describe, expect, test } from "vitest";
import { type ForeignJudgement, judgeForeign, readForeign } from "../../../checkers/index.ts";

type Json = Readonly<Record<string, unknown>>;

/** A request that began at `call`. A response of null means that it timed out. */
const operation = (call: number, input: Json, output: Json | null, client = 0): string =>
  JSON.stringify({
    ClientId: client,
    Input: input,
    Call: call,
    Output: output ?? { Error: "context deadline exceeded", Revision: 0 },
    Return: output === null ? 9_000 : call + 10,
  });

const response = (revision: number, more: Json): Json => ({
  Txn: null,
  Range: null,
  LeaseGrant: null,
  ClientError: "",
  Revision: revision,
  Error: "",
  ...more,
});

/** The steps of a transaction in the present format, in which each step has all fields. */
const step = (type: string, more: Json): Json => ({
  Type: `${type}-operation`,
  Range: { Start: "", End: "", Limit: 0 },
  Put: { Key: "", Value: {}, LeaseID: 0 },
  Delete: { Key: "" },
  ...more,
});
const putStep = (key: string, value: string): Json =>
  step("put", { Put: { Key: key, Value: { Value: value }, LeaseID: 0 } });
const deleteStep = (key: string): Json => step("delete", { Delete: { Key: key } });
const rangeStep = (key: string): Json =>
  step("range", { Range: { Start: key, End: "", Limit: 0 } });

const pair = (key: string, value: string, modRevision: number): Json => ({
  Key: key,
  Value: { Value: value },
  ModRevision: modRevision,
  Version: 1,
});

interface Txn {
  readonly conditions?: readonly Json[];
  readonly steps: readonly Json[];
  readonly otherwise?: readonly Json[];
}

const txn = (call: number, { conditions, steps, otherwise }: Txn, output: Json | null): string =>
  operation(
    call,
    {
      Type: "txn",
      Txn: {
        Conditions: conditions ?? null,
        OperationsOnSuccess: steps,
        OperationsOnFailure: otherwise ?? null,
      },
    },
    output,
  );
const answered = (revision: number, results: readonly Json[] = [{}], isFailure = false): Json =>
  response(revision, { Txn: { Failure: isFailure, Results: results } });

/** A put with revision 0 timed out. */
const put = (call: number, key: string, value: string, revision: number): string =>
  txn(call, { steps: [putStep(key, value)] }, revision === 0 ? null : answered(revision));
const remove = (call: number, key: string, revision: number, deleted = 1): string =>
  txn(
    call,
    { steps: [deleteStep(key)] },
    revision === 0 ? null : answered(revision, [{ Deleted: deleted }]),
  );
const range = (call: number, asked: Json, pairs: readonly Json[], revision: number): string =>
  operation(
    call,
    { Type: "range", Range: { Start: "", End: "", Limit: 0, Revision: 0, ...asked } },
    response(revision, { Range: { KVs: pairs, Count: pairs.length } }),
    1,
  );
const get = (call: number, key: string, pairs: readonly Json[], revision: number): string =>
  range(call, { Start: key }, pairs, revision);
/** A transaction that puts the value under the condition, and else runs the steps of `otherwise`. */
const putIf = (
  call: number,
  [key, value]: readonly [string, string],
  condition: Json,
  output: Json | null,
  otherwise: readonly Json[] = [],
): string =>
  txn(call, { conditions: [condition], steps: [putStep(key, value)], otherwise }, output);
const expects = (key: string, revision: number): Json => ({
  Key: key,
  ExpectedRevision: revision,
});
const revoke = (call: number, revision: number): string =>
  operation(
    call,
    { Type: "leaseRevoke", LeaseRevoke: { LeaseID: 7 } },
    revision === 0 ? null : response(revision, {}),
    2,
  );

function judgementOf(...lines: readonly string[]): ForeignJudgement {
  const result = judgeForeign(readForeign(lines.join("\n")));
  expect(result.model).toBe("etcd");
  return result.judgement;
}
/** The verdict, or the sentences about what is wrong. */
function said(...lines: readonly string[]): string {
  const { verdict, reason, anomalies } = judgementOf(...lines);
  return [
    verdict,
    ...anomalies.map(({ explanation }) => explanation),
    ...(reason === undefined ? [] : [reason]),
  ].join("\n");
}

describe("a read of an etcd key", () => {
  const two = [put(0, "a", "1", 2), put(20, "a", "2", 3)];

  test("shows the newest value, or that the key was never put", () => {
    expect(said(...two, get(40, "a", [pair("a", "2", 3)], 3))).toBe("valid");
    expect(said(...two, get(40, "b", [], 3))).toBe("valid");
    expect(judgementOf(...two, get(40, "b", [], 3)).judged).toBe(3);
  });

  test("must not show an older value at a newer revision", () => {
    const judgement = judgementOf(...two, get(40, "a", [pair("a", "1", 2)], 3));
    expect(judgement.anomalies).toEqual([
      {
        guarantee: "linearizable",
        explanation:
          "the etcd by process 1 (line 3) shows a as of revision 2, although a had been changed at revision 3 and the answer is of revision 3",
        operations: [1, 2],
        key: "a",
      },
    ]);
  });

  test("shows the newest of two puts that overlapped, whichever began first", () => {
    const overlapping = [put(0, "a", "1", 3), put(1, "a", "2", 2)];
    expect(said(...overlapping, get(40, "a", [pair("a", "1", 3)], 3))).toBe("valid");
    expect(said(...overlapping, get(40, "a", [pair("a", "2", 2)], 3))).toMatch(
      /shows a as of revision 2, although a had been changed at revision 3/,
    );
  });

  test("that shows what nobody put is itself the proof", () => {
    const { anomalies } = judgementOf(...two, get(40, "a", [pair("a", "9", 7)], 7));
    expect(anomalies.map(({ operations }) => operations)).toEqual([[2]]);
  });

  test("must not come from the past, unless the past was asked for", () => {
    const old = [pair("a", "1", 2)];
    expect(said(...two, get(40, "a", old, 2))).toMatch(
      /\(line 3\) has version 2, though .*\(line 2\), which has version 3, had ended before .* began$/,
    );
    expect(said(...two, range(40, { Start: "a", Revision: 2 }, old, 2))).toBe("valid");
  });

  test("must show the value that was put at its revision", () => {
    expect(said(...two, get(40, "a", [pair("a", "9", 3)], 3))).toMatch(
      /shows another value of a than was put at revision 3$/,
    );
  });

  test("must find what was put and not deleted", () => {
    expect(said(...two, get(40, "a", [], 3))).toMatch(
      /did not find a at revision 3, although a had been put at revision 3$/,
    );
    expect(said(...two, remove(40, "a", 4), get(60, "a", [], 4))).toBe("valid");
    // A delete without an answer may have happened, but not if it began after the read.
    expect(said(...two, remove(40, "a", 0), get(60, "a", [], 3))).toBe("valid");
    expect(said(...two, get(40, "a", [], 3), remove(60, "a", 0))).toMatch(/^invalid/);
    // A delete of another key, and a put without an answer, explain nothing.
    expect(said(...two, remove(40, "b", 0), get(60, "a", [], 3))).toMatch(/^invalid/);
    expect(said(...two, put(40, "a", "3", 0), get(60, "a", [], 3))).toMatch(/^invalid/);
  });

  test("of several keys shows each that it found, and says nothing of others", () => {
    const all = [put(0, "a", "1", 2), put(20, "b", "2", 3)];
    const both = [pair("a", "1", 2), pair("b", "2", 3)];
    expect(said(...all, range(40, { Start: "a", End: "z" }, both, 3))).toBe("valid");
    expect(said(...all, range(40, { Start: "a", End: "z" }, [both[0] as Json], 3))).toBe("valid");
    // Nothing found from "a" to "z" is not a read of the key "a".
    expect(said(...all, range(40, { Start: "a", End: "z" }, [], 3))).toBe("valid");
    expect(said(...all, range(40, { Key: "a", Start: undefined, WithPrefix: true }, [], 3))).toBe(
      "valid",
    );
    expect(said(...all, range(40, { Key: "a", Start: undefined }, [], 3))).toMatch(
      /did not find a/,
    );
    expect(said(...all, range(40, { Start: "a", End: "z" }, [pair("b", "1", 2)], 3))).toMatch(
      /shows b as of revision 2, although b had been changed at revision 3/,
    );
  });

  test("says nothing if its answer has no revision", () => {
    expect(said(...two, get(40, "a", [pair("a", "1", 2)], 0))).toBe("valid");
    const bare = operation(40, { Type: "range", Range: { Start: "a" } }, { Error: "" });
    expect(said(...two, bare)).toBe("valid");
  });

  test("may show what a put without an answer wrote, if it began in time", () => {
    const one = put(0, "a", "1", 2);
    const shown = [pair("a", "2", 3)];
    expect(said(one, put(20, "a", "2", 0), get(40, "a", shown, 3))).toBe("valid");
    expect(said(one, put(20, "a", "3", 0), get(40, "a", shown, 3))).toMatch(
      /shows a value of a at revision 3 that no write can have put there$/,
    );
    expect(said(one, get(40, "a", shown, 3), put(60, "a", "2", 0))).toMatch(
      /that no write can have put there$/,
    );
  });

  test("may show what was put before the history began", () => {
    const later = put(0, "b", "1", 7);
    expect(said(later, get(20, "a", [pair("a", "old", 5)], 7))).toBe("valid");
    expect(said(get(20, "a", [pair("a", "old", 5)], 7))).toBe("valid");
    expect(said(later, put(20, "b", "2", 8), get(40, "a", [pair("a", "new", 7)], 8))).toMatch(
      /shows a value of a at revision 7 that no write can have put there$/,
    );
  });
});

describe("revisions of an etcd store", () => {
  test("belong to one change each", () => {
    expect(said(put(0, "a", "1", 2), put(20, "b", "2", 2))).toMatch(/both changed the store at/);
    const at = (call: number): string => put(call, "a", String(call), 2);
    // Concurrent puts, so that only the revision tells.
    expect(said(at(0), at(1))).toMatch(
      /^invalid\netcd by .*\(line 1\) and etcd by .*\(line 2\) both changed the store at revision 2$/,
    );
    // A delete that found nothing changes nothing.
    expect(said(put(0, "a", "1", 2), remove(20, "b", 2, 0))).toBe("valid");
    expect(said(put(0, "a", "1", 2), remove(5, "b", 2, 1))).toMatch(/both changed the store/);
  });

  test("grow with real time", () => {
    expect(said(put(0, "a", "1", 3), put(20, "b", "2", 2))).toMatch(/has version 2, though/);
  });

  test("that nobody names must be those of operations without an answer", () => {
    const apart = [put(0, "a", "1", 2), put(20, "a", "2", 5)];
    expect(said(...apart)).toBe(
      "unknown\nno known operation made 2 of the revisions between 2 and 5, and only 0 indeterminate operations could have made them",
    );
    expect(said(...apart, put(10, "c", "1", 0))).toMatch(/and only 1 indeterminate/);
    expect(said(...apart, put(10, "c", "1", 0), put(11, "c", "2", 0))).toBe("valid");
    // A transaction of two puts is one operation, and makes one revision.
    const pairOfPuts = txn(10, { steps: [putStep("c", "1"), putStep("d", "1")] }, null);
    expect(said(...apart, pairOfPuts)).toMatch(/and only 1 indeterminate/);
    // The end of a lease deletes keys in no operation's name.
    expect(said(...apart, revoke(10, 3))).toBe("valid");
    expect(said(...apart, revoke(10, 0))).toBe("valid");
  });

  test("of a transaction are those of all its steps", () => {
    const both = txn(0, { steps: [putStep("a", "1"), putStep("b", "2")] }, answered(2, [{}, {}]));
    expect(said(both, get(20, "b", [pair("b", "2", 2)], 2))).toBe("valid");
    expect(said(both, get(20, "b", [], 2))).toMatch(/did not find b/);
    const result = [{ KVs: [pair("a", "9", 2)] }];
    const read = txn(20, { steps: [rangeStep("a")] }, answered(2, result));
    expect(said(both, read)).toMatch(/shows another value of a/);
    // Beside a put, a read in the same transaction may come before or after it.
    const mixed = txn(
      20,
      { steps: [putStep("a", "3"), rangeStep("a")] },
      answered(3, [{}, { KVs: [pair("a", "1", 2)] }]),
    );
    expect(said(both, mixed)).toBe("valid");
  });

  test("are read from the older format too, in which steps have no parts", () => {
    const flat = (call: number, one: Json, revision: number, result: Json = {}): string =>
      txn(call, { steps: [one] }, answered(revision, [result]));
    const old = flat(0, { Type: "put", Key: "a", Value: { Value: "1" } }, 2);
    const readOld = (pairs: readonly Json[]): string =>
      flat(40, { Type: "range", Key: "a" }, 3, { KVs: pairs });
    const gone = flat(20, { Type: "delete", Key: "a" }, 3, { Deleted: 1 });
    expect(said(old, gone, readOld([]))).toBe("valid");
    expect(said(old, gone, readOld([pair("a", "1", 2)]))).toMatch(
      /shows a as of revision 2, although a had been changed at revision 3/,
    );
    const again = flat(20, { Type: "put", Key: "b", Value: { Value: "1" } }, 3);
    expect(said(old, again, readOld([]))).toMatch(/did not find a/);
  });
});

describe("a transaction of etcd with a condition", () => {
  const two = [put(0, "a", "1", 2), put(20, "a", "2", 3)];

  test("succeeds only if its key was last changed at that revision", () => {
    expect(said(...two, putIf(40, ["a", "3"], expects("a", 3), answered(4)))).toBe("valid");
    expect(said(...two, putIf(40, ["a", "3"], expects("a", 2), answered(4)))).toMatch(
      /succeeded on the condition that a was last changed at revision 2, although a had been changed at revision 3$/,
    );
    expect(said(...two, putIf(40, ["b", "1"], expects("a", 2), answered(4)))).toMatch(/^invalid/);
    // Its own change does not count against it.
    expect(said(put(0, "b", "1", 2), putIf(20, ["a", "1"], expects("a", 0), answered(3)))).toBe(
      "valid",
    );
  });

  test("that a key does not exist holds after a delete, or what may have been one", () => {
    const absent = (call: number, revision: number): string =>
      putIf(call, ["a", "3"], expects("a", 0), answered(revision));
    expect(said(...two, absent(40, 4))).toMatch(
      /last changed at revision 0, although \w+ had been/,
    );
    expect(said(...two, remove(40, "a", 4), absent(60, 5))).toBe("valid");
    expect(said(...two, remove(40, "a", 0), absent(60, 5))).toBe("valid");
    expect(said(...two, put(40, "a", "9", 0), absent(60, 5))).toMatch(/^invalid/);
    expect(said(...two, revoke(40, 4), absent(60, 5))).toBe("valid");
    // An existing revision is no matter of leases.
    expect(
      said(...two, revoke(40, 4), putIf(60, ["a", "3"], expects("a", 2), answered(5))),
    ).toMatch(/^invalid/);
  });

  test("is not judged by a condition on a version, or on no key", () => {
    const version = { Key: "a", ExpectedVersion: 1, ExpectedRevision: 0 };
    expect(said(...two, putIf(40, ["a", "3"], version, answered(4)))).toBe("valid");
    expect(said(...two, putIf(40, ["a", "3"], { ExpectedRevision: 2 }, answered(4)))).toBe("valid");
  });

  test("does its other steps if the condition fails, and the condition proves nothing", () => {
    const otherwise = [putStep("b", "9")];
    const failed = putIf(40, ["a", "3"], expects("a", 2), answered(4, [{}], true), otherwise);
    expect(said(...two, failed, get(60, "a", [pair("a", "2", 3)], 4))).toBe("valid");
    expect(said(...two, failed, get(60, "b", [pair("b", "9", 4)], 4))).toBe("valid");
    expect(said(...two, failed, get(60, "b", [], 4))).toMatch(/did not find b/);
    expect(said(...two, failed, get(60, "a", [pair("a", "3", 4)], 4))).toMatch(/^invalid/);
    // Without an answer, either may have happened.
    const open = putIf(40, ["a", "3"], expects("a", 3), null, otherwise);
    expect(said(...two, open, get(60, "b", [pair("b", "9", 4)], 4))).toBe("valid");
    expect(said(...two, open, get(60, "a", [pair("a", "3", 4)], 4))).toBe("valid");
    expect(said(...two, open, get(60, "a", [pair("a", "7", 4)], 4))).toMatch(/^invalid/);
  });
});

describe("what etcd refused", () => {
  test("did not happen", () => {
    const refused = operation(
      20,
      { Type: "txn", Txn: { Conditions: null, OperationsOnSuccess: [putStep("a", "2")] } },
      response(2, { ClientError: "etcdserver: mvcc: required revision has been compacted" }),
    );
    const one = put(0, "a", "1", 2);
    expect(said(one, refused, get(40, "a", [pair("a", "1", 2)], 2))).toBe("valid");
    expect(said(one, refused, get(40, "a", [pair("a", "2", 3)], 3))).toMatch(/^invalid/);
  });
});
