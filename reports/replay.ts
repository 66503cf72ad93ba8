/** The content of replay.json: what was replayed, how often, and in how many runs the expected result came again. */

export interface ReplayReport {
  readonly format: "quorate-replay/1";
  readonly on: string;
  /** The replayed folder, zip, plan.json or token. */
  readonly target: string;
  readonly startedAt: string;
  readonly runs: number;
  readonly reproduced: number;
  /** In words, the result that `reproduced` counts. */
  readonly expected: string;
  /** The verdict of the last run. Unknown if no run was complete. */
  readonly verdict: "valid" | "invalid" | "unknown";
  readonly hash: string | null;
  /** Why the replay ended before all runs. Then `runs` counts only the complete ones. Absent: all runs were made. */
  readonly interrupted?: string;
}
