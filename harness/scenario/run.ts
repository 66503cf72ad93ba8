/** Runs the cases of scenarios. Each case is tried a limited number of times until it shows what it should. */
import type { Outcome } from "../../checkers/index.ts";
import { attempt, brokenPromises } from "../campaign/index.ts";
import type { Target } from "../targets/target.ts";
import type { Cluster } from "../platforms/cluster.ts";
import { type Case, type Finding, type Scenario, seenIn } from "./scenario.ts";

export interface CaseResult {
  readonly setting: string;
  readonly allowed: boolean;
  readonly asDocumented: boolean;
  /** Whether the edge case happened. Null if no try reached the situation that the case needs. */
  readonly happened: boolean | null;
  readonly what: string;
  readonly tries: number;
  /**
   * The verdict of the last try: whether the store kept its promises. The guarantee that the plan claims does not
   * count, since the scenario examines it.
   */
  readonly verdict: Outcome;
}

export interface ScenarioResult {
  readonly name: string;
  readonly asDocumented: boolean;
  readonly cases: readonly CaseResult[];
}

/**
 * The largest number of tries of a case. Timing differs from try to try, so a try may miss the situation that the case
 * needs.
 */
export const mostTries = 5;

/**
 * Runs the cases of a scenario one after the other. `open` returns a cluster with the given number of nodes. If the
 * signal aborts, the result is incomplete and proves nothing.
 */
export async function runScenario(
  { facts }: Pick<Target, "facts">,
  scenario: Scenario,
  open: (nodes: number) => Promise<Cluster>,
  seed: number,
  signal: AbortSignal,
): Promise<ScenarioResult> {
  const cases: CaseResult[] = [];
  for (const one of scenario.cases) {
    if (signal.aborted) break;
    cases.push(await runCase(one, await open(facts(one.plan.settings).nodes), seed, signal));
  }
  return {
    name: scenario.name,
    asDocumented: cases.every(({ asDocumented }) => asDocumented),
    cases,
  };
}

async function runCase(
  one: Case,
  cluster: Cluster,
  seed: number,
  signal: AbortSignal,
): Promise<CaseResult> {
  let finding: Finding | null = null;
  let verdict: Outcome = "unknown";
  let tries = 0;
  let why = "";
  while (tries < mostTries && !signal.aborted && !isEnough(one, finding) && verdict !== "invalid") {
    const tried = await attempt({ ...one.plan, worldSeed: (seed + tries) >>> 0 }, cluster, {
      evidence: true,
      signal,
    });
    tries++;
    // An interrupted history lacks operations that the case looks for.
    if (signal.aborted) break;
    const { claimed } = one.plan;
    // If only the claimed guarantee is broken, the store has kept its promises: this guarantee is what the scenario
    // examines.
    verdict =
      tried.verdict.verdict === "invalid" &&
      brokenPromises(tried.verdict).every((name) => claimed.includes(name))
        ? "valid"
        : tried.verdict.verdict;
    why = tried.verdict.verdict === "unknown" ? `: ${tried.verdict.reasons[0] ?? ""}` : "";
    finding = one.find(seenIn(tried.events, tried.verdict)) ?? finding;
  }
  const { setting, allowed } = one;
  const asDocumented = finding !== null && finding.happened === allowed && verdict !== "invalid";
  return {
    setting,
    allowed,
    asDocumented,
    happened: finding?.happened ?? null,
    what: finding?.what ?? `no try brought the situation about${why}`,
    tries,
    verdict,
  };
}

/** Whether no further try is needed. An edge case that the settings allow is tried again until it happens. */
function isEnough({ allowed }: Case, finding: Finding | null): boolean {
  return finding !== null && (finding.happened || !allowed);
}
