/** The type of a configuration file. */
import type { Checker, GuaranteeName } from "../../checkers/index.ts";
import type { FaultKind, Settings, Workload } from "../../generators/index.ts";
import type { Target } from "../targets/target.ts";
import type { CommandFault } from "./command-fault.ts";
import type { OwnTarget } from "./own-target.ts";

/**
 * The fields that tell a whole target from a description, so that an editor knows which of the two is being written.
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

/** The content of a configuration file. Flags of the command line win over it. */
export interface QuorateConfig {
  /** The name of a built-in target, a description of your own store, or a whole target. Default: bundled. */
  readonly target?: string | OwnTarget | WholeTarget;
  /** The platform: docker, process, sim, external. Default: the first of the target's that is available. */
  readonly on?: string;
  /** The settings of a known system. */
  readonly profile?: string;
  readonly settings?: Settings;
  readonly workload?: string;
  /** Kinds of fault that plans may use. */
  readonly faults?: readonly string[] | "all" | "none";
  /** Guarantees claimed beyond what the target promises. */
  readonly promise?: readonly GuaranteeName[];
  readonly histories?: number;
  /** No history starts after so many seconds. */
  readonly seconds?: number;
  readonly seed?: number;
  /** How many of a hundred histories may be unknown. */
  readonly tolerateUnknown?: number;
  /** The addresses of a running cluster as host:port, the first node's first. */
  readonly addresses?: readonly string[];
  /** Your own kinds of fault: two shell commands each, or a whole kind. */
  readonly faultKinds?: readonly (CommandFault | FaultKind)[];
  readonly workloads?: readonly Workload[];
  /** Your own checkers, beside the built-in ones. What they judge counts as promised. */
  readonly checkers?: readonly Checker[];
}

/**
 * Gives an editor the types of a configuration.
 *
 * @param config What `quorate run` does in this folder.
 * @returns The same object.
 * @example
 * export default defineConfig({ target: "bundled", faults: ["partition", "kill"], seconds: 60 });
 */
export const defineConfig = (config: QuorateConfig): QuorateConfig => config;
