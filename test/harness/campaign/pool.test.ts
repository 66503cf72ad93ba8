import { readdirSync } from "node:fs";
import { expect, it } from "vitest";
import { defaultSettings, planAt } from "../../../harness/index.ts";
import { createPool, type NextAsked } from "../../../harness/campaign/pool.ts";
import { bundledPlans } from "../../../harness/targets/bundled/index.ts";

const threads = (): number => readdirSync("/proc/self/task").length;

const plan = planAt(
  {
    target: bundledPlans,
    settings: defaultSettings,
    workload: "register",
    faults: [],
    claimed: [],
  },
  1,
  0,
);
const task = { target: { name: "bundled" }, draw: null, run: { evidence: true }, steers: false };
const once = (): NextAsked => {
  let next = 0;
  return () => (next < 1 ? { index: next++, plan } : "none");
};

it("starts no more threads than there are histories", async () => {
  const before = threads();
  const pool = createPool(40, once(), task);
  try {
    expect((await pool.take(0))?.judged.verdict.verdict).toBe("valid");
    expect(threads() - before).toBeLessThan(20);
  } finally {
    await pool.close();
  }
});

it("answers an interrupt, whatever its threads are at", async () => {
  const stop = new AbortController();
  const pool = createPool(1, once(), task, stop.signal);
  try {
    const taken = pool.take(0);
    stop.abort();
    expect(await taken).toBeNull();
  } finally {
    await pool.close();
  }
});
