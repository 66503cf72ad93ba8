/** Tests that the templates of the how-to pages work as they are. */
import { join, resolve } from "node:path";
import { afterAll, expect, it } from "vitest";
import { judge } from "../../checkers/index.ts";
import { type Plan, planAt } from "../../generators/index.ts";
import { attempt } from "../../harness/campaign/index.ts";
import { readConfig } from "../../harness/config/read-config.ts";
import { createSimCluster } from "../../harness/platforms/simulator/index.ts";
import { quorate, runsFolder } from "../harness/cli/support.ts";

const templates = resolve(import.meta.dirname, "../../examples/templates");
const { target, kinds } = await readConfig(join(templates, "quorate.config.ts"));
const cluster = createSimCluster(target);
afterAll(() => cluster.stop());

const settings = target.parseSettings({});
const wishes = { target, kinds, settings, workload: "markers", faults: ["freeze-pair"] };
const planOf = (index: number): Plan => planAt({ ...wishes, claimed: [] }, 3, index);
const attempted = (plan: Plan): ReturnType<typeof attempt> =>
  attempt(plan, cluster, { kinds, evidence: true });

it("the workload's histories are judged by the checker, under the fault", async () => {
  const injected: string[] = [];
  for (let index = 0; index < 10; index++) {
    const { verdict } = await attempted(planOf(index));
    expect(verdict.guarantees["marked"]).toMatchObject({ promised: true, verdict: "valid" });
    expect(verdict.verdict).toBe("valid");
    injected.push(...Object.keys(verdict.stress.faults));
  }
  expect(injected).toContain("freeze-pair");
});

it("the fault freezes both of its nodes", async () => {
  const faults = [
    { atMs: 0, durationMs: 500, fault: { kind: "freeze-pair", node: 0, next: 1 } },
  ] as Plan["faults"];
  const { events } = await attempted({ ...planOf(0), faults });
  const injected = events.filter((event) => event.e === "fault" && event.phase === "injected");
  expect(injected).toMatchObject([{ kind: "freeze-pair", nodes: ["n1", "n2"] }]);
  const frozen = injected[0]?.e === "fault" ? injected[0].atUs : 0;
  const sent = events.filter(
    (event) =>
      event.e === "sent" &&
      event.atUs > frozen &&
      event.atUs < frozen + 490_000 &&
      ["n1", "n2"].includes(event.node),
  );
  expect(sent).toEqual([]);
});

it("the checker finds a marker that nobody had set", async () => {
  const { events } = await attempted(planOf(1));
  const changed = events.map((event) =>
    event.e === "ok" && typeof event.result === "string" ? { ...event, result: "other" } : event,
  );
  const { guarantees } = judge(changed, { checkers: kinds.checkers });
  expect(guarantees["marked"]?.verdict).toBe("invalid");
  expect(guarantees["marked"]?.anomalies[0]?.explanation).toMatch(
    /^\w+ read "other" from k\d+, which no client had begun to set by then\.$/,
  );
});

it("the bug is found, and the same plans without it raise no alarm", async () => {
  const folder = runsFolder();
  const hunt = ["hunt", join(templates, "bug.ts"), "--on", "sim", "--seed", "1", "--out", folder];
  const found = await quorate([...hunt, "--max", "20", "--no-shrink"]);
  expect(found.status, found.stderr + found.stdout).toBe(0);
  expect(found.stdout).toContain("1 of 1 planted bug found");
  const healthy = await quorate([...hunt, "--control", "--max", "5"]);
  expect(healthy.status, healthy.stderr + healthy.stdout).toBe(0);
});
