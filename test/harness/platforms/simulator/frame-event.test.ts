import fc from "fast-check";
import { expect, test } from "vitest";
import type { FrameSummary } from "../../../../checkers/index.ts";
import { frameEvent } from "../../../../harness/platforms/simulator/frame-event.ts";
import { describeFrame, type Message } from "../../../../store/index.ts";

const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined });
const drop = (object: object): Message =>
  Object.fromEntries(
    Object.entries(object).filter(([, value]) => value !== undefined),
  ) as unknown as Message;

const state = fc.oneof(
  fc.record({ kind: fc.constant("stamped"), stamp: fc.string(), value: fc.option(fc.string()) }),
  fc.record({
    kind: fc.constant("siblings"),
    siblings: fc.array(fc.record({ dot: fc.string(), value: fc.string() })),
    context: fc.dictionary(fc.string(), fc.nat()),
  }),
);
const common = { id: fc.nat(), key: fc.string(), trace: optional(fc.nat()) };
const message: fc.Arbitrary<Message> = fc
  .oneof(
    fc.record({ type: fc.constant("get"), id: fc.nat(), key: fc.string(), r: optional(fc.nat()) }),
    fc.record({
      type: fc.constant("put"),
      id: fc.nat(),
      key: fc.string(),
      value: fc.string(),
      w: optional(fc.nat()),
    }),
    fc.record({
      type: fc.constant("got"),
      id: fc.nat(),
      key: fc.string(),
      state: fc.option(state),
    }),
    fc.record({
      type: fc.constant("stored"),
      id: fc.nat(),
      key: fc.string(),
      version: fc.string(),
    }),
    fc.record({
      type: fc.constant("error"),
      id: fc.nat(),
      code: fc.constant("timeout"),
      message: fc.string(),
    }),
    fc.record({
      type: fc.constant("replica-put"),
      ...common,
      state,
      cause: fc.constantFrom("write", "read-repair"),
    }),
    fc.record({ type: fc.constantFrom("replica-get", "replica-stored"), ...common }),
    fc.record({ type: fc.constant("replica-got"), ...common, state: fc.option(state) }),
    fc.record({
      type: fc.constant("leaf-differs"),
      id: fc.nat(),
      range: fc.string(),
      states: fc.constant([]),
      wanted: fc.array(fc.string()),
    }),
    fc.record({ type: fc.constant("inspect"), id: fc.nat() }),
  )
  .map(drop);

test("a frame's event is its summary laid flat, keys in one order, for every message of the store", () => {
  fc.assert(
    fc.property(message, fc.constantFrom("sent" as const, "received" as const), (frame, e) => {
      const summary: FrameSummary | null = describeFrame(frame);
      if (summary === null) return;
      expect(JSON.stringify(frameEvent(e, 5, "n1", 2, 3, "n2", summary))).toBe(
        JSON.stringify({ e, atUs: 5, node: "n1", boot: 2, seq: 3, peer: "n2", ...summary }),
      );
    }),
    { numRuns: 500 },
  );
});
