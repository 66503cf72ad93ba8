import fc from "fast-check";
import { expect, test } from "vitest";
import type { Message, State } from "../../../store/index.ts";
import { textOf } from "../../../store/protocol/plain-text.ts";
import { messages } from "../messages.ts";

/** Random texts, some of them with characters that JSON must escape. */
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary" }),
  fc.constantFrom('"', "\\", "\u007f", "\u0000", "\ud800", "\u2028", "ü"),
);
const state: fc.Arbitrary<State> = fc.oneof(
  fc.record({ kind: fc.constant("stamped" as const), stamp: text, value: fc.option(text) }),
  fc.record({
    kind: fc.constant("siblings" as const),
    siblings: fc.array(fc.record({ dot: text, value: fc.option(text) })),
    context: fc.dictionary(fc.string(), fc.nat()),
  }),
);
const id = fc.maxSafeNat();
const traced = fc.record({ id, trace: fc.nat(), key: text }, { requiredKeys: ["id", "key"] });
const message = fc.oneof(
  traced.chain((common) =>
    fc.constantFrom<Message>(
      { type: "replica-get", ...common },
      { type: "replica-stored", ...common },
    ),
  ),
  fc
    .tuple(traced, fc.option(state))
    .map(([common, held]): Message => ({ type: "replica-got", ...common, state: held })),
  fc.tuple(traced, state, fc.boolean()).map(([common, put, synced]): Message => ({
    type: "replica-put",
    ...common,
    state: put,
    cause: "write",
    ...(synced ? { synced } : {}),
  })),
  fc.record(
    { type: fc.constant("got" as const), id, key: text, state: fc.option(state), context: text },
    { requiredKeys: ["type", "id", "key", "state"] },
  ),
  fc.record(
    { type: fc.constant("stored" as const), id, key: text, version: text, context: text },
    { requiredKeys: ["type", "id", "key", "version"] },
  ),
);

test("a frame is what JSON.stringify makes of its message, optional fields and strange characters included", () => {
  fc.assert(
    fc.property(message, (one) => {
      expect(JSON.parse(textOf(one))).toEqual(JSON.parse(JSON.stringify(one)));
    }),
    { numRuns: 2_000 },
  );
});

test.each(messages)("$type too", (one) => {
  expect(JSON.parse(textOf(one))).toEqual(JSON.parse(JSON.stringify(one)));
});
