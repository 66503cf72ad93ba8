/** How versions contain one another and merge. Written for the checkers, independently of any store. */
import type { VersionKind, VersionName, VersionVector } from "./history.ts";

/** The versions of a key in the answer of one replica, or in a merge of several answers. */
export interface Versions {
  readonly versions: readonly VersionName[];
  readonly context?: VersionVector;
}

/**
 * Splits `actor:counter` at the last colon. Throws if there is no colon, or if the counter does not consist of digits or
 * is too large for an exact number.
 */
export function dotOf(version: VersionName): { readonly actor: string; readonly counter: number } {
  const colon = version.lastIndexOf(":");
  const digits = version.slice(colon + 1);
  const counter = Number(digits);
  if (colon < 0 || !/^\d+$/.test(digits) || !Number.isSafeInteger(counter))
    throw new Error(`"${version}" is not a dot (actor:counter)`);
  return { actor: version.slice(0, colon), counter };
}

/** Whether the vector `context` covers the dot `version`. False if there is no vector. */
export function covers(context: VersionVector | undefined, version: VersionName): boolean {
  if (context === undefined) return false;
  const { actor, counter } = dotOf(version);
  return Object.hasOwn(context, actor) && (context[actor] ?? 0) >= counter;
}

/** Whether `a` has, for each actor of `b`, the same counter or a larger one. */
export const dominates = (a: VersionVector, b: VersionVector): boolean =>
  Object.entries(b).every(
    ([actor, counter]) => Object.hasOwn(a, actor) && (a[actor] ?? 0) >= counter,
  );

/**
 * Merges the versions of all sides. For stamps: the largest one stays. For siblings (Preguiça et al., "Dotted Version
 * Vectors", 2012): a version stays unless some side covers it without holding it, and the contexts are joined.
 */
export function merge(kind: VersionKind, sides: readonly Versions[]): Versions {
  if (kind === "stamps") {
    const largest = sides
      .flatMap(({ versions }) => versions)
      .reduce<VersionName | undefined>((a, b) => (a === undefined || b > a ? b : a), undefined);
    return { versions: largest === undefined ? [] : [largest] };
  }
  const all = [...new Set(sides.flatMap(({ versions }) => versions))];
  const versions = all.filter((version) =>
    sides.every((side) => side.versions.includes(version) || !covers(side.context, version)),
  );
  const context: Record<string, number> = {};
  for (const side of sides) {
    for (const [actor, counter] of Object.entries(side.context ?? {}))
      context[actor] = Math.max(context[actor] ?? 0, counter);
  }
  return { versions, context };
}

/** Whether both sides have the same versions and, if both have a context, the same context. */
export function sameVersions(a: Versions, b: Versions): boolean {
  const sameNames =
    a.versions.length === b.versions.length &&
    a.versions.every((version) => b.versions.includes(version));
  return (
    sameNames &&
    (a.context === undefined ||
      b.context === undefined ||
      (dominates(a.context, b.context) && dominates(b.context, a.context)))
  );
}

/**
 * A text for the state of a key: equal states have equal texts. A state without versions and without a context counts
 * as an absent one. With `tombstonesGo`, so does each state without a value.
 */
export function canonical(
  state:
    | {
        readonly versions: readonly { readonly version: string; readonly value: string | null }[];
        readonly context?: VersionVector;
      }
    | undefined,
  tombstonesGo = false,
): string {
  if (state === undefined || (tombstonesGo && state.versions.every(({ value }) => value === null)))
    return "absent";
  if (state.versions.length === 0 && Object.keys(state.context ?? {}).length === 0) return "absent";
  const versions = state.versions
    .map(({ version, value }) => JSON.stringify([version, value]))
    .sort();
  const context = Object.entries(state.context ?? {})
    .map((entry) => JSON.stringify(entry))
    .sort();
  return JSON.stringify([versions, context]);
}
