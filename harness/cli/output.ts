import { isApartForNodes } from "./apart.ts";

/**
 * A command's output: with --json one JSON document on stdout, else text for people. Progress goes to stderr with
 * --json.
 */
export interface Output {
  readonly json: boolean;
  /**
   * Prints lines for people: on stdout, or on stderr with --json. Names of files and other texts of somebody else may be
   * part of them, so control characters are made visible.
   */
  say(lines: string): void;
  /** As `say`, for lines that come before the choice of the platform. A thread does not repeat what was said before it. */
  sayFirst(lines: string): void;
  /** As `say`, but for text with colors. Its other control characters must be visible already. */
  sayPainted(lines: string): void;
  /** Prints the command's result as JSON if --json is set. Called at most once. */
  document(value: unknown): void;
}

/** The terminal's width in columns, or 80 without a terminal. */
export const columnsOf = (stream: NodeJS.WriteStream): number => stream.columns || 80;

/** Writes control characters as \u and their code, but for line feeds and tabs. */
const harmless = (text: string): string =>
  text.replace(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

let hasPrinted = false;

/** Whether this process has printed its document. There must be only one, also if the command fails afterwards. */
export const hasPrintedDocument = (): boolean => hasPrinted;

export function createOutput(json: boolean): Output {
  const sayPainted = (lines: string): void =>
    void (json ? process.stderr : process.stdout).write(`${lines}\n`);
  const say = (lines: string): void => sayPainted(harmless(lines));
  return {
    json,
    say,
    // The main thread has said these lines: only the platform tells whether the command simulates nodes.
    sayFirst: isApartForNodes ? () => {} : say,
    sayPainted,
    document: (value) => {
      if (!json) return;
      hasPrinted = true;
      process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
    },
  };
}
