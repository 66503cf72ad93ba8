/**
 * Versions for stores with siblings that show none. K2V tells neither which value has which dot nor what a token
 * covers. But values are unique, so a value names its own version, and the token that its writer sent shows what the
 * writer had seen.
 */
import type { VersionVector } from "../../../checkers/index.ts";
import type { Asked, Ok, Outcome, ShownVersion } from "../software/outcome.ts";

export interface VersionNames {
  /** Adds versions and their context to an answer. */
  named(request: Asked, outcome: Outcome): Outcome;
  /** Called before a write is sent: records what its writer has seen. */
  sent(request: Asked): void;
}

const nameOf = (value: string): string => `${value}:1`;

/** Shared by all clients of a history. */
export const createVersionNames = (): VersionNames => {
  /** What each value supersedes, since its writer had seen it. */
  const superseded = new Map<string, VersionVector>();
  /** What each token covers: the values that were returned with it. */
  const covered = new Map<string, VersionVector>();
  const seenWith = (token: string | undefined): VersionVector =>
    token === undefined ? {} : (covered.get(token) ?? {});

  const read = (outcome: Ok): Ok => {
    const versions: ShownVersion[] = [];
    const context: Record<string, number> = {};
    for (const { value } of outcome.versions ?? []) {
      // Nothing tells which delete a tombstone belongs to.
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
