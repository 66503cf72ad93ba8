/** Draws plans as a fast-check arbitrary, for `fc.assert` in any test suite and for campaigns. */
import * as fc from "fast-check";
import { chance } from "./draw.ts";
import { drawEpisode } from "./draw-episode.ts";
import { drawFaults } from "./draw-faults.ts";
import { drawOperations } from "./draw-operations.ts";
import { resolveOptions } from "./options.ts";
import type { PlanOptions, ResolvedOptions } from "./options.ts";
import { parsePlan } from "./parse.ts";
import { PlanError } from "./plan-error.ts";
import type { Plan } from "./plan.ts";
import { readable } from "./readable.ts";
import { candidates, start } from "./shrink/candidates.ts";
import type { Cursor } from "./shrink/candidates.ts";
import { passesFor } from "./shrink/passes.ts";
import type { Pass } from "./shrink/passes.ts";
import { drawSwarm } from "./swarm.ts";

/**
 * Makes a fast-check arbitrary of a target's plans. The plans are drawn by swarm testing and shrink by delta debugging.
 *
 * Shrinking accepts any valid plan, also one from a file. Shrinking changes only two kinds of settings: the number of
 * nodes, as far as the target's `withNodes` allows it, and `options.swarmSettings`.
 *
 * @param options The target, its settings, the workload, and the kinds of fault that plans may use.
 * @returns An arbitrary for `fc.assert` in any test runner.
 * @throws RangeError if `options.operations`, `keys` or `clients` is not a valid range.
 * @example
 * const cluster = createSimCluster(bundled);
 * const plans = planArbitrary({
 *   target: bundled,
 *   settings: bundled.defaults,
 *   faults: ["partition", "kill"],
 *   workload: "register",
 *   claimed: [],
 * });
 * await fc.assert(
 *   fc.asyncProperty(plans, async (plan) => {
 *     const { verdict } = await attempt(plan, cluster, { evidence: true });
 *     return verdict.verdict !== "invalid";
 *   }),
 * );
 */
export function planArbitrary(options: PlanOptions): fc.Arbitrary<Plan> {
  return new PlanArbitrary(resolveOptions(options));
}

/**
 * Draws the plan that `fc.check(fc.property(planArbitrary(options), …), { seed })` uses in run `index`.
 *
 * For run i, fast-check jumps the seed's generator i + 1 times, so the plan does not depend on earlier runs.
 * fast-check's bias, which depends on i, is ignored. A call costs `index` jumps of half a microsecond each.
 *
 * @param options As for `planArbitrary`.
 * @param seed The campaign's seed.
 * @param index The number of the run, counted from 0.
 * @throws RangeError if `index` is not a whole number of at least 0, or if `options.operations`, `keys` or `clients` is
 *   not a valid range.
 */
export function planAt(options: PlanOptions, seed: number, index: number): Plan {
  if (!Number.isInteger(index) || index < 0)
    throw new RangeError(`planAt: expected a whole index of at least 0, got ${index}`);
  // `path` is the number of runs to skip without drawing them. `numRuns: 1` gives exactly one plan.
  return fc.sample(planArbitrary(options), { seed, path: String(index), numRuns: 1 })[0] as Plan;
}

class PlanArbitrary extends fc.Arbitrary<Plan> {
  private readonly options: ResolvedOptions;
  /** Made at the first shrinking, since most plans are only drawn. */
  private passes: readonly Pass[] | undefined;

  constructor(options: ResolvedOptions) {
    super();
    this.options = options;
  }

  override generate(random: fc.Random): fc.Value<Plan> {
    const { target, swarmSettings, workload, claimed, bug } = this.options;
    const swarm = drawSwarm(random, this.options);
    const episode = drawEpisode(random, swarm, this.options);
    const operations = drawOperations(random, swarm, target, episode);
    const worldSeed = random.nextInt() >>> 0;
    const faults = drawFaults(random, swarm, operations, episode, this.options);
    const plan: Plan = {
      format: "quorate-plan/2",
      target: { name: target.name, version: target.version },
      workload,
      worldSeed,
      settings:
        target.drawLastSettings?.(random, swarm.settings, swarmSettings, operations) ??
        swarm.settings,
      clients: swarm.clients,
      keys: swarm.keys,
      ...(swarm.keyNames !== undefined && { keyNames: swarm.keyNames }),
      operations,
      faults,
      claimed,
      ...(target.restartPercent !== undefined && {
        restart: chance(random, target.restartPercent),
      }),
      ...(bug !== undefined && { bug }),
    };
    return new fc.Value(sayable(plan, this.options), start);
  }

  override canShrinkWithoutContext(value: unknown): value is Plan {
    try {
      parsePlan(value, this.options.target, this.options.kinds);
      return true;
    } catch (error) {
      if (error instanceof PlanError) return false;
      throw error;
    }
  }

  override shrink(plan: Plan, context: unknown): fc.Stream<fc.Value<Plan>> {
    const from = isCursor(context) ? context : start;
    this.passes ??= passesFor(this.options);
    return fc
      .stream(candidates(plan, this.passes, from, this.options))
      .map(([candidate, cursor]) => new fc.Value(sayable(candidate, this.options), cursor));
  }
}

/** Lets fast-check print the plan as steps instead of JSON. The added method is not part of the plan's data. */
function sayable(plan: Plan, language: ResolvedOptions): Plan {
  return Object.defineProperty(plan, fc.toStringMethod, {
    value: () =>
      `\n${readable(plan, language)
        .map((step, index) => `  ${index + 1}. ${step}\n`)
        .join("")}`,
    enumerable: false,
    configurable: true,
  });
}

function isCursor(context: unknown): context is Cursor {
  return typeof context === "object" && context !== null && "pass" in context && "index" in context;
}
