import type { Command } from "commander";
import { version } from "../version.ts";
import type { Shard } from "./shards.ts";

/**
 * The command as the user typed it, quoted for a shell.
 *
 * @param decided Flags with the values that quorate chose. Each flag that the user did not give is added, so that the
 *   command makes the same choices elsewhere.
 */
export function commandLine(
  command: Command,
  decided: Readonly<Record<string, string>> = {},
): string {
  const given = givenWords(command);
  const added = Object.entries(decided).filter(
    ([flag]) => !given.some((word) => word === flag || word.startsWith(`${flag}=`)),
  );
  // Words after "--" are not flags of quorate.
  const end = given.includes("--") ? given.indexOf("--") : given.length;
  const words = [...given.slice(0, end), ...added.flat(), ...given.slice(end)];
  return ["npx quorate", ...words.map(quoted)].join(" ");
}

/** The words that the user typed after `quorate`. */
export function givenWords(command: Command): readonly string[] {
  const program: (Command & { readonly rawArgs?: readonly string[] }) | null = command.parent;
  return (program?.rawArgs ?? []).slice(2);
}

/** The choices that decide a campaign's histories, even if no flag made them. */
export interface Decided {
  readonly seed: number;
  /** A built-in name or a configuration file. */
  readonly target: string;
  readonly shard: Shard;
}

/**
 * The command that draws the same plans on another machine with the same target and the same kinds of fault. It
 * contains this version, the seed and the target, and omits some flags that have no effect on the histories.
 *
 * @param command As returned by `commandLine`.
 */
export function commandAgain(command: string, { seed, target, shard }: Decided): string {
  const words = wordsOf(command);
  // Words after "--" are not flags of quorate.
  const end = words.includes("--") ? words.indexOf("--") : words.length;
  const dropped = ["--seed", "--target", "--shard", "--out", "--junit", "--known"];
  const flags = without(words.slice(0, end), dropped);
  const [name = "run", ...rest] = flags.filter((flag) => flag !== "--json");
  return [
    `npx quorate@${version}`,
    name,
    // The command maelstrom has a single target, and no flag for it.
    ...(name === "maelstrom" ? [] : ["--target", quoted(target)]),
    ...["--seed", `${seed}`, ...rest],
    ...(shard.of === 1 ? [] : ["--shard", `${shard.index + 1}/${shard.of}`]),
    ...words.slice(end),
  ].join(" ");
}

/** Removes these flags and their values in both forms: `--seed 1` and `--seed=1`. */
function without(args: readonly string[], flags: readonly string[]): readonly string[] {
  return args.filter(
    (arg, at) =>
      !flags.some((flag) => arg === flag || arg.startsWith(`${flag}=`)) &&
      !flags.includes(args[at - 1] ?? ""),
  );
}

/** The words of a shell command, still quoted, without the first two (`npx quorate`). */
const wordsOf = (command: string): readonly string[] =>
  (command.match(/(?:'[^']*'|\\'|[^\s'])+/g) ?? []).slice(2);

/** Quotes a word that a shell would split or change. */
const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
