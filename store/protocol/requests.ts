/** Checks requests. Each check returns what is wrong, as a text for people, or null if nothing is. */
import type { State } from "../versions/records.ts";
import type { StoreSettings } from "../settings.ts";

export const longestKey = 256;

/**
 * The largest number of characters of all values in one state. A state must fit into a frame, and JSON writes a
 * character in at most 6 bytes.
 */
export function largestValue(settings: StoreSettings): number {
  return settings.frameBytes >> 3;
}

export function keyProblem(key: string): string | null {
  if (key.length >= 1 && key.length <= longestKey) return null;
  return `expected a key of 1 to ${longestKey} characters, got ${key.length}`;
}

export function sizeProblem(state: State, settings: StoreSettings): string | null {
  let size = 0;
  if (state.kind === "stamped") size = state.value?.length ?? 0;
  else for (const sibling of state.siblings) size += sibling.value?.length ?? 0;
  if (size <= largestValue(settings)) return null;
  const what = state.kind === "stamped" ? "a value" : "values, siblings included,";
  return `expected ${what} of at most ${largestValue(settings)} characters, got ${size}`;
}
