/** Loads a target and its kinds from a source that is plain data, so that it can be sent to a thread. */
import { builtInKinds, type Kinds } from "../../generators/index.ts";
import { targetNamed, type TargetSource } from "../targets/registry.ts";
import type { Target } from "../targets/target.ts";
import { readConfig } from "./read-config.ts";

/**
 * Returns a built-in target, or the target and the kinds of a configuration file.
 *
 * @throws UsageError if there is no such built-in target, or the configuration file is wrong.
 */
export async function resolveTarget(
  source: TargetSource,
): Promise<{ readonly target: Target; readonly kinds: Kinds }> {
  return "name" in source
    ? { target: targetNamed(source.name), kinds: builtInKinds }
    : readConfig(source.file);
}
