import { afterAll, expect, it } from "vitest";
import type { Checker } from "../../../checkers/index.ts";
import { planAt } from "../../../generators/index.ts";
import { attempt } from "../../../harness/campaign/index.ts";
import { checkConfig } from "../../../harness/config/read-config.ts";
import { createSimCluster } from "../../../harness/platforms/simulator/index.ts";

const mostClients: Checker = {
  name: "few-clients",
  meaning: "no more than one client takes part",
  needs: [],
  workloads: "all",
  check: ({ operations }) => {
    const others = operations.filter(({ client, final }) => client !== "c1" && !final);
    return {
      verdict: others.length > 0 ? "invalid" : "valid",
      judged: operations.length,
      anomalies: others.slice(0, 1).map(({ op, client }) => ({
        guarantee: "few-clients",
        explanation: `${client} takes part by operation ${op}`,
        operations: [op],
      })),
    };
  },
};
const { target, kinds } = checkConfig({ checkers: [mostClients] }, "/tmp/quorate.config.ts");
const cluster = createSimCluster(target);
afterAll(() => cluster.stop());

it("a configuration's own checker judges every history, and what it breaks counts", async () => {
  const wishes = { target, kinds, workload: "register", faults: [], claimed: [] };
  const plan = planAt({ ...wishes, settings: target.parseSettings({}) }, 5, 0);
  const { verdict } = await attempt(plan, cluster, { kinds, evidence: true });
  expect(verdict.guarantees["few-clients"]).toMatchObject({
    promised: true,
    verdict: "invalid",
    meaning: "no more than one client takes part",
  });
  expect(verdict.verdict).toBe("invalid");
  expect(verdict.reasons[0]).toContain("takes part by operation");
});
