/** Code that a run's folder, a plan or a token names runs only once the user agrees. */
import { createInterface } from "node:readline/promises";
import { usage } from "./exit.ts";

export interface TrustOptions {
  /** `--trust`. */
  readonly trusted: boolean;
  /** Asks the person at the terminal; null: there is none. */
  readonly ask: ((question: string) => Promise<string>) | null;
  /** The command as it was asked. */
  readonly command: string;
}

/**
 * Returns once the code may run. Asks at the terminal where it can.
 *
 * @param code The path of what would run.
 * @param from What names it: a folder, a plan or a token.
 * @throws UsageError `not-trusted`, with the command that runs it, where the user did not agree.
 */
export async function requireTrust(
  code: string,
  from: string,
  { trusted, ask, command }: TrustOptions,
): Promise<void> {
  if (trusted) return;
  const answer = await ask?.(`${from} names code that would run here: ${code}. Go on? [y/N] `);
  if (/^y(es)?$/i.test(answer?.trim() ?? "")) return;
  throw usage({
    code: "not-trusted",
    expected: `--trust, because ${from} names code that would run on this machine`,
    got: `${code}, which you have not said you trust`,
    hint: `Read that file. To go on: ${command} --trust`,
  });
}

/** Asks the person at the terminal; null where nobody sits there. */
export function askerAt(input: NodeJS.ReadStream, output: NodeJS.WriteStream): TrustOptions["ask"] {
  if (!input.isTTY || !output.isTTY) return null;
  return async (question) => {
    const terminal = createInterface({ input, output });
    try {
      return await terminal.question(question);
    } finally {
      terminal.close();
    }
  };
}
