/** Scenarios: documented edge cases that are shown to happen or not. A target may bring its own. */
export { type CaseResult, mostTries, runScenario, type ScenarioResult } from "./run.ts";
export type { Case, Finding, Scenario, Seen } from "./scenario.ts";
