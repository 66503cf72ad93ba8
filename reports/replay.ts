/** replay.json: what was replayed, how often, and whether the result was the same. */

export interface ReplayReport {
  readonly format: "quorate-replay/1";
  readonly on: string;
  /** What was replayed: a folder, a plan.json or a token. */
  readonly target: string;
  readonly startedAt: string;
  readonly runs: number;
  readonly reproduced: number;
  /** The result that counts as reproduced, in words. */
  readonly expected: string;
  /** The verdict of the last run. */
  readonly verdict: "valid" | "invalid" | "unknown";
  readonly hash: string | null;
}
