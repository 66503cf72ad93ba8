/** Documented edge cases, shown to happen or not: a target brings its own. */
export { type CaseResult, mostTries, runScenario, type ScenarioResult } from "./run.ts";
export type { Case, Finding, Scenario } from "./scenario.ts";
