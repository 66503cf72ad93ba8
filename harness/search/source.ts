/** The source of a campaign's plans: drawn afresh, or guided by what earlier plans made the store do. */
import {
  mutantAt,
  planAt,
  type Parent,
  type Plan,
  type PlanOptions,
} from "../../generators/index.ts";

export const searches = ["random", "guided"] as const;
/**
 * How plans are found. `random`: each is drawn afresh. `guided`: some are mutated copies of plans that made the store
 * do something new.
 */
export type Search = (typeof searches)[number];

/**
 * Plans in order of index. A guided plan depends on the seed and on the results of all earlier batches, so a guided
 * campaign gives the same for a seed, whatever the number of threads.
 */
export interface PlanSource {
  /** The plan of that index, which must be below `known()`. */
  plan(index: number): Plan;
  known(): number;
  /**
   * Reports what plan `index` made the store do. Called once for each plan, in order. Unnecessary for random search.
   *
   * @returns The features that are new. Another source with the same seed gives the same plans if it is told only
   *   these.
   */
  saw(index: number, features: ReadonlySet<string>): readonly string[];
  readonly steers: boolean;
}

export function planSource(search: Search, options: PlanOptions, seed: number): PlanSource {
  return search === "guided"
    ? guided(options, seed)
    : {
        plan: (index) => planAt(options, seed, index),
        known: () => Infinity,
        saw: () => [],
        steers: false,
      };
}

/** The batch size: large enough for parallel threads, small enough to learn from often. */
export const batch = 16;
const parentsAtMost = 200;

/** Every other plan is fresh: mutations alone would stay near what is already known. */
function guided(options: PlanOptions, seed: number): PlanSource {
  const known = new Set<string>();
  /** The plans that reached new features. `worth`: how many. `age`: the number of batches begun since. */
  const parents: { readonly plan: Plan; readonly worth: number; age: number }[] = [];
  /** The plans of the current batch. */
  let plans: readonly Plan[] = [];
  let begun = 0;
  let seen = 0;

  /** Prefers recent plans with many new features. */
  const weights = (): readonly Parent[] =>
    parents.map(({ plan, worth, age }) => ({
      plan,
      weight: Math.max(1, Math.round((8 * worth) / (1 + age))),
    }));

  function begin(): void {
    begun = seen;
    const pool = weights();
    plans = Array.from({ length: batch }, (_, place) => {
      const index = begun + place;
      return index % 2 === 0 || pool.length === 0
        ? planAt(options, seed, index)
        : mutantAt(options, pool, seed, index);
    });
    for (const parent of parents) parent.age++;
  }
  begin();

  return {
    steers: true,
    known: () => begun + batch,
    plan(index) {
      const plan = plans[index - begun];
      if (plan === undefined)
        throw new RangeError(
          `guided plans: expected an index from ${begun} to ${begun + batch - 1}, got ${index}`,
        );
      return plan;
    },
    saw(index, features) {
      if (index !== seen)
        throw new RangeError(`guided plans: expected what plan ${seen} did, got that of ${index}`);
      const news = [...features].filter((feature) => !known.has(feature));
      for (const feature of news) known.add(feature);
      const plan = plans[index - begun];
      if (news.length > 0 && plan !== undefined) parents.push({ plan, worth: news.length, age: 0 });
      if (parents.length > parentsAtMost) parents.shift();
      seen++;
      if (seen === begun + batch) begin();
      return news;
    },
  };
}
