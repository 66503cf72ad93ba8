/** Runs a history once more if the environment failed it, so that one accident does not decide a campaign. */
import { EnvironmentError } from "../errors.ts";
import type { Attempt } from "./attempt.ts";

/**
 * Codes of errors that an engine may report once and not again, such as a container that it could not freeze or start,
 * or a command that failed inside a container.
 */
const passing = ["engine-refused", "command-failed"] as const;

/**
 * Runs a history, and a second time if the environment failed the first. A history that proves something is never
 * repeated.
 *
 * @param run Runs it from the beginning each time.
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

/** How the environment failed a history that proves nothing. Null: it did not fail. */
function failureIn({ events, verdict }: Attempt): string | null {
  const end = events.at(-1);
  if (verdict.verdict !== "unknown" || end?.e !== "end" || end.reason === undefined) return null;
  return isPassing(end.reason) ? end.reason : null;
}

const isPassing = (message: string): boolean =>
  passing.some((code) => message.startsWith(`${code}: `));
