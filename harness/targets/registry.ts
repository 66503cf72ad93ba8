/** The targets that quorate brings. One more: its folder, and its line here. */
import { UsageError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import { bundled } from "./bundled/index.ts";
import { cassandra } from "./cassandra/index.ts";
import { etcd } from "./etcd/index.ts";
import { garage } from "./garage/index.ts";
import { maelstrom } from "./maelstrom/index.ts";
import type { Target } from "./target.ts";

export const targets: readonly Target[] = [bundled, cassandra, garage, etcd, maelstrom];

/** @throws UsageError where no built-in target has the name. */
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

/** Where another thread finds the same target: survives a structured clone. */
export type TargetSource = { readonly name: string } | { readonly file: string };

export const sourceOf = ({ name, file }: Target): TargetSource =>
  file === undefined ? { name } : { file };
