/**
 * Defines the tests that each real store must pass: the conformance suite, histories under faults, and known
 * weaknesses.
 */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runCampaign } from "../../../harness/campaign/index.ts";
import { EnvironmentError } from "../../../harness/errors.ts";
import type { Cluster } from "../../../harness/platforms/cluster.ts";
import { createDockerCluster } from "../../../harness/platforms/docker/index.ts";
import { runScenario } from "../../../harness/scenario/index.ts";
import { testTarget } from "../../../harness/targets/conformance/index.ts";
import type { Making } from "../../../harness/targets/software/software.ts";
import type { Target } from "../../../harness/targets/target.ts";
import { docker } from "../../support/docker.ts";

export interface RealStore {
  readonly target: Target;
  /** Fetches the store's software if it is missing. */
  get(making: Making): Promise<unknown>;
  readonly workload: string;
  /** The names of the scenarios to run. */
  readonly scenarios: readonly string[];
}

const minutes = 60_000;
/** The number of histories. It is small, since each takes long in real time. */
const histories = 3;

/** Why the store's software cannot be fetched, or "" if it is there. */
async function lacking(get: RealStore["get"]): Promise<string> {
  try {
    // Does not use console.log, since the reporter of the tests adds a heading to each of its lines.
    await get({ say: (line) => void process.stderr.write(`${line}\n`) });
    return "";
  } catch (error) {
    if (error instanceof EnvironmentError) return ` (${error.message})`;
    throw error;
  }
}

export async function testRealStore({
  target,
  get,
  workload,
  scenarios,
}: RealStore): Promise<void> {
  const lack = docker.skip ? "" : await lacking(get);
  const skip = docker.skip || lack !== "";
  const signal = new AbortController().signal;
  let opened: Promise<Cluster> | undefined;
  const cluster = (): Promise<Cluster> =>
    (opened ??= createDockerCluster(target, { nodes: target.facts(target.defaults).nodes }));

  describe.skipIf(skip)(`${target.name}, run for real${docker.reason}${lack}`, () => {
    describe("conforms", () => {
      it.each(testTarget(target, { on: "docker" }))(
        "$name",
        async ({ run }) => expect(await run()).toBeNull(),
        6 * minutes,
      );
    });

    describe("in one cluster", () => {
      afterAll(async () => (await opened)?.stop(), 2 * minutes);

      it(
        `keeps its promises in ${histories} histories under partition, kill and pause`,
        async () => {
          const { campaign } = await runCampaign({
            cluster: await cluster(),
            plans: {
              target,
              settings: target.defaults,
              faults: ["partition", "kill", "pause"],
              workload,
              claimed: [],
              quick: true,
            },
            seed: 1,
            histories,
            jobs: 1,
            shard: { index: 0, of: 1 },
            out: mkdtempSync(join(tmpdir(), "quorate-test-")),
            command: "npm test",
            evidence: true,
            tolerateUnknown: 0.05,
            shrinkTimeoutMs: null,
            signal,
            progress: () => {},
          });
          expect(campaign.reasons).toEqual([]);
          expect(campaign.verdict).toBe("valid");
          expect(campaign.histories).toHaveLength(histories);
        },
        10 * minutes,
      );

      // Time is real here, so a scenario tries each case up to five times.
      it.each(scenarios)(
        "shows %s as documented",
        async (name) => {
          const scenario = (await target.scenarios?.())?.find((one) => one.name === name);
          if (scenario === undefined) throw new Error(`${target.name} has no scenario ${name}`);
          const { asDocumented, cases } = await runScenario(target, scenario, cluster, 1, signal);
          const said = cases.map(({ setting, what }) => `${setting}: ${what}`).join("\n");
          expect(asDocumented, said).toBe(true);
        },
        15 * minutes,
      );
    });
  });
}
