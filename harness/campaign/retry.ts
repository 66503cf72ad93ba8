/** One unlucky history must not decide a campaign: what the environment did to it is tried once more. */
import { EnvironmentError } from "../errors.ts";
import type { Attempt } from "./attempt.ts";

/**
 * Codes of what an engine may do once and not again: a container that it could not freeze, or start. A command that
 * failed in a machine is told by the engine too.
 */
const passing = ["engine-refused", "command-failed"] as const;

/**
 * Runs a history, and once more where the environment failed the first time. A history that proves something is never
 * run again.
 *
 * @param run Runs it, from the beginning each time.
 * @param retries Hears what the environment did, before the second try.
 * @returns What the last try came to. Rejects as `run` does.
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

/** What the environment did to a history that proves nothing; null: nothing. */
function failureIn({ events, verdict }: Attempt): string | null {
  const end = events.at(-1);
  if (verdict.verdict !== "unknown" || end?.e !== "end" || end.reason === undefined) return null;
  return isPassing(end.reason) ? end.reason : null;
}

const isPassing = (message: string): boolean =>
  passing.some((code) => message.startsWith(`${code}: `));
