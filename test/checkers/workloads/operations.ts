/** Random times and outcomes of operations, for tests. */
import fc from "fast-check";
import type { ClientOperation } from "../../../checkers/index.ts";

export const outcome = fc.constantFrom("ok", "ok", "ok", "ok", "info", "fail");

export const timing = fc.record({
  start: fc.nat(30),
  lasts: fc.nat(12),
  outcome,
  process: fc.nat(2),
});

type Timing = typeof timing extends fc.Arbitrary<infer T> ? T : never;

export const operation = (
  op: number,
  { start, lasts, outcome, process }: Timing,
): ClientOperation => ({
  op,
  process: String(process),
  invokeUs: start,
  returnUs: outcome === "ok" ? start + lasts : Infinity,
  outcome,
});

/** A successful operation from `start` to `end`, for histories that are not random. */
export const done = (op: number, start: number, end: number): ClientOperation => ({
  op,
  process: String(op),
  invokeUs: start,
  returnUs: end,
  outcome: "ok",
});
