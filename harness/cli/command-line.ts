import type { Command } from "commander";

/** The command as it was asked, for the record. */
export function commandLine(command: Command): string {
  const program: (Command & { readonly rawArgs?: readonly string[] }) | null = command.parent;
  return ["npx quorate", ...(program?.rawArgs ?? []).slice(2)].join(" ");
}
