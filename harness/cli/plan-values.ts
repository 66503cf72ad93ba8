/** Flags' values that name what plans have. */
import type { Kinds } from "../../generators/index.ts";
import { oneOf } from "./values.ts";

/** `all`, `none`, or names with commas between them. */
export function faultKinds(text: string, kinds: Kinds): string[] {
  const all = [...kinds.faults.keys()];
  if (text === "all") return all;
  if (text === "none") return [];
  return [...new Set(text.split(",").map((name) => oneOf("--faults", name.trim(), all)))];
}
