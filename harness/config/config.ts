/** The type of a configuration file. */
import type { Checker, GuaranteeName } from "../../checkers/index.ts";
import type { FaultKind, Settings, Workload } from "../../generators/index.ts";
import type { Target } from "../targets/target.ts";
import type { CommandFault } from "./command-fault.ts";
import type { OwnTarget } from "./own-target.ts";

/**
 * The fields that distinguish a whole target from a short description. With them, an editor knows which of the two the
 * user is writing.
 */
export type WholeTarget = Pick<
  Target,
  | "name"
  | "version"
  | "parseSettings"
  | "facts"
  | "capabilities"
  | "describe"
  | "finalPhase"
  | "drawSettings"
>;

/**
 * The content of a configuration file. Flags of the command line override it, except that `--promise` adds to
 * `promise`.
 */
export interface QuorateConfig {
  /** The name of a built-in target, a description of your own store, or a whole target. Default: bundled. */
  readonly target?: string | OwnTarget | WholeTarget;
  /**
   * The platform: docker, process, sim, external. Default: external if there are addresses, else the first of the
   * target's platforms that is available.
   */
  readonly on?: string;
  /** The name of a profile: the settings of a known system. */
  readonly profile?: string;
  readonly settings?: Settings;
  readonly workload?: string;
  /** Kinds of fault that plans may use. */
  readonly faults?: readonly string[] | "all" | "none";
  /** Guarantees claimed beyond what the target promises. */
  readonly promise?: readonly GuaranteeName[];
  readonly histories?: number;
  /** No history starts later than this many seconds after the run began. */
  readonly seconds?: number;
  readonly seed?: number;
  /** The percentage of histories whose verdict may be unknown. */
  readonly tolerateUnknown?: number;
  /** The addresses of a running cluster's nodes as host:port, in the order n1, n2, … */
  readonly addresses?: readonly string[];
  /** Your own kinds of fault: two shell commands each, or a whole kind. */
  readonly faultKinds?: readonly (CommandFault | FaultKind)[];
  readonly workloads?: readonly Workload[];
  /** Your own checkers, beside the built-in ones. The guarantees that they judge count as claimed. */
  readonly checkers?: readonly Checker[];
}

/**
 * Gives an editor the types of a configuration.
 *
 * @param config The target, and what to run on it.
 * @returns The same object.
 * @example
 * export default defineConfig({ target: "bundled", faults: ["partition", "kill"], seconds: 60 });
 */
export const defineConfig = (config: QuorateConfig): QuorateConfig => config;
