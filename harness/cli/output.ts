/**
 * A command's output: with --json one JSON document on stdout, else text for people. Progress goes to stderr with
 * --json.
 */
export interface Output {
  readonly json: boolean;
  /** Prints a line for people: on stdout, or on stderr with --json. */
  say(line: string): void;
  /** Prints the command's result as JSON if --json is set. Called at most once. */
  document(value: unknown): void;
}

/** The terminal's width in columns, or 80 without a terminal. */
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
