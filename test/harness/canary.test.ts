/**
 * Hunts a handful of very different bugs with the built command and a fixed seed. If one is missed, quorate has become
 * unable to find it.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { HuntReport } from "../../reports/index.ts";
import { documentOf, quorate, runsFolder } from "./cli/support.ts";

const seed = 20_260_901;
const bugs = [
  "quorum-off-by-one",
  "ack-before-fsync",
  "repair-restamps",
  "merkle-one-way",
  "sibling-explosion",
  "retry-applies-twice",
  "dirty-fail",
];

it(`hunts ${bugs.join(", ")} with seed ${seed}`, async () => {
  const out = runsFolder();
  const finished = await quorate([
    "hunt",
    ...bugs,
    "--on",
    "sim",
    "--seed",
    String(seed),
    "--max",
    "100",
    "--out",
    out,
    "--json",
  ]);
  expect(finished.stderr).toContain(`Seed ${seed}`);
  expect(finished.status, finished.stderr).toBe(0);
  const rows = documentOf(finished)["bugs"] as readonly {
    readonly bug: string;
    readonly shrunk: { readonly operations: number; readonly faults: number };
  }[];
  expect(rows.map(({ bug }) => bug)).toEqual(bugs);
  const kept = documentOf(finished)["run"] as string;
  expect(kept.startsWith(out)).toBe(true);
  expect(
    (JSON.parse(readFileSync(join(kept, "hunt.json"), "utf8")) as HuntReport).bugs?.map(
      ({ found }) => found,
    ),
  ).toEqual(bugs.map(() => true));
  expect(readFileSync(join(kept, "hunt.md"), "utf8")).toContain("| quorum-off-by-one |");
  // The smallest cases must be small enough for a person to read.
  for (const { bug, shrunk } of rows) {
    expect(shrunk.operations, bug).toBeLessThanOrEqual(20);
    expect(shrunk.faults, bug).toBeLessThanOrEqual(2);
  }
});
