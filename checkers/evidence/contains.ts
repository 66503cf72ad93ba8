/** Decides whether a state contains a version, for states in the form that evidence has. */
import { dotOf } from "../language/versions.ts";
import type { VersionKind, VersionName, VersionVector } from "../language/history.ts";

/** A replica's state of one key according to evidence and inspections. */
export interface NamedState {
  readonly versions: readonly VersionName[];
  readonly context?: VersionVector;
}

/**
 * Whether the state has the version or one that replaced it. Stamps: the state has an equal or larger stamp. Siblings:
 * the state has the same dot, or its context covers the dot.
 *
 * @param kind How versions of the history are ordered.
 * @param state A replica's state of the version's key.
 * @param version The version to look for.
 */
export function containsVersion(
  kind: VersionKind,
  { versions, context = {} }: NamedState,
  version: VersionName,
): boolean {
  if (kind === "stamps") return versions.some((own) => own >= version);
  if (versions.includes(version)) return true;
  const { actor, counter } = dotOf(version);
  return Object.hasOwn(context, actor) && (context[actor] as number) >= counter;
}
