/** The description that each platform gives of itself. */
import type { Settings } from "../../generators/index.ts";
import type { Target } from "../targets/target.ts";
import type { Cluster } from "./cluster.ts";

export interface OpenOptions {
  /**
   * The number of nodes to expect. Containers are created for so many with the cluster, and a start creates more if its
   * settings need them. A running cluster must have exactly so many addresses. Other platforms ignore this number.
   */
  readonly nodes?: number;
  /** Prints a line about a slow step, such as building an image. */
  readonly say?: (line: string) => void;
  /** Addresses of a running cluster as host:port, the first node's first. */
  readonly addresses?: readonly string[];
}

export interface Platform {
  /** The name on the command line and in histories and campaigns. */
  readonly name: string;
  /** The platform in a few words, for the command's help. */
  readonly meaning: string;
  readonly virtualTime: boolean;
  /** The default number of histories of a run. */
  readonly usualHistories: number;
  /**
   * How several histories run at once: on threads of this process, or on several clusters in this thread. Null: one
   * after the other.
   */
  readonly sideBySide: "threads" | "clusters" | null;
  /** The default number of histories at once. */
  readonly usualJobs: number;
  /** A noun for what the platform needs, such as "Docker engine". */
  readonly needs: string;
  /** How to get what the platform needs, as the end of a sentence. */
  readonly howToGet: string;
  /** The code of the error that says that the platform is not available. */
  readonly missingCode: string;
  /** Whether the target describes how it runs on this platform. */
  runs(target: Target): boolean;
  /** Whether the platform is available, with what answered or why not. */
  available(): Promise<Availability>;
  /**
   * Does what can be done before a cluster is opened, and is done only once for all clusters, such as building a node's
   * program.
   *
   * @throws UsageError if the platform cannot run the target with these settings.
   */
  prepare(target: Target, settings: Settings): Promise<unknown>;
  /**
   * Opens a cluster for the target.
   *
   * @throws EnvironmentError if the target does not run on this platform or the platform fails. Then what was created
   * for the cluster is removed, if the platform allows it. Wrong addresses of a running cluster are a UsageError
   * instead.
   */
  open(target: Target, options?: OpenOptions): Promise<Cluster>;
  /**
   * Names of the things that this process created and has not removed. Absent: the platform cannot tell, or creates
   * nothing that could stay.
   */
  leavings?(): Promise<readonly string[]>;
}

export type Availability =
  | {
      readonly ok: true;
      /** The beginning of a line that says what was found, such as "Docker engine 28 answered". */
      readonly what: string;
    }
  | { readonly ok: false; readonly reason: string };
