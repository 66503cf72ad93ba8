/** Tests sequences of faults in containers. simulator/sequences.test.ts has the same sequences in virtual time. */
import { bundled } from "../../../../harness/targets/bundled/index.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HistoryEvent } from "../../../../checkers/index.ts";
import { createDockerCluster } from "../../../../harness/platforms/docker/index.ts";
import type { Cluster } from "../../../../harness/index.ts";
import { runHistory } from "../../../../harness/run/index.ts";
import { docker } from "../../../support/docker.ts";
import { sequences } from "../../sequences.ts";

describe.skipIf(docker.skip)(`in containers${docker.reason}`, () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await createDockerCluster(bundled, { nodes: 3 });
  });
  afterAll(async () => cluster?.stop());

  describe.each(sequences)("in one history", ({ plan, checks }) => {
    let events: readonly HistoryEvent[] = [];
    beforeAll(async () => {
      events = await runHistory(plan, cluster, { evidence: true });
    });

    it.each(checks)("%s", (_, wrong) => {
      expect(wrong(events)).toEqual([]);
    });
  });
});
