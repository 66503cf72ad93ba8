/** What a person may ask of the plans. */
import type { GuaranteeName } from "../checkers/index.ts";
import type { StoreSettings } from "../store/index.ts";
import type { FaultKind } from "./plan.ts";

/** Settings that plans may vary by themselves, where the person left them open. R and W are drawn together: only if both are open. */
export type SwarmSetting =
  | "readRepair"
  | "versions"
  | "stamps"
  | "antiEntropy"
  | "antiEntropyIntervalMs"
  | "deletes"
  | "segmentBytes"
  | "hints"
  | "quorums"
  | "sync"
  | "r"
  | "w"
  | "reads";

export interface PlanOptions {
  /** Fixed by the profile and --set: every plan has exactly these, but for `swarmSettings`. */
  readonly settings: StoreSettings;
  /** Kinds of fault that plans may use; [] is a run without faults. */
  readonly faults: readonly FaultKind[];
  /** `siblings`: puts may carry a causal context. Only has an effect where the plan's versions are siblings. */
  readonly workload: "register" | "siblings";
  /** Guarantees claimed beyond what the settings promise. */
  readonly claimed: readonly GuaranteeName[];
  /** A planted bug: its name, or the path of a file. */
  readonly bug?: string;
  /** How many operations a plan has, both ends included. Default: 20 to 100. */
  readonly operations?: { readonly min: number; readonly max: number };
  /** As many operations in less time, and fewer faults: for clusters whose time is real. */
  readonly quick?: boolean;
  /** Faults may be aimed at moments inside a node. Default: true, quick: false, as only the simulator can strike between two frames. */
  readonly aimed?: boolean;
  /** Settings that each plan draws for itself and that shrinking may simplify; default none. A setting that a person fixed does not belong here. */
  readonly swarmSettings?: readonly SwarmSetting[];
  /** In how many other worlds (seeds) a smaller plan is tried once none fails in its own. Default: 2, quick: 0, as only the simulator's world is drawn. */
  readonly worlds?: number;
}

/** Options with nothing left open. */
export interface ResolvedOptions extends PlanOptions {
  readonly operations: { readonly min: number; readonly max: number };
  readonly quick: boolean;
  readonly aimed: boolean;
  readonly swarmSettings: readonly SwarmSetting[];
  readonly worlds: number;
}

/** Fills in the defaults. Throws RangeError for a range of operations that is none. */
export function resolveOptions(options: PlanOptions): ResolvedOptions {
  const quick = options.quick ?? false;
  const operations = options.operations ?? { min: 20, max: 100 };
  const { min, max } = operations;
  if (!Number.isInteger(min) || !Number.isInteger(max) || min < 1 || max < min) {
    throw new RangeError(
      `operations: expected whole numbers 1 ≤ min ≤ max, got min ${min}, max ${max}; name a range such as 20 to 100`,
    );
  }
  return {
    ...options,
    quick,
    operations,
    aimed: options.aimed ?? !quick,
    swarmSettings: options.swarmSettings ?? [],
    worlds: options.worlds ?? (quick ? 0 : 2),
  };
}
