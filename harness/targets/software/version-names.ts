/**
 * Versions for siblings that show none. K2V tells neither which value has which dot nor what a token covers, but values
 * are unique: a value names its own version, and what its writer had seen is known from the token that it sent.
 */
import type { VersionVector } from "../../../checkers/index.ts";
import type { Asked, Ok, Outcome, ShownVersion } from "../software/outcome.ts";

export interface VersionNames {
  /** The answer with versions and the context that they come to. */
  named(request: Asked, outcome: Outcome): Outcome;
  /** Before a write is sent: what its writer has seen is known from then on. */
  sent(request: Asked): void;
}

const nameOf = (value: string): string => `${value}:1`;

/** For all clients of one history. */
export const createVersionNames = (): VersionNames => {
  /** What a value's writer had seen, and with it what the value supersedes. */
  const superseded = new Map<string, VersionVector>();
  /** What a token covers: it was given with these values. */
  const covered = new Map<string, VersionVector>();
  const seenWith = (token: string | undefined): VersionVector =>
    token === undefined ? {} : (covered.get(token) ?? {});

  const read = (outcome: Ok): Ok => {
    const versions: ShownVersion[] = [];
    const context: Record<string, number> = {};
    for (const { value } of outcome.versions ?? []) {
      // Which deletion a tombstone is of, nothing tells.
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
