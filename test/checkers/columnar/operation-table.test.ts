import { describe, expect, test } from "vitest";
import { OperationTable } from "../../../checkers/columnar/operation-table.ts";
import { OperationViews } from "../../../checkers/columnar/operation-view.ts";
import { modelOf } from "../../../checkers/model/model.ts";
import { of, run, Scenario, tombstone } from "../support.ts";
import type { HistoryEvent } from "../../../checkers/index.ts";

const invoke = (
  op: number,
  more: Partial<Extract<HistoryEvent, { e: "invoke" }>> = {},
): HistoryEvent => ({
  e: "invoke",
  atUs: 5,
  op,
  client: "c1",
  process: 1,
  node: "n1",
  f: "read",
  key: "k0",
  ...more,
});

describe("OperationTable", () => {
  test("finds rows by op, however large ops are and in whatever order they come", () => {
    const table = new OperationTable();
    const ops = [
      5_000,
      0,
      63,
      64,
      2 ** 24,
      2 ** 24 - 1,
      9_007_199_254_740_991,
      1_023,
      1_024,
      70_000,
      ...Array.from({ length: 5_000 }, (_, i) => 100_000 + i),
      1,
      2,
      20_000,
      65_535,
    ];
    for (const op of ops) table.add(invoke(op));
    expect(ops.map((op) => table.rowOf(op))).toEqual([...ops.keys()]);
    for (const op of [3, 65, 4_999, 5_001, 99_999, 2 ** 24 + 1, 2 ** 24 - 2, 1e15, 21_000])
      expect(table.rowOf(op), String(op)).toBe(-1);
    expect(() => table.add(invoke(5_000))).toThrow(
      "expected an op number that was not used before, got op 5000 again",
    );
    expect(() => table.add(invoke(9_007_199_254_740_991))).toThrow("repeated-operation");
  });

  test("ops that came before the array grew over them stay found", () => {
    const table = new OperationTable();
    const ops = [16 * 64, 16 * 64 + 40, ...Array.from({ length: 200 }, (_, i) => i), 3_000, 40_000];
    for (const op of ops) table.add(invoke(op));
    expect(ops.map((op) => table.rowOf(op))).toEqual([...ops.keys()]);
    expect([16 * 64 + 1, 16 * 64 - 1, 2_999, 3_001, 39_999].map((op) => table.rowOf(op))).toEqual([
      -1, -1, -1, -1, -1,
    ]);
  });

  test("a completion belongs to an open operation, and is not before its invocation", () => {
    const table = new OperationTable();
    table.add(invoke(7));
    expect(() => table.add({ e: "ok", atUs: 4, op: 7, versions: [] })).toThrow(
      "history: expected the completion of op 7 at 5 µs, its start, or later, got 4 (time-runs-backwards); all times of a history come from one monotonic clock",
    );
    expect(() => table.add({ e: "ok", atUs: 9, op: 8, versions: [] })).toThrow(
      "history: expected an operation that was invoked and is still open, got ok of op 8, which is not open (no-open-operation); each ok, fail or info completes one invoke that came before it",
    );
    table.add({ e: "ok", atUs: 5, op: 7, versions: [] });
    expect(() => table.add({ e: "info", atUs: 9, op: 7, code: "timeout" })).toThrow(
      "history: expected an operation that was invoked and is still open, got info of op 7, which is not open (no-open-operation); each ok, fail or info completes one invoke that came before it",
    );
    table.add(run);
    expect(table.count).toBe(1);
  });

  test("hundreds of rows, versions and contexts, each as it was given", () => {
    const table = new OperationTable();
    const size = 300;
    for (let op = 0; op < size; op++)
      table.add(
        invoke(op, {
          f: op % 3 === 0 ? "write" : op % 3 === 1 ? "read" : "delete",
          ...(op % 3 === 0 ? { value: `v${op}` } : {}),
          ...(op % 2 === 0 ? { r: op % 5 } : {}),
          ...(op % 7 === 0 ? { w: 0 } : {}),
        }),
      );
    for (let op = 0; op < size; op++) {
      const versions = Array.from({ length: op % 4 }, (_, i) => ({
        version: `${op}:${i}`,
        value: i === 2 ? null : `v${op}.${i}`,
      }));
      table.add({
        e: "ok",
        atUs: 10 + op,
        op,
        versions,
        ...(op % 5 === 0
          ? {}
          : {
              context: Object.fromEntries(
                Array.from({ length: op % 5 }, (_, i) => [`a${i}`, op + i]),
              ),
            }),
      });
    }
    for (const view of new OperationViews(table).list()) {
      const { op } = view;
      expect([view.f, view.value, view.r, view.w, view.endUs], String(op)).toEqual([
        op % 3 === 0 ? "write" : op % 3 === 1 ? "read" : "delete",
        op % 3 === 0 ? `v${op}` : op % 3 === 1 ? undefined : null,
        op % 2 === 0 ? op % 5 : undefined,
        op % 7 === 0 ? 0 : undefined,
        10 + op,
      ]);
      expect(view.versions).toEqual(
        Array.from({ length: op % 4 }, (_, i) => ({
          version: `${op}:${i}`,
          value: i === 2 ? null : `v${op}.${i}`,
        })),
      );
      expect(view.context).toEqual(
        op % 5 === 0
          ? undefined
          : Object.fromEntries(Array.from({ length: op % 5 }, (_, i) => [`a${i}`, op + i])),
      );
    }
  });

  test("a value that only a write has, and what few operations have", () => {
    const table = new OperationTable();
    table.add(invoke(0, { value: "stray" }));
    table.add(invoke(1, { f: "write" }));
    table.add(invoke(2, { f: "delete", value: "stray", pr: 1 }));
    table.add(invoke(3, { f: "write", value: "v1", dw: 0, pw: 2 }));
    const views = new OperationViews(table);
    expect(views.list().map(({ value, pr, pw, dw }) => [value, pr, pw, dw])).toEqual([
      [undefined, undefined, undefined, undefined],
      [undefined, undefined, undefined, undefined],
      [null, 1, undefined, undefined],
      ["v1", undefined, 2, 0],
    ]);
    expect([...table.further.keys()]).toEqual([2, 3]);
    expect(views.at(1)).toBe(views.at(1));
    expect(table.values.count).toBe(1);
  });
});

test("a model's operations and keys are made once", () => {
  const scenario = new Scenario();
  scenario.write("v1", 0, 1);
  scenario.read([of("v1"), tombstone("0002")], 2, 3);
  const model = modelOf(scenario.events());
  expect(model.operations).toBe(model.operations);
  expect(model.keys).toBe(model.keys);
  expect(model.writers("k0")).toBe(model.writers("k0"));
  expect(model.operation.get(1)).toBe(model.operations[1]);
  expect(model.operation.get(2)).toBeUndefined();
});
