/** Flags' values that name what plans and the store have. */
import { faultKinds as allFaults } from "../../generators/index.ts";
import { type ProfileName, profileNames } from "../targets/bundled/index.ts";
import { oneOf } from "./values.ts";

/** `all`, `none`, or names with commas between them. */
export function faultKinds(text: string): string[] {
  if (text === "all") return [...allFaults];
  if (text === "none") return [];
  return [...new Set(text.split(",").map((name) => oneOf("--faults", name.trim(), allFaults)))];
}

export function profileName(text: string): ProfileName {
  return oneOf("--profile", text, profileNames);
}
