/** Where a campaign's plans come from: each drawn afresh, or steered by what earlier ones made the store do. */
import {
  mutantAt,
  planAt,
  type Parent,
  type Plan,
  type PlanOptions,
} from "../../generators/index.ts";

export const searches = ["random", "guided"] as const;
/**
 * Where plans come from. `random`: each is drawn afresh. `guided`: some are changed copies of plans that made the store
 * do something new.
 */
export type Search = (typeof searches)[number];

/**
 * Plans in the order of their index. A guided plan depends on the seed and on what all plans of earlier batches did, in
 * their order: so a steered campaign is the same for the same seed, however many threads there are.
 */
export interface PlanSource {
  /** Plan `index`, if it can be known yet: plans below `known()` can. */
  plan(index: number): Plan;
  known(): number;
  /**
   * What plan `index` made the store do. Told once for each, in order; a source that does not steer need not be told.
   *
   * @returns What of it is new. Told that alone, another source of the same seed gives the same plans.
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

/** Large enough for threads to work side by side, small enough to learn from. */
export const batch = 16;
const parentsAtMost = 200;

/** Every other plan is fresh: a search that only goes on from what it knows stays there. */
function guided(options: PlanOptions, seed: number): PlanSource {
  const known = new Set<string>();
  /** Age: batches since. */
  const parents: { readonly plan: Plan; readonly worth: number; age: number }[] = [];
  /** Of the batch that runs. */
  let plans: readonly Plan[] = [];
  let begun = 0;
  let seen = 0;

  /** What brought much that was new, of late. */
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
