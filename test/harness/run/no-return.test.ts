/**
 * Tests that a node which crashes at every start is a finding with the node's last log lines, and that the run ends.
 */
import { bundled } from "../../../harness/targets/bundled/index.ts";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { judge } from "../../../checkers/index.ts";
import { parsePlan } from "../../../generators/index.ts";
import { runHistory } from "../../../harness/run/index.ts";
import { createSimCluster } from "../../../harness/platforms/simulator/index.ts";
import { bundledPlans } from "../../../harness/targets/bundled/index.ts";

it("in the simulator, where its log cannot be read any more", async () => {
  const folder = await mkdtemp(join(tmpdir(), "quorate-"));
  try {
    const bugBundle = join(folder, "unreadable.mjs");
    await writeFile(
      bugBundle,
      'export default (parts) => ({ ...parts, recover: (entries, ...rest) => { if (entries.length > 0) throw new Error("the log cannot be read"); return parts.recover(entries, ...rest); } });',
    );
    const plan = parsePlan(
      {
        format: "quorate-plan/1",
        worldSeed: 1,
        settings: { nodes: 3, n: 3 },
        clients: 1,
        keys: 1,
        claimed: [],
        operations: [
          { client: 0, afterMs: 0, node: 0, f: "write", key: 0 },
          { client: 0, afterMs: 200, node: 0, f: "read", key: 0 },
        ],
        faults: [{ atMs: 50, durationMs: 20, fault: { kind: "kill", nodes: [1] } }],
      },
      bundledPlans,
    );
    const events = await runHistory(plan, createSimCluster(bundled), { evidence: true, bugBundle });
    const { verdict, reasons } = judge(events);
    expect(verdict).toBe("invalid");
    expect(reasons[0]).toMatch(
      /^no-crash is broken: n2 ended by itself .*: it crashed: the log cannot be read$/,
    );
    expect(reasons.join()).toMatch(
      /n2.* could not be inspected after the faults were healed; .*n2 said last: .*the log cannot be read/,
    );
    expect(reasons.join()).not.toContain(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
});
