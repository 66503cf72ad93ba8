/** Mutates plans for a guided search. Mutants are valid plans. */
import * as fc from "fast-check";
import { planArbitrary } from "../arbitrary.ts";
import { integer, pick, weighted } from "../draw.ts";
import { compatible, spareByKey } from "../draw-faults.ts";
import { inOrderOfStart } from "../draw-operations.ts";
import { workloadOf } from "../kinds.ts";
import { type PlanOptions, type ResolvedOptions, resolveOptions } from "../options.ts";
import { parsePlan } from "../parse.ts";
import { PlanError } from "../plan-error.ts";
import type { Plan } from "../plan.ts";
import { createForecast } from "../timeline.ts";
import { mutations } from "./mutations.ts";

/**
 * A plan whose run showed something new. `weight`, a whole number above 0, says how often mutants are made from this
 * plan.
 */
export interface Parent {
  readonly plan: Plan;
  readonly weight: number;
}

/**
 * Makes a valid plan from one of `parents` by one to four mutations. Some mutations take material from a second parent
 * or from a fresh plan. The same arguments always give the same plan. If there are no parents, or no attempt gives a
 * valid plan in which enough operations are expected to succeed, the result is a fresh plan.
 */
export function mutantAt(
  options: PlanOptions,
  parents: readonly Parent[],
  seed: number,
  index: number,
): Plan {
  return fc.sample(new Mutants(options, parents), {
    seed,
    path: String(index),
    numRuns: 1,
  })[0] as Plan; // `numRuns: 1` gives exactly one plan.
}

/**
 * The smallest share of operations that must succeed according to the forecast. With fewer successes, a history would
 * show little except refusals.
 */
const leastSuccess = 0.5;
const tries = 8;

class Mutants extends fc.Arbitrary<Plan> {
  private readonly options: ResolvedOptions;
  private readonly parents: readonly Parent[];

  constructor(options: PlanOptions, parents: readonly Parent[]) {
    super();
    this.options = resolveOptions(options);
    this.parents = parents;
  }

  override generate(random: fc.Random): fc.Value<Plan> {
    const fresh = planArbitrary(this.options).generate(random, undefined).value;
    const { target, operations } = this.options;
    const draw = (): Plan =>
      weighted(
        random,
        this.parents.map(({ plan, weight }) => [plan, weight] as const),
      );
    for (let attempt = 0; attempt < tries && this.parents.length > 0; attempt++) {
      let plan = draw();
      const { nodes } = target.facts(plan.settings);
      for (let changes = integer(random, 1, 4); changes > 0; changes--)
        plan = pick(random, mutations)(random, plan, integer(random, 0, 1) === 0 ? fresh : draw(), {
          most: operations.max,
          nodes,
        });
      const mutant = {
        ...plan,
        operations: inOrderOfStart(plan.operations),
        faults: [...plan.faults].sort((a, b) => a.atMs - b.atMs),
      };
      if (isWorthRunning(mutant, this.options)) return new fc.Value(mutant, undefined);
    }
    return new fc.Value(fresh, undefined);
  }

  override canShrinkWithoutContext(value: unknown): value is Plan {
    return value !== value;
  }

  /** Yields nothing, since planArbitrary shrinks failing plans of any origin. */
  override shrink(): fc.Stream<fc.Value<Plan>> {
    return fc.Stream.nil();
  }
}

function isWorthRunning(plan: Plan, { target, kinds }: ResolvedOptions): boolean {
  const workload = workloadOf(kinds, plan.workload);
  const { operations, faults } = plan;
  const facts = target.facts(plan.settings);
  if (!operations.some(({ f }) => f === workload.always) || !compatible(kinds, faults, facts))
    return false;
  const { all, byKey } = createForecast({ facts, workload, kinds, operations, named: plan })(
    faults,
  );
  if (all < leastSuccess || byKey < spareByKey) return false;
  try {
    parsePlan(plan, target, kinds);
    return true;
  } catch (error) {
    if (error instanceof PlanError) return false;
    throw error;
  }
}
