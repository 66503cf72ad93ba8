/** What a person may ask of the plans. */
import type { GuaranteeName } from "../checkers/index.ts";
import { builtInKinds, type Kinds } from "./kinds.ts";
import type { Settings } from "./plan.ts";
import type { PlanTarget } from "./target.ts";

/** What reads a plan: the target knows its settings and levels, the kinds know its faults and operations. */
export interface Language {
  readonly target: PlanTarget;
  /** Default: the built-in ones. */
  readonly kinds?: Kinds;
}

export interface ResolvedLanguage extends Language {
  readonly kinds: Kinds;
}

/** What a person may ask of the plans, as data. */
export interface PlanWishes {
  /** Fixed by the profile and --set: every plan has exactly these, but for `swarmSettings`. */
  readonly settings: Settings;
  /** Kinds of fault that plans may use; [] is a run without faults. */
  readonly faults: readonly string[];
  /** The name of the workload. */
  readonly workload: string;
  /** Guarantees claimed beyond what the settings promise. */
  readonly claimed: readonly GuaranteeName[];
  /** A planted bug: its name, or the path of a file. */
  readonly bug?: string;
  /** How many operations a plan has, both ends included. Default: 20 to 100, and in few plans up to 800. */
  readonly operations?: { readonly min: number; readonly max: number };
  /**
   * How many keys and clients a plan has, both ends included. Default: 1 to 60 keys, few in most plans, in few up to
   * 300, and 2 to 6 clients.
   */
  readonly keys?: { readonly min: number; readonly max: number };
  readonly clients?: { readonly min: number; readonly max: number };
  /**
   * How long the operations take without faults, in milliseconds, both ends included. Default: 1,000 to 5,000; quick:
   * 600 to 2,000; more for many operations.
   */
  readonly phaseMs?: { readonly min: number; readonly max: number };
  /**
   * One plan in 150 has hundreds of operations and keys, which reach limits of a page, batch or exchange. Default: true
   * where the numbers of operations and keys are left open, quick: false.
   */
  readonly large?: boolean;
  /** As many operations in less time, and fewer faults: for clusters whose time is real. */
  readonly quick?: boolean;
  /**
   * Faults may wait for triggers inside a node. Default: true, quick: false, as only the simulator can strike between
   * two frames.
   */
  readonly triggered?: boolean;
  /**
   * Settings that each plan draws for itself and that shrinking may simplify; default none. A setting that a person
   * fixed does not belong here.
   */
  readonly swarmSettings?: readonly string[];
  /**
   * In how many other worlds (seeds) a smaller plan is tried once none fails in its own. Default: 2, quick: 0, as only
   * the simulator's world is drawn.
   */
  readonly worlds?: number;
}

export interface PlanOptions extends PlanWishes, Language {}

/** Options with nothing left open. */
export interface ResolvedOptions extends PlanOptions, ResolvedLanguage {
  readonly kinds: Kinds;
  readonly operations: { readonly min: number; readonly max: number };
  readonly large: boolean;
  readonly quick: boolean;
  readonly triggered: boolean;
  readonly swarmSettings: readonly string[];
  readonly worlds: number;
}

/** Fills in the defaults. Throws RangeError for a range of operations that is none. */
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
