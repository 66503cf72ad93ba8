/** Generates docs/reference/cli.md from the definitions of the commands. */
import type { Command, Option } from "commander";

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");

function optionRow({ flags, description, defaultValue, hidden }: Option): string {
  const byDefault =
    typeof defaultValue === "string" && !description.includes("default:")
      ? ` (default: ${defaultValue})`
      : "";
  return `| \`${cell(flags)}\` | ${cell(description)}${byDefault}${hidden ? " _(not in the help)_" : ""} |`;
}

function section(command: Command): string {
  const options = command.options.map(optionRow);
  const argumentRows = command.registeredArguments.map(
    (argument) =>
      `| \`${cell(argument.required ? `<${argument.name()}>` : `[${argument.name()}]`)}\` | ${cell(argument.description)} |`,
  );
  const table = (head: string, rows: readonly string[]): string =>
    rows.length === 0 ? "" : `| ${head} | |\n| --- | --- |\n${rows.join("\n")}\n\n`;
  const nested = command.commands.map(section).join("");
  return (
    `## \`${fullName(command)} ${command.usage()}\`\n\n` +
    `${sentence(command.description())}\n\n` +
    table(
      "argument",
      argumentRows.filter((row) => !row.endsWith("|  |")),
    ) +
    table("flag", options) +
    nested
  );
}

const fullName = (command: Command): string =>
  command.parent === null ? command.name() : `${fullName(command.parent)} ${command.name()}`;

const sentence = (text: string): string =>
  text === ""
    ? ""
    : `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${text.endsWith(".") ? "" : "."}`;

export const cliReference = (program: Command): string =>
  [
    "# Command line",
    "",
    "Made from the definitions of the commands. [Commands](../commands.md) explains the most used ones.",
    "",
    ...program.commands.map(section),
  ].join("\n");
