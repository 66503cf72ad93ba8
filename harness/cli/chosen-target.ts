/** Chooses the target of a command: a built-in name, a file, or the configuration in the working directory. */
import { existsSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { builtInKinds, type Kinds, type TargetName } from "../../generators/index.ts";
import { findConfig } from "../config/load-module.ts";
import { type Config, readConfig } from "../config/read-config.ts";
import { targetNamed, targets } from "../targets/registry.ts";
import type { Target } from "../targets/target.ts";
import { usage } from "./exit.ts";

export interface Chosen {
  readonly target: Target;
  /** The kinds of fault and the workloads that plans may name. */
  readonly kinds: Kinds;
  /** The content of the configuration file. Absent: no configuration file was used. */
  readonly config?: Config;
}

const usualTarget = "bundled";

/**
 * Chooses the target of a command. `--target` names a built-in target or a configuration file. Without this flag, the
 * configuration of the working directory is used, else the bundled store.
 *
 * @param asked The value of `--target`. Undefined: the flag is absent.
 * @param say Prints which configuration is used, as the command's first line.
 * @throws UsageError for an unknown name or file, for a wrong configuration, and for a configuration in a run's folder
 *   that the user did not name.
 */
export async function chooseTarget(
  asked: string | undefined,
  say: (line: string) => void,
): Promise<Chosen> {
  if (asked !== undefined && targets.some(({ name }) => name === asked)) return builtIn(asked);
  const file = asked === undefined ? configHere() : fileNamed(asked);
  if (file === undefined) return builtIn(usualTarget);
  const chosen = await fromFile(file);
  say(`Target ${chosen.target.name} ${chosen.target.version}, from ${shownPath(file)}.`);
  return chosen;
}

/**
 * Finds the target of an earlier plan: by `--target`, by its name among the built-in targets, or by the configuration
 * of the working directory. Never returns a target of another name.
 *
 * @param say Prints a line if the target's version has changed.
 * @throws UsageError if the target is not available.
 */
export async function targetOfPlan(
  wanted: TargetName,
  asked: string | undefined,
  say: (line: string) => void,
): Promise<Chosen> {
  const chosen = await findTarget(wanted, asked);
  if (chosen.target.version !== wanted.version)
    say(
      `The plan was made for ${wanted.name} ${wanted.version}; now the target's version is ${chosen.target.version}, which may behave differently.`,
    );
  return chosen;
}

async function findTarget(wanted: TargetName, asked: string | undefined): Promise<Chosen> {
  if (asked !== undefined) {
    const chosen = targets.some(({ name }) => name === asked)
      ? builtIn(asked)
      : await fromFile(fileNamed(asked));
    if (chosen.target.name === wanted.name) return chosen;
    throw needed(wanted, `--target ${asked}, which is ${chosen.target.name}`);
  }
  if (targets.some(({ name }) => name === wanted.name)) return builtIn(wanted.name);
  const file = configHere();
  if (file === undefined)
    throw needed(wanted, "no built-in target of that name, and no configuration in this folder");
  const chosen = await fromFile(file);
  if (chosen.target.name === wanted.name) return chosen;
  throw needed(wanted, `${basename(file)} in this folder, which describes ${chosen.target.name}`);
}

/**
 * The configuration of the working directory, or undefined if it has none. A configuration is code, and a run's folder
 * may come from elsewhere. So this throws for a configuration in a run's folder, which the user must name.
 */
function configHere(): string | undefined {
  const here = process.cwd();
  const file = findConfig(here);
  if (file === undefined || !isOfARun(here)) return file;
  throw usage({
    code: "config-of-a-run",
    expected: "a working directory outside of the folder of any run",
    got: `${file}, inside the folder of a run`,
    hint: `Read ${basename(file)} first, since quorate would run its code. To use the file, add --target ${basename(file)}`,
  });
}

/** Whether the folder belongs to a run, or to a history inside a run. */
function isOfARun(folder: string): boolean {
  const marks = ["campaign.json", "replay.json", "history.jsonl"];
  return [folder, dirname(folder), dirname(dirname(folder))].some((place) =>
    marks.some((name) => existsSync(join(place, name))),
  );
}

const needed = ({ name }: TargetName, got: string): Error =>
  usage({
    code: "target-needed",
    expected: `the target ${name}, since the plan runs on no other target`,
    got,
    hint: "Name the configuration file that describes the target: --target FILE",
  });

const builtIn = (name: string): Chosen => ({ target: targetNamed(name), kinds: builtInKinds });

async function fromFile(file: string): Promise<Chosen> {
  const config = await readConfig(file);
  return { target: config.target, kinds: config.kinds, config };
}

/** Returns the argument as a file's name. Throws UsageError if it is no file and does not look like a path. */
function fileNamed(asked: string): string {
  if (existsSync(asked) || /[/\\]|\.[cm]?[jt]s(on)?$/.test(asked)) return asked;
  targetNamed(asked);
  return asked;
}

function shownPath(file: string): string {
  const path = relative(process.cwd(), file);
  return path.startsWith("..") ? file : `./${path}`;
}

/** Throws UsageError for any other target than the bundled store, which alone has the feature `what`. */
export function refuseOthers(asked: string, what: string): void {
  if (asked !== usualTarget) throw notOfThisTarget(asked, what);
}

/** The error for a feature `what` that the target lacks. */
export const notOfThisTarget = (name: string, what: string): Error =>
  usage({
    code: "not-of-this-target",
    expected: `a target with ${what}, such as bundled`,
    got: name,
    hint: `Leave --target out to use the bundled store's ${what}`,
  });
