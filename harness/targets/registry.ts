/** The built-in targets. A new target needs its own folder and a line here. */
import { UsageError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import { bundled } from "./bundled/index.ts";
import { cassandra } from "./cassandra/index.ts";
import { etcd } from "./etcd/index.ts";
import { garage } from "./garage/index.ts";
import { maelstrom } from "./maelstrom/index.ts";
import type { Target } from "./target.ts";

export const targets: readonly Target[] = [bundled, cassandra, garage, etcd, maelstrom];

/**
 * Returns the built-in target of this name.
 *
 * @throws UsageError if there is none.
 */
export function targetNamed(name: string): Target {
  const found = targets.find((target) => target.name === name);
  if (found !== undefined) return found;
  const names = targets.map((target) => target.name);
  throw new UsageError({
    code: "unknown-target",
    expected: "the name of a built-in target, or a configuration file",
    got: name,
    hint: `The nearest names: ${nearest(name, names)}`,
  });
}

/**
 * How another thread finds a target: the name of a built-in one, or the path of its file. A structured clone can copy
 * it.
 */
export type TargetSource = { readonly name: string } | { readonly file: string };

export const sourceOf = ({ name, file }: Target): TargetSource =>
  file === undefined ? { name } : { file };
