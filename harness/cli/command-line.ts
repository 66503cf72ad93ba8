import type { Command } from "commander";

/**
 * The command as it was asked, for the record, ready for a shell.
 *
 * @param decided Flags that were not given, and what was taken instead: with them the command does the same everywhere.
 */
export function commandLine(
  command: Command,
  decided: Readonly<Record<string, string>> = {},
): string {
  const program: (Command & { readonly rawArgs?: readonly string[] }) | null = command.parent;
  const given = (program?.rawArgs ?? []).slice(2);
  const added = Object.entries(decided).filter(
    ([flag]) => !given.some((word) => word === flag || word.startsWith(`${flag}=`)),
  );
  return ["npx quorate", ...given.map(quoted), ...added.flat().map(quoted)].join(" ");
}

/** A word that a shell would take apart is quoted. */
const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
