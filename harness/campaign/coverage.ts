/** Counts what a campaign covered, and what it could have covered but did not. */
import {
  builtInKinds,
  type PlanOptions,
  type Settings,
  workloadOf,
} from "../../generators/index.ts";
import type { Coverage } from "../../reports/index.ts";

/** Counters keyed by one or more names. */
interface Counters {
  [name: string]: number | Counters;
}

type ReadonlyCounters = { readonly [name: string]: number | ReadonlyCounters };

/** Sums coverage over histories. */
export interface CoverageSum {
  add(part: Coverage): void;
  /** The sum, sorted by name, so that the order does not depend on how histories were spread over shards. */
  total(): Coverage;
}

export function createCoverageSum(): CoverageSum {
  const sums: Counters = { tried: {}, met: {}, settings: {} };
  return {
    add: (part) => add(sums, { ...part }),
    total: () => sorted(sums) as unknown as Coverage,
  };
}

export function sumOf(parts: readonly Coverage[]): Coverage {
  const sum = createCoverageSum();
  for (const part of parts) sum.add(part);
  return sum.total();
}

function add(sums: Counters, more: ReadonlyCounters): void {
  for (const [name, value] of Object.entries(more)) {
    if (typeof value === "number") sums[name] = Number(sums[name] ?? 0) + value;
    else add((sums[name] ??= {}) as Counters, value);
  }
}

const sorted = (counters: Counters): Counters =>
  Object.fromEntries(
    Object.entries(counters)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => [name, typeof value === "number" ? value : sorted(value)]),
  );

/**
 * The settings that may vary (`names`). Numbers below 0 become `below 0`, and numbers from 10 on become `10 or more`:
 * otherwise there would be too many values to count.
 */
export const variedSettings = (settings: Settings, names: readonly string[] = []): Settings =>
  Object.fromEntries(
    Object.entries(settings)
      .filter(([name]) => names.includes(name))
      .map(([name, value]) => [
        name,
        typeof value !== "number" || (value >= 0 && value < 10)
          ? value
          : value < 0
            ? "below 0"
            : "10 or more",
      ]),
  );

/** The operations, faults and values of settings that plans with these options can cover, each with a count of 0. */
export function possibleCoverage(options: PlanOptions, askedKinds: readonly string[]): Coverage {
  const { target, kinds = builtInKinds, workload, swarmSettings = [] } = options;
  const functions = Object.keys(workloadOf(kinds, workload).operations);
  const none = (names: readonly string[]): Record<string, number> =>
    Object.fromEntries(names.map((name) => [name, 0]));
  return {
    tried: none(functions),
    met: Object.fromEntries(askedKinds.map((kind) => [kind, none(functions)])),
    settings: Object.fromEntries(
      swarmSettings.map((name) => [
        name,
        // If the target lists a single value for a setting, only shrinking tries this value, and plans draw other
        // values.
        none(
          (target.simplest[name] ?? []).length < 2 ? [] : (target.simplest[name] ?? []).map(String),
        ),
      ]),
    ),
  };
}

/** A copy of the coverage with all counts set to 0. */
export const uncounted = (coverage: Coverage): Coverage =>
  JSON.parse(
    JSON.stringify(coverage, (_, value: unknown) => (typeof value === "number" ? 0 : value)),
  ) as Coverage;
