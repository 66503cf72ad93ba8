import { expect, test } from "vitest";
import { fateOf, fatesTogether } from "../../../checkers/durable/set-full.ts";

const never = -Infinity;

test("an element's fate, by what the last reads that began after it was known show", () => {
  expect(fateOf({ known: Infinity, lastPresent: 5, lastAbsent: 6 })).toEqual({ fate: "unknown" });
  expect(fateOf({ known: 4, lastPresent: 5, lastAbsent: 6 })).toEqual({ fate: "lost" });
  expect(fateOf({ known: 4, lastPresent: never, lastAbsent: 6 })).toEqual({ fate: "lost" });
  expect(fateOf({ known: 4, lastPresent: 6, lastAbsent: 6 })).toEqual({
    fate: "stable",
    staleFor: 2,
  });
  expect(fateOf({ known: 6, lastPresent: 5, lastAbsent: 6 })).toEqual({
    fate: "stable",
    staleFor: 0,
  });
  expect(fateOf({ known: 4, lastPresent: 7, lastAbsent: 6 })).toEqual({
    fate: "stable",
    staleFor: 2,
  });
  expect(fateOf({ known: 4, lastPresent: never, lastAbsent: 4 })).toEqual({ fate: "never-read" });
  expect(fateOf({ known: 4, lastPresent: never, lastAbsent: never })).toEqual({
    fate: "never-read",
  });
});

test("how many met which fate, and for how long the stable ones were stale", () => {
  const fates = [
    { fate: "unknown" },
    { fate: "lost" },
    { fate: "lost" },
    { fate: "never-read" },
    { fate: "stable", staleFor: 0 },
    { fate: "stable", staleFor: 3000 },
  ] as const;
  expect(fatesTogether(fates, { name: "Ms", per: 1000 })).toEqual({
    elements: { tried: 6, known: 5, stable: 2, stale: 1, lost: 2, neverRead: 1 },
    stableLatencyMs: { p0: 0, p50: 0, p95: 3, p99: 3, p100: 3 },
  });
  expect(fatesTogether([], { name: "Events", per: 1 })).toEqual({
    elements: { tried: 0, known: 0, stable: 0, stale: 0, lost: 0, neverRead: 0 },
    stableLatencyEvents: {},
  });
});
