/** Asks the user before code runs that a run's folder, a plan or a token names. */
import { createInterface } from "node:readline/promises";
import { usage } from "./exit.ts";

export interface TrustOptions {
  /** Whether the command line has `--trust`. */
  readonly trusted: boolean;
  /** Asks the person at the terminal. Null without a terminal. */
  readonly ask: ((question: string) => Promise<string>) | null;
  /** The command as the user typed it. */
  readonly command: string;
}

/**
 * Returns if the code may run: with `--trust`, or after the user at the terminal said yes.
 *
 * @param code The path of the code.
 * @param from The folder, plan or token that names the code.
 * @throws UsageError `not-trusted`, with the command that runs the code, if the user did not agree.
 */
export async function requireTrust(
  code: string,
  from: string,
  { trusted, ask, command }: TrustOptions,
): Promise<void> {
  if (trusted) return;
  const answer = await ask?.(
    `${from} names files that would be run or written here: ${code}. Go on? [y/N] `,
  );
  if (/^y(es)?$/i.test(answer?.trim() ?? "")) return;
  throw usage({
    code: "not-trusted",
    expected: `--trust, because ${from} names files that would be run or written on this machine`,
    got: `${code}, which you have not marked as trusted`,
    hint: `Look at these files first. To go on: ${command} --trust`,
  });
}

/** Returns a function that asks the person at the terminal, or null without a terminal. */
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
