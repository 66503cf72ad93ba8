/**
 * Versions of the ring. A membership change has several steps. Each step makes a new version, and nodes with
 * neighbouring versions can serve together:
 *
 * - stable: reads and writes ask the old owners.
 * - writes: reads ask the old owners; a write needs a quorum of the old and one of the new owners; new owners fetch the
 * data that they lack.
 * - reads: reads ask the new owners; a write needs both quorums.
 * - drop: reads and writes ask the new owners; each node hands over the keys that it no longer owns, and drops them.
 * - stable: the change has ended, and reads and writes ask the new owners.
 *
 * The driver is the node that the operator asked, until another node takes over. It takes each step once every living
 * node of both rings has completed the last one. Sources: Cassandra's transactional metadata (CEP-21: pending ranges
 * get writes before the joiner streams, and reads move last), Garage's layout manager (a version is current once all
 * nodes have synced it), riak_core's claimant and handoff.
 */
import type { NodeName } from "../host.ts";
import type { StoreSettings } from "../settings.ts";
import {
  ringSteps,
  type RingChange,
  type RingShape,
  type RingState,
} from "../versions/ring-record.ts";
import { membersOf } from "./ring.ts";

export { ringSteps } from "../versions/ring-record.ts";
export type {
  ChangeUnderWay,
  RingChange,
  RingShape,
  RingState,
  RingStep,
} from "../versions/ring-record.ts";

/** The ring with which a cluster of these settings starts. */
export const firstRing = (settings: StoreSettings): RingState => ({
  ...firstRingName,
  members: membersOf(settings),
  n: settings.n,
  r: settings.r,
  w: settings.w,
  over: [],
});

/** What names a ring. Two changes that begin at the same time make different rings of the same version. */
export type RingName = Pick<RingState, "version" | "maker">;

/** The name of the ring with which a cluster starts. */
export const firstRingName: RingName = { version: 0, maker: "" };

export const isNewer = (one: RingName, other: RingName): boolean =>
  one.version > other.version || (one.version === other.version && one.maker > other.maker);

export const isSameRing = (one: RingName, other: RingName): boolean =>
  one.version === other.version && one.maker === other.maker;

/** The nodes that take part in a change: the members of both rings, except those declared dead. */
export function participants({ members, under, dead = [] }: RingState): readonly NodeName[] {
  const names = new Set([...members, ...(under?.next.members ?? [])].map(({ node }) => node));
  return [...names].filter((node) => !dead.includes(node));
}

/**
 * The participants, but in the last step of a change only those that remain members: a leaving node may already be
 * gone, if another node has ended the change.
 */
export function stayingMembers(state: RingState): readonly NodeName[] {
  const { under } = state;
  const all = participants(state);
  if (under?.step !== "drop") return all;
  return all.filter((name) => under.next.members.some(({ node }) => node === name));
}

/** A list with the node that this change declares dead, or an empty list. */
function deadNode(change: RingChange): readonly NodeName[] {
  const isDead = change.kind === "replace" || (change.kind === "remove" && change.dead === true);
  return isDead ? [change.node] : [];
}

/** A list with the node that an operator's request declares dead, or an empty list. */
export function saidDead(
  asked:
    | RingChange
    | { readonly kind: "dead"; readonly node: NodeName }
    | { readonly kind: "give-up" }
    | { readonly kind: "take-over" },
): readonly NodeName[] {
  if (asked.kind === "dead") return [asked.node];
  return asked.kind === "give-up" || asked.kind === "take-over" ? [] : deadNode(asked);
}

/** The state with these dead nodes. Leaves out dead nodes that are in neither ring. */
function withDead({ dead: _, ...state }: RingState, dead: readonly NodeName[]): RingState {
  const names = [...state.members, ...(state.under?.next.members ?? [])].map(({ node }) => node);
  const kept = [...new Set(dead)].filter((node) => names.includes(node));
  return kept.length === 0 ? state : { ...state, dead: kept };
}

/**
 * The state after an operator declares a member dead, so that the current change continues without it. Null if the node
 * is already declared dead or takes no part in the ring.
 */
export function declareDead(state: RingState, node: NodeName, maker: string): RingState | null {
  const { dead = [] } = state;
  if (dead.includes(node) || !participants(state).includes(node)) return null;
  return withDead({ ...state, version: state.version + 1, maker }, [...dead, node]);
}

/** Why the change cannot begin now. Null if it can. */
export function changeProblem(
  state: RingState,
  change: RingChange,
  largestCluster: number,
): string | null {
  const { under, members, n } = state;
  if (under !== undefined)
    return `expected no change under way, but the change ${under.id} is at its step ${under.step}; try again later`;
  const isMember = (node: NodeName): boolean => members.some((member) => member.node === node);
  switch (change.kind) {
    case "add":
      if (isMember(change.node))
        return `expected a node that is no member, but ${change.node} is one`;
      return members.length < largestCluster
        ? null
        : `expected fewer than ${largestCluster} members, got ${members.length}`;
    case "remove":
      if (!isMember(change.node)) return `expected a member, but ${change.node} is none`;
      return members.length > n
        ? null
        : `expected more than n = ${n} members, so that each key keeps its replicas, got ${members.length}`;
    case "replace":
      if (!isMember(change.node)) return `expected a member, but ${change.node} is none`;
      return isMember(change.by)
        ? `expected a node that is no member, but ${change.by} is one`
        : null;
    case "move":
      return isMember(change.node) ? null : `expected a member, but ${change.node} is none`;
    case "resize":
      return resizeProblem(state, change);
  }
}

function resizeProblem(
  { members, n, r, w }: RingState,
  change: RingChange & { readonly kind: "resize" },
): string | null {
  if (change.n < 1 || change.n > members.length)
    return `expected n from 1 to ${members.length}, the number of members, got ${change.n}`;
  if (change.r < 1 || change.r > change.n || change.w < 1 || change.w > change.n)
    return `expected r and w from 1 to n = ${change.n}, got r = ${change.r}, w = ${change.w}`;
  return r + w > n && change.r + change.w <= change.n
    ? `expected r + w > n, since read and write quorums overlap with the present settings, got r = ${change.r}, w = ${change.w}, n = ${change.n}`
    : null;
}

/** The members and quorums of the ring after the change. */
export function shapeAfter(state: RingState, change: RingChange): RingShape {
  const { members, n, r, w, version } = state;
  switch (change.kind) {
    case "add":
      return { members: [...members, { node: change.node, points: change.node }], n, r, w };
    case "remove":
      return { members: members.filter(({ node }) => node !== change.node), n, r, w };
    case "replace":
      return {
        members: members.map((member) =>
          member.node === change.node ? { node: change.by, points: member.points } : member,
        ),
        n,
        r,
        w,
      };
    case "move":
      return {
        members: members.map((member) =>
          member.node === change.node
            ? { node: member.node, points: `${member.node}@${version + 1}` }
            : member,
        ),
        n,
        r,
        w,
      };
    case "resize":
      return { members, n: change.n, r: change.r, w: change.w };
  }
}

/** The state in the first step of a change. */
export function begin(
  state: RingState,
  change: RingChange,
  { id, driver, maker }: { readonly id: string; readonly driver: NodeName; readonly maker: string },
): RingState {
  return withDead(
    {
      ...state,
      version: state.version + 1,
      maker,
      under: { id, change, next: shapeAfter(state, change), step: "writes", driver },
    },
    [...(state.dead ?? []), ...deadNode(change)],
  );
}

/** The state in the next step. After the last step, the change has ended. */
export function advance(state: RingState, maker: string): RingState {
  const { under, ...shape } = state;
  if (under === undefined) return state;
  const version = state.version + 1;
  const next = ringSteps[ringSteps.indexOf(under.step) + 1];
  return next === undefined
    ? withDead(
        { ...shape, ...under.next, version, maker, over: [...state.over, under.id] },
        state.dead ?? [],
      )
    : { ...state, version, maker, under: { ...under, step: next } };
}

/**
 * The state after the current change is cancelled. That is possible only before reads ask the new owners: until then,
 * the old owners have all data. Null if it is not possible.
 */
export function giveUp(state: RingState, maker: string): RingState | null {
  const { under, ...shape } = state;
  if (under?.step !== "writes") return null;
  return withDead(
    { ...shape, version: state.version + 1, maker, over: [...state.over, `-${under.id}`] },
    state.dead ?? [],
  );
}

/**
 * The state in which node `driver` drives the current change, for example because the earlier driver is dead. Null if
 * no change is under way.
 */
export function takeOver(state: RingState, driver: NodeName, maker: string): RingState | null {
  const { under } = state;
  if (under === undefined) return null;
  return { ...state, version: state.version + 1, maker, under: { ...under, driver } };
}
