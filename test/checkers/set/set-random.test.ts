import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkSet, setRules, setTable, type SetOperation } from "../../../checkers/set/index.ts";
import { cheapSampleSize, sampleSeed } from "../sample-size.ts";
import { obeys } from "./set-oracle.ts";

type Kind = "add" | "remove" | "read" | "contains";

/** Random operations on a set that applies each at some time while it runs, and that sometimes makes mistakes. */
const histories = (kinds: readonly [Kind, ...Kind[]]): fc.Arbitrary<SetOperation[]> =>
  fc
    .record({
      slips: fc.constantFrom(0, 0, 1, 4),
      drawn: fc.array(
        fc.record({
          kind: fc.constantFrom(...kinds),
          element: fc.nat(3),
          start: fc.nat(30),
          lasts: fc.nat(12),
          applied: fc.nat(100),
          outcome: fc.constantFrom("ok", "ok", "ok", "ok", "info", "fail"),
          slip: fc.nat(9),
          final: fc.boolean(),
        }),
        { minLength: 1, maxLength: 7 },
      ),
    })
    .map(({ slips, drawn }) => {
      const state = new Set<string>();
      const order = drawn
        .map((one, op) => ({ ...one, op, at: one.start + (one.applied % (one.lasts + 1)) }))
        .sort((a, b) => a.at - b.at || a.op - b.op);
      return order.map((one): SetOperation => {
        const outcome = one.kind === "read" || one.kind === "contains" ? "ok" : one.outcome;
        const base = {
          op: one.op,
          process: String(one.op),
          invokeUs: one.start,
          returnUs: one.start + one.lasts,
          outcome,
        } as const;
        const element = String(one.element);
        const isSlip = one.slip < slips;
        const happens = outcome === "ok" || (outcome === "info" && one.applied % 2 === 0);
        switch (one.kind) {
          case "add":
            if (happens) state.add(element);
            return { ...base, f: "add", element };
          case "remove":
            if (happens) state.delete(element);
            return { ...base, f: "remove", element };
          case "contains":
            return { ...base, f: "contains", element, present: state.has(element) !== isSlip };
          case "read": {
            const elements = [...state];
            if (isSlip && !elements.includes(element)) elements.push(element);
            else if (isSlip && one.slip % 2 === 0) elements.push(element);
            else if (isSlip) elements.splice(elements.indexOf(element), 1);
            return { ...base, f: "read", elements, final: one.final };
          }
        }
      });
    });

const kindsOf = {
  "whole reads": ["add", "add", "read", "read"],
  questions: ["add", "add", "contains", "contains"],
  "both reads": ["add", "add", "read", "contains"],
  "removals and questions": ["add", "remove", "contains", "contains"],
  "removals and whole reads": ["add", "remove", "read", "contains"],
} as const;

describe.each(Object.entries(kindsOf))("a set with %s", (_, kinds) => {
  it.each(setRules)("is judged as the definition of %s says", (rule) => {
    const seen = { valid: 0, invalid: 0, unknown: 0 };
    fc.assert(
      fc.property(histories([...kinds]), (operations) => {
        // The operations are reversed, since their order in the list must not matter.
        const result = checkSet(setTable([...operations].reverse()), { rule });
        const obeyed = obeys(rule, operations);
        const wanted = obeyed === "unknown" ? obeyed : obeyed ? "valid" : "invalid";
        expect(result.verdict, result.anomalies.map(({ sentence }) => sentence).join("\n")).toBe(
          wanted,
        );
        seen[wanted]++;
      }),
      { numRuns: cheapSampleSize(1_000), seed: sampleSeed },
    );
    if (rule === "set-linearizable") expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(0);
  });
});
