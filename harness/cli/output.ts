/**
 * What the command line writes: one JSON document on stdout with --json, text for people otherwise; progress on stderr.
 */
export interface Output {
  readonly json: boolean;
  /** A line for a person: stdout, or stderr when stdout is the document's. */
  say(line: string): void;
  /** The command's result, once. */
  document(value: unknown): void;
}

/** The width that a person reads at: the terminal's, or the usual one where there is none. */
export const columnsOf = (stream: NodeJS.WriteStream): number => stream.columns || 80;

export function createOutput(json: boolean): Output {
  return {
    json,
    say: (line) => void (json ? process.stderr : process.stdout).write(`${line}\n`),
    document: (value) => {
      if (json) process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
    },
  };
}
