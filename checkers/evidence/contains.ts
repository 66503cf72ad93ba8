/** Whether a state in the notation of evidence contains a version. */
import { dotOf } from "../language/versions.ts";
import type { VersionKind, VersionName, VersionVector } from "../language/history.ts";

/** A replica's state of one key according to evidence and inspections. */
export interface NamedState {
  readonly versions: readonly VersionName[];
  readonly context?: VersionVector;
}

/**
 * Whether the state has the version or one that replaced it: an equal or larger stamp, the same dot, or a context that
 * covers the dot.
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
