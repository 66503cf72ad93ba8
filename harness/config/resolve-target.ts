/** A target and the kinds that come with it, by what survives a structured clone. */
import { builtInKinds, type Kinds } from "../../generators/index.ts";
import { targetNamed, type TargetSource } from "../targets/registry.ts";
import type { Target } from "../targets/target.ts";
import { readConfig } from "./read-config.ts";

/** @throws UsageError where the name is no built-in target's, or the configuration file is not as it should be. */
export async function resolveTarget(
  source: TargetSource,
): Promise<{ readonly target: Target; readonly kinds: Kinds }> {
  return "name" in source
    ? { target: targetNamed(source.name), kinds: builtInKinds }
    : readConfig(source.file);
}
