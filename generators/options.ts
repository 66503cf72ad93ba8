/** Options for drawing plans. */
import type { GuaranteeName } from "../checkers/index.ts";
import { builtInKinds, type Kinds } from "./kinds.ts";
import type { Settings } from "./plan.ts";
import type { PlanTarget } from "./target.ts";

/** What is needed to read a plan: the target for settings and levels, the kinds for faults and operations. */
export interface Language {
  readonly target: PlanTarget;
  /** The kinds of fault, workloads and checkers. Default: the built-in ones. */
  readonly kinds?: Kinds;
}

export interface ResolvedLanguage extends Language {
  readonly kinds: Kinds;
}

/** Options for plans as plain data. */
export interface PlanWishes {
  /** The settings of every plan. Only the settings that `swarmSettings` lists vary. */
  readonly settings: Settings;
  /** The kinds of fault that plans may use. `[]` means no faults. */
  readonly faults: readonly string[];
  /** The name of the workload. */
  readonly workload: string;
  /** Guarantees claimed beyond what the settings promise. */
  readonly claimed: readonly GuaranteeName[];
  /** A planted bug: its name, or the path of a file. */
  readonly bug?: string;
  /**
   * The range of the number of operations in a plan, both bounds inclusive. Default: 20 to 100. Large plans (see
   * `large`) have 200 to 800 instead.
   */
  readonly operations?: { readonly min: number; readonly max: number };
  /**
   * The range of the number of keys in a plan, both bounds inclusive. Default: 1 to 60, mostly few. Large plans (see
   * `large`) have 30 to 300 instead, and plans of workloads with `oneKey` have 1.
   */
  readonly keys?: { readonly min: number; readonly max: number };
  /** The range of the number of clients in a plan, both bounds inclusive. Default: 2 to 6. */
  readonly clients?: { readonly min: number; readonly max: number };
  /**
   * The range of the time that a plan's operations take without faults, in ms, both bounds inclusive. Default: 1,000 to
   * 5,000 ms, and more for many operations. If `quick`: 600 to 2,000 ms, unless the target sets another range. Plans
   * with membership changes take half of it.
   */
  readonly phaseMs?: { readonly min: number; readonly max: number };
  /**
   * Whether about one plan in 150 is large, with 200 to 800 operations and 30 to 300 keys, to reach the limits of
   * pages, batches and exchanges. Default: true if `operations` and `keys` are absent and `quick` is not set.
   */
  readonly large?: boolean;
  /**
   * Makes plans for clusters in real time: the same number of operations in less time, and fewer faults, unless the
   * target sets other ranges. Default: false.
   */
  readonly quick?: boolean;
  /**
   * Whether faults may wait for triggers inside a node. Default: true, but false if `quick`, since only the simulator
   * can act between two frames.
   */
  readonly triggered?: boolean;
  /**
   * Settings that each plan draws and that shrinking may simplify. If `quick`, the target's `fixedWhenQuick` are left
   * out. Default: none. Must not contain settings that the user fixed.
   */
  readonly swarmSettings?: readonly string[];
  /**
   * How many other seeds of the simulated world shrinking tries when it removes single parts, once no smaller plan
   * fails with the original seed. It tries more seeds when it removes larger shares of the operations. Default: 2, but
   * 0 if `quick`, since only the simulator draws its world.
   */
  readonly worlds?: number;
}

export interface PlanOptions extends PlanWishes, Language {}

/**
 * Options for drawing plans, with the defaults of `kinds`, `operations`, `swarmSettings`, `worlds` and the yes-or-no
 * options filled in.
 */
export interface ResolvedOptions extends PlanOptions, ResolvedLanguage {
  readonly kinds: Kinds;
  readonly operations: { readonly min: number; readonly max: number };
  readonly large: boolean;
  readonly quick: boolean;
  readonly triggered: boolean;
  readonly swarmSettings: readonly string[];
  readonly worlds: number;
}

/** Fills in defaults. Throws RangeError for an invalid range of operations, keys or clients. */
export function resolveOptions(options: PlanOptions): ResolvedOptions {
  const quick = options.quick ?? false;
  const operations = options.operations ?? { min: 20, max: 100 };
  const { keys, clients } = options;
  for (const [name, range] of Object.entries({ operations, keys, clients })) {
    if (range === undefined) continue;
    const { min, max } = range;
    if (!Number.isInteger(min) || !Number.isInteger(max) || min < 1 || max < min)
      throw new RangeError(
        `${name}: expected whole numbers 1 ≤ min ≤ max, got min ${min}, max ${max}; name a range such as 20 to 100`,
      );
  }
  return {
    ...options,
    quick,
    operations,
    large:
      options.large ?? (!quick && options.operations === undefined && options.keys === undefined),
    kinds: options.kinds ?? builtInKinds,
    triggered: options.triggered ?? !quick,
    swarmSettings: (options.swarmSettings ?? []).filter(
      (name) => !quick || options.target.fixedWhenQuick?.includes(name) !== true,
    ),
    worlds: options.worlds ?? (quick ? 0 : 2),
  };
}
