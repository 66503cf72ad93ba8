/** Faults in turns on virtual time; the same in containers is in docker/sequences.test.ts. */
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
    // Where the faults are in the history and nothing befell the nodes, that is seen.
    expect(wrong(onlyMarked)).not.toEqual([]);
  });
});
