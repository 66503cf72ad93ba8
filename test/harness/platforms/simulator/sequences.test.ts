/** Tests sequences of faults in virtual time. docker/sequences.test.ts has the same sequences in containers. */
import { bundled } from "../../../../harness/targets/bundled/index.ts";
import { describe, expect, test } from "vitest";
import { runHistory } from "../../../../harness/run/index.ts";
import { createSimCluster } from "../../../../harness/platforms/simulator/index.ts";
import { sequences } from "../../sequences.ts";

describe.each(sequences)("in one history", async ({ plan, checks }) => {
  const events = await runHistory(plan, createSimCluster(bundled), { evidence: true });
  const healthy = await runHistory({ ...plan, faults: [] }, createSimCluster(bundled), {
    evidence: true,
  });
  const atUs = (event: (typeof events)[number]): number => ("atUs" in event ? event.atUs : 0);
  const onlyMarked = [...healthy, ...events.filter((event) => event.e === "fault")].sort(
    (a, b) => atUs(a) - atUs(b),
  );

  test.each(checks)("%s", (_, wrong) => {
    expect(wrong(events)).toEqual([]);
    // The check must fail if a fault is in the history but did not affect the nodes.
    expect(wrong(onlyMarked)).not.toEqual([]);
  });
});
