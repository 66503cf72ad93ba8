/** The canary: a handful of bugs of different kinds, hunted by the built command from one fixed seed. One missed is a tester gone blind. */
import { expect, it } from "vitest";
import { documentOf, quorate } from "./cli/support.ts";

const seed = 20_260_901;
const bugs = ["quorum-off-by-one", "ack-before-fsync", "repair-restamps", "merkle-one-way", "sibling-explosion", "retry-applies-twice", "dirty-fail"];

it(`hunts ${bugs.join(", ")} with seed ${seed}`, async () => {
  const finished = await quorate(["hunt", ...bugs, "--on", "sim", "--seed", String(seed), "--max", "100", "--json"]);
  expect(finished.stderr).toContain(`Seed ${seed}`);
  expect(finished.status, finished.stderr).toBe(0);
  const rows = documentOf(finished)["bugs"] as readonly { readonly bug: string; readonly shrunk: { readonly operations: number; readonly faults: number } }[];
  expect(rows.map(({ bug }) => bug)).toEqual(bugs);
  // What a person is left to read.
  for (const { bug, shrunk } of rows) {
    expect(shrunk.operations, bug).toBeLessThanOrEqual(20);
    expect(shrunk.faults, bug).toBeLessThanOrEqual(2);
  }
});
