/** Where nodes can run. */
import type { Target } from "../targets/target.ts";
import type { Cluster } from "./cluster.ts";

export interface OpenOptions {
  /** How many nodes to make ready at once; a start makes more when its settings ask for more. */
  readonly nodes?: number;
  /** Hears, a line each, of what takes long. */
  readonly say?: (line: string) => void;
  /** Of a cluster that already runs: host:port, the first node's first. */
  readonly addresses?: readonly string[];
}

export interface Platform {
  /** On the command line, in histories and campaigns. */
  readonly name: string;
  /** For help: a few words. */
  readonly meaning: string;
  readonly virtualTime: boolean;
  /** How many histories a run has where nobody says. */
  readonly usualHistories: number;
  /**
   * How several histories run at a time: on threads of this process, or on several clusters of this thread. Null: one
   * after the other.
   */
  readonly sideBySide: "threads" | "clusters" | null;
  /** How many at a time where nobody says. */
  readonly usualJobs: number;
  /** What must be there: a noun. */
  readonly needs: string;
  /** How to get it: a sentence's end. */
  readonly howToGet: string;
  /** The code of the error where it is missing. */
  readonly missingCode: string;
  /** Whether the target says what this platform needs to know of it. */
  runs(target: Target): boolean;
  /** Whether the platform is there: what answers, or why not. */
  available(): Promise<Availability>;
  /** @throws EnvironmentError where the target does not run here, or the platform fails; nothing is left behind. */
  open(target: Target, options?: OpenOptions): Promise<Cluster>;
  /** What this process made there and has not removed, by name. Absent: a cluster makes nothing that could stay. */
  leavings?(): Promise<readonly string[]>;
}

export type Availability =
  | {
      readonly ok: true;
      /** A sentence's subject and verb: "Docker engine 28 answered". */
      readonly what: string;
    }
  | { readonly ok: false; readonly reason: string };
