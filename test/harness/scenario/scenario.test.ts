import { describe, expect, test, vi } from "vitest";
import { bundled, createSimCluster } from "../../../harness/index.ts";
import { runScenario, type Scenario } from "../../../harness/scenario/index.ts";
import { seenIn } from "../../../harness/scenario/scenario.ts";
import { documentOf, quorate } from "../cli/support.ts";
import { docker } from "../../support/docker.ts";

const scenarios = (await bundled.scenarios?.()) ?? [];

const never = new AbortController().signal;
const inSimulator = () => Promise.resolve(createSimCluster(bundled));

describe("in the simulator", () => {
  test.each(
    scenarios.flatMap((scenario) => [1, 2].map((seed) => [scenario.name, seed, scenario] as const)),
  )("%s, seed %i: as documented", async (_, seed, scenario) => {
    const result = await runScenario(bundled, scenario, inSimulator, seed, never);
    expect(result).toMatchObject({
      asDocumented: true,
      cases: scenario.cases.map(({ allowed }) => ({ asDocumented: true, happened: allowed })),
    });
    // A case is unknown if its only write was meant to fail, since nothing else can be judged then.
    expect(result.cases.map(({ verdict }) => verdict)).not.toContain("invalid");
    for (const { what } of result.cases) expect(what).toMatch(/(read|write) [0-9]+|each read/);
  });

  test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
    "%s has a case where it can happen and one where it cannot",
    (_, { cases }) => {
      expect(new Set(cases.map(({ allowed }) => allowed))).toEqual(new Set([true, false]));
    },
  );

  test("settings that do not decide what they are said to are found out", async () => {
    for (const scenario of scenarios) {
      const turned: Scenario = {
        ...scenario,
        cases: scenario.cases.map((one) => ({ ...one, allowed: !one.allowed })),
      };
      const { cases } = await runScenario(bundled, turned, inSimulator, 1, never);
      expect(
        cases.map(({ asDocumented }) => asDocumented),
        scenario.name,
      ).toEqual(cases.map(() => false));
    }
  });

  test("a situation that never comes about is not as documented", async () => {
    for (const scenario of scenarios.slice(0, 1)) {
      const { cases } = await runScenario(
        bundled,
        { ...scenario, cases: scenario.cases.map((one) => ({ ...one, find: () => null })) },
        inSimulator,
        1,
        never,
      );
      expect(cases).toMatchObject(
        scenario.cases.map(() => ({ asDocumented: false, happened: null, tries: 5 })),
      );
    }
  });

  // Ctrl-C once ended in a RangeError with its stack, since some operations had not begun.
  test("one that is interrupted shows nothing", async () => {
    for (const scenario of scenarios) {
      const controller = new AbortController();
      const cluster = createSimCluster(bundled);
      const begin = cluster.start.bind(cluster);
      const start = vi.spyOn(cluster, "start").mockImplementation((options) => {
        controller.abort();
        return begin(options);
      });
      const { asDocumented, cases } = await runScenario(
        bundled,
        scenario,
        () => Promise.resolve(cluster),
        1,
        controller.signal,
      );
      expect(start).toHaveBeenCalledTimes(1);
      expect(asDocumented, scenario.name).toBe(false);
      expect(cases).toMatchObject([{ happened: null }]);
    }
  });

  test("an operation that the plan does not have is a mistake", () => {
    expect(() => seenIn([]).operation(0)).toThrow(RangeError);
  });
});

describe("the command", () => {
  test("lists them where none is named", async () => {
    const { status, stdout } = await quorate(["scenario"]);
    expect(status).toBe(0);
    for (const { name, source } of scenarios) {
      expect(stdout).toContain(name);
      expect(stdout).toContain(source);
    }
  });

  test("runs all, and says how it went as one document", async () => {
    const finished = await quorate(["scenario", "all", "--on", "sim", "--json"]);
    expect(finished.status).toBe(0);
    expect(documentOf(finished)).toMatchObject({
      on: "sim",
      asDocumented: true,
      scenarios: Object.fromEntries(scenarios.map(({ name }) => [name, { asDocumented: true }])),
    });
  });

  test("a name that is none is refused", async () => {
    const { status, stderr } = await quorate(["scenario", "quorum"]);
    expect(status).toBe(64);
    expect(stderr).toContain("sloppy-quorum");
  });

  test.skipIf(docker.skip)(`in containers they are as documented too${docker.reason}`, async () => {
    const finished = await quorate([
      "scenario",
      "sloppy-quorum",
      "partial-write",
      "--on",
      "docker",
      "--json",
    ]);
    expect(finished.status, finished.stderr).toBe(0);
    expect(documentOf(finished)).toMatchObject({ on: "docker", asDocumented: true });
  });
});
