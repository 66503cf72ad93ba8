/** replay.json: what was run again, how often, and whether it did what it did before. */

export interface ReplayReport {
  readonly format: "quorate-replay/1";
  readonly on: string;
  /** What was run again: a folder, a plan.json or a token. */
  readonly target: string;
  readonly startedAt: string;
  readonly runs: number;
  readonly reproduced: number;
  /** What counts as reproduced. */
  readonly expected: string;
  /** Of the last run. */
  readonly verdict: "valid" | "invalid" | "unknown";
  readonly hash: string | null;
}
