/**
 * Dotted version vector sets (Preguiça, Baquero, Almeida, Fonte, Gonçalves: Dotted Version Vectors, 2012). Concurrent
 * puts coexist as siblings until a put whose context covers them supersedes them.
 *
 * Invariant: a state whose context covers (actor, c) knows every dot (actor, 1…c), as a sibling or as superseded. It
 * holds because an actor builds each put on all dots that it ever issued for the key, and because replicas exchange
 * whole states.
 */
import type { Sibling, SiblingState, VersionVector } from "./records.ts";

export const emptyContext: VersionVector = {};

/**
 * The name of an actor, which is one boot of one node. A crash loses the counters in memory, so a boot never continues
 * with the actor of an earlier boot (riak_kv #679).
 */
export function actorName(node: string, boot: number): string {
  return `${node}.${boot}`;
}

/** Whether `context` covers the dot. */
export function covers(context: VersionVector, dot: string): boolean {
  const colon = dot.lastIndexOf(":");
  return (context[dot.slice(0, colon)] ?? 0) >= Number(dot.slice(colon + 1));
}

/** Merges two states. Returns `stored` itself if `incoming` adds nothing. */
export function mergeSiblings(stored: SiblingState, incoming: SiblingState): SiblingState {
  const context = join(stored.context, incoming.context);
  const siblings = stored.siblings.filter(
    (mine) => !covers(incoming.context, mine.dot) || holds(incoming, mine.dot),
  );
  for (const theirs of incoming.siblings)
    if (!covers(stored.context, theirs.dot)) siblings.push(theirs);
  if (context === stored.context && sameDots(siblings, stored.siblings)) return stored;
  return { kind: "siblings", siblings: siblings.sort(byDot), context };
}

/**
 * The state after a put that supersedes the versions that `context` covers. The put gets the actor's next dot for this
 * key (see dotOf).
 */
export function putSibling(
  stored: SiblingState | null,
  actor: string,
  context: VersionVector,
  value: string | null,
): SiblingState {
  const dot = dotOf(stored, actor);
  const kept =
    stored === null ? [] : stored.siblings.filter((sibling) => !covers(context, sibling.dot));
  const known = stored === null ? context : join(stored.context, context);
  return {
    kind: "siblings",
    siblings: [...kept, { dot, value }].sort(byDot),
    context: join(known, { [actor]: Number(dot.slice(dot.lastIndexOf(":") + 1)) }),
  };
}

/** The largest counter of a dot. A larger one can come only from a forged context or a faulty peer. */
export const largestCounter = 999_999_999_999_999;

/** The dot that `actor` gives its next put on top of `stored`. */
export function dotOf(stored: SiblingState | null, actor: string): string {
  return `${actor}:${(stored?.context[actor] ?? 0) + 1}`;
}

/** Encodes a context for clients. */
export function encodeContext(context: VersionVector): string {
  return Object.entries(context)
    .map(([actor, counter]) => `${actor}:${counter}`)
    .join(",");
}

/** Decodes a text that encodeContext made. Null for a text that encodeContext cannot have made. */
export function decodeContext(text: string): VersionVector | null {
  const context: Record<string, number> = {};
  let last = "";
  for (const entry of text === "" ? [] : text.split(",")) {
    const [, actor, counter] = /^(n[0-9]{1,3}\.[0-9]{1,15}):([1-9][0-9]{0,14})$/.exec(entry) ?? [];
    // Actors are sorted and distinct. Any other text does not come from encodeContext.
    if (actor === undefined || actor <= last) return null;
    context[actor] = Number(counter);
    last = actor;
  }
  return context;
}

/** The smallest vector that covers both vectors, with sorted keys. Returns `a` itself if `a` covers `b`. */
function join(a: VersionVector, b: VersionVector): VersionVector {
  let grown: Record<string, number> | null = null;
  for (const actor in b) {
    const counter = b[actor] ?? 0;
    if ((a[actor] ?? 0) < counter) (grown ??= { ...a })[actor] = counter;
  }
  if (grown === null) return a;
  return Object.fromEntries(Object.entries(grown).sort(([one], [other]) => (one < other ? -1 : 1)));
}

function holds(state: SiblingState, dot: string): boolean {
  return state.siblings.some((sibling) => sibling.dot === dot);
}

function sameDots(a: readonly Sibling[], b: readonly Sibling[]): boolean {
  return a.length === b.length && a.every((sibling, index) => sibling.dot === b[index]?.dot);
}

function byDot(a: Sibling, b: Sibling): number {
  return a.dot < b.dot ? -1 : 1;
}
