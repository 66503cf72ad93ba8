/**
 * `quorate scenario`: runs documented edge cases of quorums and membership changes, and checks that each happens where
 * it is documented to happen, and nowhere else.
 */
import type { Command } from "commander";
import type { Cluster } from "../platforms/cluster.ts";
import {
  type CaseResult,
  runScenario,
  type Scenario,
  type ScenarioResult,
} from "../scenario/index.ts";
import { chooseTarget, notOfThisTarget } from "./chosen-target.ts";
import { stopping } from "./engine.ts";
import { exit, usage } from "./exit.ts";
import { abortOnSignal } from "./interrupt.ts";
import { createOutput, type Output } from "./output.ts";
import { placeOf } from "./placed.ts";
import { wholeNumber } from "./values.ts";

interface ScenarioFlags {
  readonly target: string;
  readonly on?: string;
  readonly seed: string;
  readonly json?: boolean;
}

export function addScenario(program: Command): void {
  program
    .command("scenario [names...]")
    .summary("show a target's documented edge cases")
    .description(
      "run a target's documented edge cases, by name or all of them; without a name, list them",
    )
    .option("--target <NAME|FILE>", "the target whose scenarios are shown", "bundled")
    .option("--on <PLATFORM>", "docker or sim (default: docker where an engine answers)")
    .option("--seed <S>", "a number that decides the simulation's random choices", "1")
    .option("--json", "one JSON document on stdout, progress on stderr")
    .action(async (names: readonly string[], flags: ScenarioFlags) => {
      process.exitCode = await scenario(names, flags);
    });
}

async function scenario(names: readonly string[], flags: ScenarioFlags): Promise<number> {
  const output = createOutput(flags.json === true);
  const { target } = await chooseTarget(flags.target, output.say);
  const scenarios = await target.scenarios?.();
  if (scenarios === undefined) throw notOfThisTarget(target.name, "scenarios");
  const asked =
    names.length === 1 && names[0] === "all"
      ? scenarios
      : names.map((name) => scenarioOf(scenarios, name));
  const seed = wholeNumber("--seed", flags.seed, 0, 2 ** 31 - 1);
  if (asked.length === 0) return list(output, scenarios);
  const platform = await placeOf(target, flags.on, [], output.say);
  const signal = abortOnSignal(output.say);
  const clusters = new Map<number, Cluster>();
  const results: ScenarioResult[] = [];
  const open = async (nodes: number): Promise<Cluster> => {
    const cluster =
      clusters.get(nodes) ?? (await platform.open(target, { nodes, say: output.say }));
    clusters.set(nodes, cluster);
    return cluster;
  };
  const showAll = async (): Promise<void> => {
    for (const one of asked) {
      output.say(`${one.name}: ${one.about}`);
      const result = await runScenario(target, one, open, seed, signal);
      // The result of an interrupted scenario does not count.
      if (signal.aborted) break;
      results.push(result);
      for (const each of result.cases) output.say(`  ${lineOf(each)}`);
      output.say(`  source: ${one.source}\n`);
    }
  };
  await stopping(showAll(), () => clusters.values());
  const asDocumented = !signal.aborted && results.every((result) => result.asDocumented);
  output.document({
    target: { name: target.name, version: target.version },
    on: platform.name,
    seed,
    asDocumented,
    scenarios: Object.fromEntries(results.map(({ name, ...result }) => [name, result])),
  });
  if (signal.aborted) {
    output.say(`Interrupted: ${results.length} of ${asked.length} shown.`);
    return exit.unknown;
  }
  output.say(
    asDocumented
      ? `All ${results.length} as documented.`
      : `Not as documented: ${results
          .filter((result) => !result.asDocumented)
          .map(({ name }) => name)
          .join(", ")}.`,
  );
  return asDocumented ? exit.held : exit.broken;
}

function list(output: Output, scenarios: readonly Scenario[]): number {
  output.document({
    scenarios: Object.fromEntries(
      scenarios.map(({ name, about, source, cases }) => [
        name,
        { about, source, cases: cases.map(({ setting, allowed }) => ({ setting, allowed })) },
      ]),
    ),
  });
  if (!output.json)
    for (const { name, about, source } of scenarios)
      output.say(`${name}\n  ${about}\n  source: ${source}`);
  return exit.held;
}

function lineOf({ setting, allowed, asDocumented, what, tries, verdict }: CaseResult): string {
  const mark = asDocumented ? "ok" : "NOT AS DOCUMENTED";
  const times = tries === 1 ? "" : ` (try ${tries})`;
  const broken = verdict === "invalid" ? "; in addition, a promise was broken" : "";
  return `[${mark}] ${setting}, where it ${allowed ? "can" : "cannot"} happen: ${what}${times}${broken}`;
}

function scenarioOf(scenarios: readonly Scenario[], name: string): Scenario {
  const found = scenarios.find((one) => one.name === name);
  if (found !== undefined) return found;
  throw usage({
    code: "unknown-scenario",
    expected: `names of scenarios (${scenarios.map((one) => one.name).join(", ")}), or only the word all`,
    got: JSON.stringify(name),
    hint: "quorate scenario describes each scenario",
  });
}
