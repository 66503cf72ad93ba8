import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { SiblingState, State } from "../../../store/index.ts";
import {
  covers,
  decodeContext,
  emptyContext,
  encodeContext,
  putSibling,
} from "../../../store/versions/siblings.ts";
import { digest, merge, mergeAll } from "../../../store/versions/states.ts";

const stamped: fc.Arbitrary<State> = fc
  .record({ time: fc.nat(5), node: fc.integer({ min: 1, max: 3 }) })
  // One value a stamp: a version's value never changes.
  .map(({ time, node }) => ({
    kind: "stamped",
    stamp: `${time}.n${node}`,
    value: `v${time}.${node}`,
  }));

/**
 * A step in a history of three nodes: a blind put, a put with the context of a read at another node, or a merge of
 * another node's state.
 */
interface Step {
  readonly node: number;
  readonly other: number;
  readonly act: "put-blind" | "put-read" | "merge";
}
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    node: fc.nat(2),
    other: fc.nat(2),
    act: fc.constantFrom("put-blind", "put-read", "merge"),
  }),
  { minLength: 1, maxLength: 25 },
);

interface Trace {
  readonly states: (SiblingState | null)[];
  readonly all: SiblingState[];
  /** For each put, by its dot: the dots of all puts that it superseded. */
  readonly superseded: Map<string, Set<string>>;
}

function play(list: readonly Step[]): Trace {
  const states: (SiblingState | null)[] = [null, null, null];
  const all: SiblingState[] = [];
  const superseded = new Map<string, Set<string>>();
  let count = 0;
  for (const { node, other, act } of list) {
    const mine = states[node] ?? null;
    const theirs = states[other] ?? null;
    let next: SiblingState | null = mine;
    if (act === "merge") {
      if (theirs !== null) next = merge(mine, theirs) as SiblingState;
    } else {
      const read = act === "put-read" ? theirs : null;
      next = putSibling(mine, `n${node + 1}.1`, read?.context ?? emptyContext, `v${count++}`);
      const dot = `n${node + 1}.1:${next.context[`n${node + 1}.1`]}`;
      superseded.set(
        dot,
        new Set(
          (read?.siblings ?? []).flatMap((sibling) => [
            sibling.dot,
            ...(superseded.get(sibling.dot) ?? []),
          ]),
        ),
      );
    }
    states[node] = next;
    if (next !== null) all.push(next);
  }
  return { states, all, superseded };
}

const reachable = steps.map((list) => play(list).all).filter((all) => all.length > 0);
const three = <T>(all: readonly T[]): fc.Arbitrary<readonly [T, T, T]> =>
  fc.tuple(fc.constantFrom(...all), fc.constantFrom(...all), fc.constantFrom(...all));
const triples: fc.Arbitrary<readonly [State, State, State]> = fc.oneof(
  fc.tuple(stamped, stamped, stamped),
  reachable.chain(three<State>),
);

describe("merge", () => {
  test("is commutative, associative and idempotent", () => {
    fc.assert(
      fc.property(triples, ([a, b, c]) => {
        expect(merge(a, b)).toEqual(merge(b, a));
        expect(merge(merge(a, b), c)).toEqual(merge(a, merge(b, c)));
        expect(merge(a, a)).toBe(a);
      }),
    );
  });

  test("keeps the very object when nothing is new", () => {
    fc.assert(
      fc.property(triples, ([a, b]) => {
        const both = merge(a, b);
        expect(merge(both, a)).toBe(both);
        expect(merge(both, b)).toBe(both);
      }),
    );
  });

  test("digests are equal exactly for equal states", () => {
    fc.assert(
      fc.property(triples, ([a, b]) => {
        expect(digest(a) === digest(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
    );
  });

  test("stamps and siblings never mix", () => {
    expect(() =>
      merge(
        { kind: "stamped", stamp: "1", value: null },
        { kind: "siblings", siblings: [], context: {} },
      ),
    ).toThrow(TypeError);
  });
});

describe("siblings", () => {
  test("after all nodes merged: exactly the puts that nobody superseded stand", () => {
    fc.assert(
      fc.property(steps, (list) => {
        const { states, superseded } = play(list);
        const merged = mergeAll(merge, states);
        const gone = new Set([...superseded.values()].flatMap((dots) => [...dots]));
        const standing = [...superseded.keys()].filter((dot) => !gone.has(dot)).sort();
        expect(
          merged?.kind === "siblings" ? merged.siblings.map(({ dot }) => dot).sort() : [],
        ).toEqual(standing);
      }),
    );
  });

  test("every state covers its own dots, sorted, each once", () => {
    fc.assert(
      fc.property(reachable, (all) => {
        for (const { siblings, context } of all) {
          const dots = siblings.map(({ dot }) => dot);
          expect(dots).toEqual([...new Set(dots)].sort());
          expect(dots.every((dot) => covers(context, dot))).toBe(true);
          expect(Object.keys(context)).toEqual(Object.keys(context).sort());
        }
      }),
    );
  });

  test("contexts survive their encoding; anything else is refused", () => {
    fc.assert(
      fc.property(reachable, (all) =>
        all.forEach(({ context }) =>
          expect(decodeContext(encodeContext(context))).toEqual(context),
        ),
      ),
    );
    for (const bad of [
      "x",
      "n1.1",
      "n1.1:0",
      "n1.1:1,",
      "n2.1:1,n1.1:1",
      "n1.1:1,n1.1:2",
      "n1.1:-1",
      "__proto__:1",
      "n1.1:99999999999999999",
    ]) {
      expect(decodeContext(bad), bad).toBeNull();
    }
  });
});
