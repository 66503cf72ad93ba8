/**
 * Runs a history once more if the environment made it fail in a way that may not come again, so that one accident does
 * not decide a campaign.
 */
import { EnvironmentError } from "../errors.ts";
import type { Attempt } from "./attempt.ts";

/**
 * Codes of errors that may not come again if the history runs once more, for example because the engine could not
 * freeze or start a container, or because a command in a container failed.
 */
const passing = ["engine-refused", "command-failed"] as const;

/**
 * Runs a history, and a second time if the environment made the first try fail in a way that may not come again. A
 * history that proves something is never repeated.
 *
 * @param run Runs the history from its beginning.
 * @param retries Called with the environment's failure before the second try.
 * @returns The result of the last try. Rejects as `run` does.
 */
export async function twiceIfUnlucky(
  run: () => Promise<Attempt>,
  signal: AbortSignal,
  retries: (why: string) => void,
): Promise<Attempt> {
  let why: string;
  try {
    const first = await run();
    const failure = failureIn(first);
    if (failure === null || signal.aborted) return first;
    why = failure;
  } catch (error) {
    if (!(error instanceof EnvironmentError) || signal.aborted || !isPassing(error.message))
      throw error;
    why = error.message;
  }
  retries(why);
  return run();
}

/**
 * The failure of the environment that ended a history whose verdict is unknown. Null if there was none, or if it would
 * come again.
 */
function failureIn({ events, verdict }: Attempt): string | null {
  const end = events.at(-1);
  if (verdict.verdict !== "unknown" || end?.e !== "end" || end.reason === undefined) return null;
  return isPassing(end.reason) ? end.reason : null;
}

const isPassing = (message: string): boolean =>
  passing.some((code) => message.startsWith(`${code}: `));
