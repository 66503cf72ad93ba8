/** What a configuration file says. */
import type { GuaranteeName } from "../../checkers/index.ts";
import type { FaultKind, Settings, Workload } from "../../generators/index.ts";
import type { Target } from "../targets/target.ts";
import type { CommandFault } from "./command-fault.ts";
import type { OwnTarget } from "./own-target.ts";

/** A whole target, by what tells it from a description: so that an editor knows which of the two is being written. */
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

export interface QuorateConfig {
  /** The name of a built-in target, a description of your own store, or a whole target. Default: bundled. */
  readonly target?: string | OwnTarget | WholeTarget;
  /** The platform: docker, sim, external. Default: the first that the target runs on. */
  readonly on?: string;
  /** A known system's settings. */
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
  /** Of a hundred histories, how many may be unknown. */
  readonly tolerateUnknown?: number;
  /** Of a cluster that already runs: host:port, the first node's first. */
  readonly addresses?: readonly string[];
  /** Kinds of fault of your own: two shell commands each, or a whole kind. */
  readonly faultKinds?: readonly (CommandFault | FaultKind)[];
  readonly workloads?: readonly Workload[];
}

/**
 * A configuration: gives an editor its types.
 *
 * @param config What `quorate run` is to do in this folder.
 * @returns The same.
 * @example
 * export default defineConfig({ target: "bundled", faults: ["partition", "kill"], seconds: 60 });
 */
export const defineConfig = (config: QuorateConfig): QuorateConfig => config;
