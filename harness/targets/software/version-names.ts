/**
 * Version names for stores with siblings that show no versions. K2V tells neither which value has which dot nor what a
 * token covers. But values are unique, so a value names its own version. The token that came with a write shows what
 * the writer had seen.
 */
import type { VersionVector } from "../../../checkers/index.ts";
import type { Asked, Ok, Outcome, ShownVersion } from "../software/outcome.ts";

export interface VersionNames {
  /** Adds versions and their context to the outcome of a request that succeeded. Returns other outcomes unchanged. */
  named(request: Asked, outcome: Outcome): Outcome;
  /** Records what the writer of a value has seen. Must be called before the write is sent. */
  sent(request: Asked): void;
}

const nameOf = (value: string): string => `${value}:1`;

/** Makes the version names of one history, which all its clients share. */
export const createVersionNames = (): VersionNames => {
  /** The versions that each value supersedes, since the value's writer had seen them. */
  const superseded = new Map<string, VersionVector>();
  /** The versions that each token covers: those of the values that were returned with the token. */
  const covered = new Map<string, VersionVector>();
  const seenWith = (token: string | undefined): VersionVector =>
    token === undefined ? {} : (covered.get(token) ?? {});

  const read = (outcome: Ok): Ok => {
    const versions: ShownVersion[] = [];
    const context: Record<string, number> = {};
    for (const { value } of outcome.versions ?? []) {
      // Tombstones are left out, since nothing tells which delete a tombstone belongs to.
      if (value === null) continue;
      versions.push({ version: nameOf(value), value });
      Object.assign(context, superseded.get(value), { [value]: 1 });
    }
    if (outcome.token !== undefined) covered.set(outcome.token, context);
    return { ...outcome, versions, context };
  };

  return {
    sent: ({ f, value, context: token }) => {
      if (f === "write" && value !== undefined) superseded.set(value, seenWith(token));
    },
    named: ({ f, value, context: token }, outcome) => {
      if (outcome.kind !== "ok") return outcome;
      switch (f) {
        case "read":
          return read(outcome);
        case "write":
          return {
            ...outcome,
            versions: [{ version: nameOf(value ?? ""), value: value ?? "" }],
            context: { ...seenWith(token), [value ?? ""]: 1 },
          };
        default:
          return { ...outcome, versions: [], context: seenWith(token) };
      }
    },
  };
};
