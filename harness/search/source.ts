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
 * How plans are found. `random`: each plan is drawn afresh. `guided`: some plans are mutated copies of plans that made
 * the store do something new.
 */
export type Search = (typeof searches)[number];

/**
 * Plans in order of index. A guided plan depends only on the options, the seed and the results of all earlier batches.
 * So a guided campaign in the simulator has the same plans for the same seed, whatever the number of threads.
 */
export interface PlanSource {
  /** Returns plan `index`, which must be below `known()`. */
  plan(index: number): Plan;
  known(): number;
  /**
   * Reports what plan `index` made the store do. Must be called once for each plan, in order. A random search ignores
   * it.
   *
   * @returns The features that are new. Another source with the same seed gives the same plans even if only these
   *   features are reported to it.
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

/** The number of plans in a batch. It is large enough for parallel threads, and small enough to learn from often. */
export const batch = 16;
const parentsAtMost = 200;

/**
 * Makes a source in which at least every other plan is drawn afresh, since mutations alone would stay near what is
 * already known.
 */
function guided(options: PlanOptions, seed: number): PlanSource {
  const known = new Set<string>();
  /**
   * The plans that reached new features. `worth` is the number of these features, and `age` the number of batches begun
   * since.
   */
  const parents: { readonly plan: Plan; readonly worth: number; age: number }[] = [];
  /** The plans of the current batch. */
  let plans: readonly Plan[] = [];
  let begun = 0;
  let seen = 0;

  /** Recent plans with many new features have the largest weights. */
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
