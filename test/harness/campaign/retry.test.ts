/** Tests that a history which the environment made fail is repeated once, and that the campaign says so. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCampaign } from "../../../harness/campaign/index.ts";
import {
  bundled,
  type Cluster,
  createSimCluster,
  EnvironmentError,
} from "../../../harness/index.ts";
import { bundledPlans } from "../../../harness/targets/bundled/index.ts";
import {
  type Campaign,
  renderHtml,
  renderMarkdown,
  renderTerminal,
} from "../../../reports/index.ts";

const refusal = (code: string): EnvironmentError =>
  new EnvironmentError({ code, expected: "the engine to pause n1", got: "runc", hint: "Wait." });

/** A cluster like one in containers, whose engine refuses the first `pauses` pauses and the first `starts` starts. */
function unlucky({ pauses = 0, starts = 0, code = "engine-refused" }): Cluster {
  const sim = createSimCluster(bundled);
  return new Proxy<Cluster>(sim, {
    get: (target, name) => {
      if (name === "replaysExactly") return false;
      if (name === "start" && starts-- > 0) throw refusal(code);
      const value: unknown = Reflect.get(target, name);
      if (name !== "ports")
        return typeof value === "function" ? (value.bind(target) as unknown) : value;
      const process: Cluster["ports"]["process"] = {
        set: (wanted, before, done) =>
          sim.ports.process.set(wanted, before, (error) =>
            done([...wanted.values()].includes("paused") && pauses-- > 0 ? refusal(code) : error),
          ),
      };
      return { ...sim.ports, process };
    },
  });
}

async function campaignOn(cluster: Cluster): Promise<Campaign> {
  const { campaign } = await runCampaign({
    cluster,
    seed: 3,
    histories: 2,
    jobs: 1,
    tolerateUnknown: 0,
    shard: { index: 0, of: 1 },
    plans: {
      target: bundledPlans,
      settings: bundled.defaults,
      workload: "register",
      faults: ["pause"],
      claimed: [],
    },
    out: mkdtempSync(join(tmpdir(), "quorate-retry-")),
    command: "npx quorate run",
    evidence: true,
    shrinkTimeoutMs: null,
    signal: new AbortController().signal,
    progress: () => {},
  });
  return campaign;
}

test("a container that could not be frozen once costs nothing but a second try, which every report tells of", async () => {
  const campaign = await campaignOn(unlucky({ pauses: 1 }));
  expect(campaign.verdict).toBe("valid");
  expect(campaign.histories.map(({ verdict }) => verdict)).toEqual(["valid", "valid"]);
  expect(campaign.histories.flatMap(({ retried }) => retried ?? [])).toEqual([
    "engine-refused: expected the engine to pause n1; got runc. Wait.",
  ]);
  const sentence = /1 history ran twice, because the environment failed: history \d /i;
  expect(renderTerminal(campaign)).toMatch(sentence);
  expect(renderMarkdown(campaign)).toMatch(sentence);
  expect(renderHtml(campaign, [])).toMatch(sentence);
});

test("a history that the environment spoils twice stays unknown", async () => {
  const campaign = await campaignOn(unlucky({ pauses: 1_000 }));
  expect(campaign.verdict).toBe("unknown");
  expect(campaign.histories.some(({ retried }) => retried !== undefined)).toBe(true);
});

test("a start that the engine refused is tried again too, an engine that is gone is not", async () => {
  expect((await campaignOn(unlucky({ starts: 1 }))).verdict).toBe("valid");
  await expect(campaignOn(unlucky({ starts: 1, code: "engine-unreachable" }))).rejects.toThrow(
    /^engine-unreachable: /,
  );
});
