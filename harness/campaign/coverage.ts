/** What a campaign covered, and what it could have covered and did not. */
import {
  builtInKinds,
  type PlanOptions,
  type Settings,
  workloadOf,
} from "../../generators/index.ts";
import type { Coverage } from "../../reports/index.ts";

/** Counts by name, or by several names one after the other. */
interface Counters {
  [name: string]: number | Counters;
}

type ReadonlyCounters = { readonly [name: string]: number | ReadonlyCounters };

/** Adds coverage up. */
export interface CoverageSum {
  add(part: Coverage): void;
  /** Ordered by name: the order must not depend on how histories were spread over shards. */
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

/** The settings of a plan that it could vary, where they are words, truth values or small numbers. */
export const variedSettings = (settings: Settings, names: readonly string[] = []): Settings =>
  Object.fromEntries(
    Object.entries(settings).filter(
      ([name, value]) =>
        names.includes(name) && (typeof value !== "number" || (value >= 0 && value < 10)),
    ),
  );

/** All that plans of these options may cover, each 0 times. */
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
        // A single value is where shrinking starts, not all that there is.
        none(
          (target.simplest[name] ?? []).length < 2 ? [] : (target.simplest[name] ?? []).map(String),
        ),
      ]),
    ),
  };
}

/** The same, each 0 times. */
export const uncounted = (coverage: Coverage): Coverage =>
  JSON.parse(
    JSON.stringify(coverage, (_, value: unknown) => (typeof value === "number" ? 0 : value)),
  ) as Coverage;
