/**
 * The size of records on a simulated disk, what a cut leaves of them, and their hash. The sizes are close to those of
 * the real log's format, but no JSON is made.
 */
import type { LogRecord } from "../../../store/index.ts";
import { fnv1a } from "../../platforms/simulator/random.ts";

/** The bytes of a record's header, braces and field names. */
const frameBytes = 70;
const siblingBytes = 24;
const actorBytes = 14;

export function recordBytes({ key, state }: LogRecord): number {
  const bytes = frameBytes + key.length;
  if (state.kind === "stamped") return bytes + state.stamp.length + (state.value?.length ?? 4);
  const siblings = state.siblings.reduce(
    (sum, { dot, value }) => sum + siblingBytes + dot.length + (value?.length ?? 4),
    0,
  );
  return bytes + siblings + actorBytes * Object.keys(state.context).length;
}

/** Returns the length of the value at the end of a record. Returns 0 if the record ends with something else. */
export const lastValueBytes = ({ state }: LogRecord): number =>
  state.kind === "stamped" ? (state.value?.length ?? 0) : 0;

/**
 * Returns what a careless reader would read from a record that was cut to `bytes` bytes: a record with a truncated
 * value, since the value comes last. Returns null if the record does not end with a value, or if the cut removes more
 * than the value.
 */
export function tornRecord({ key, state }: LogRecord, bytes: number): LogRecord | null {
  if (state.kind !== "stamped" || state.value === null) return null;
  const missing = recordBytes({ key, state }) - bytes;
  return missing > state.value.length
    ? null
    : { key, state: { ...state, value: state.value.slice(0, state.value.length - missing) } };
}

/** Hashes the keys and states of the records with FNV-1a and a separator. This is cheaper than hashing their JSON. */
export function hashRecords(records: readonly LogRecord[]): string {
  let hash = fnv1a("");
  const mix = (text: string): void => {
    hash = fnv1a("\u0000", fnv1a(text, hash));
  };
  for (const { key, state } of records) {
    mix(key);
    switch (state.kind) {
      case "stamped":
        mix(state.stamp);
        mix(state.value ?? "\u0001");
        break;
      case "siblings":
        for (const { dot, value } of state.siblings) {
          mix(dot);
          mix(value ?? "\u0001");
        }
        for (const [actor, counter] of Object.entries(state.context)) {
          mix(actor);
          mix(String(counter));
        }
    }
  }
  return (hash >>> 0).toString(16).padStart(8, "0");
}
