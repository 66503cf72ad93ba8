import { readdirSync } from "node:fs";
import { expect, it } from "vitest";
import { defaultSettings, planAt } from "../../../harness/index.ts";
import { createPool } from "../../../harness/campaign/pool.ts";
import { bundledPlans } from "../../../harness/targets/bundled/index.ts";

const threads = (): number => readdirSync("/proc/self/task").length;

it("starts no more threads than there are histories", async () => {
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
  const before = threads();
  let next = 0;
  const pool = createPool(40, () => (next < 1 ? { index: next++, plan } : "none"), {
    target: { name: "bundled" },
    draw: null,
    run: { evidence: true },
    steers: false,
  });
  try {
    expect((await pool.take(0)).judged.verdict.verdict).toBe("valid");
    expect(threads() - before).toBeLessThan(20);
  } finally {
    await pool.close();
  }
});
