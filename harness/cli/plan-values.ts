/** Parses the flag `--faults` and its like, whose values are names that plans use. */
import { type Kinds, usualKinds } from "../../generators/index.ts";
import { oneOf } from "./values.ts";

/**
 * Parses the value of a flag that names faults: `none`, or names separated by commas. The name `all` means every kind except kinds
 * that must be named.
 */
export function faultKinds(text: string, kinds: Kinds, flag = "--faults"): string[] {
  const known = [...kinds.faults.keys()];
  const usual = usualKinds(kinds);
  if (text === "none") return [];
  const named = text.split(",").map((name) => name.trim());
  const all = named.flatMap((name) => (name === "all" ? usual : [oneOf(flag, name, known)]));
  return [...new Set(all)];
}
