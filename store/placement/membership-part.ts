/** Decisions during membership changes that a planted bug can replace. */
import type { NodeName } from "../host.ts";
import type { State } from "../versions/records.ts";
import { isNewer, participants, type RingShape, type RingState } from "./ring-state.ts";

/** A request that a replica may refuse because its sender has an older ring. */
export interface StampedRequest {
  /** The sender's version of the ring. */
  readonly version: number;
  /** Whether it stores something whose confirmation counts. */
  readonly isPut: boolean;
  /** Whether this node is an owner of the key. */
  readonly isOwner: boolean;
}

/** A key of a moving range, as seen by an owner that is asked for the range. */
export interface StreamedKey {
  readonly state: State;
  /** The node that is asked. */
  readonly self: NodeName;
  readonly ring: RingState;
  /** The key's owners in the old and in the new ring. */
  readonly before: readonly NodeName[];
  readonly after: readonly NodeName[];
}

/** A key that a node holds during or after a membership change. */
export interface HeldKey {
  readonly self: NodeName;
  /** The nodes that writes of it are sent to. */
  readonly owners: readonly NodeName[];
  /** Its owners in the ring before the current change. */
  readonly before: readonly NodeName[];
}

/** All decisions about membership changes. */
export interface MembershipPart {
  /** Whether a node considers another node's ring newer than its own. */
  adopts(mine: RingState, shown: RingState): boolean;
  /** The rings in each of which a write needs a quorum. */
  writeShapes(state: RingState): readonly RingShape[];
  /** The ring for reads. */
  readShape(state: RingState): RingShape;
  /** Whether a replica refuses a request because its sender's ring is outdated. */
  refuses(state: RingState, request: StampedRequest): boolean;
  /** The nodes from which a new owner fetches its data. */
  sources(state: RingState, self: NodeName): readonly NodeName[];
  /** Whether a source sends this key. */
  streams(key: StreamedKey): boolean;
  /** Whether a new owner has everything it needs. `failed`: sources whose stream broke off. */
  isFetched(
    fetched: ReadonlySet<NodeName>,
    failed: ReadonlySet<NodeName>,
    sources: readonly NodeName[],
  ): boolean;
  /** Whether a node that no longer owns a key may drop it. `confirmed`: owners that have it durable. */
  mayDrop(confirmed: ReadonlySet<NodeName>, owners: readonly NodeName[]): boolean;
  /** Whether the node must hand over and drop its data of a key. */
  isLeftover(state: RingState, key: HeldKey): boolean;
  /** Which confirmations of a write still count when it is retried with a newer ring that has these owners. */
  stillCount(confirmed: readonly NodeName[], owners: readonly NodeName[]): readonly NodeName[];
  /** What a node does with a put that was forwarded according to an older ring. */
  takesPassedOn(isOwner: boolean): { readonly coordinates: boolean; readonly refuses: boolean };
  /** The name under which this node issues dots. `actor`: the name of its boot. */
  mintsAs(state: RingState, self: NodeName, actor: string): string;
  /** The nodes to which a hint is delivered. */
  hintGoesTo(target: NodeName, owners: readonly NodeName[]): readonly NodeName[];
  /** Whether the driver may take the next step. `done`: the nodes that made the last one. */
  mayAdvance(done: ReadonlySet<NodeName>, state: RingState): boolean;
  /** Whether tombstones may be removed. */
  mayReap(state: RingState): boolean;
  /** The peers to which a node keeps links. */
  linked(state: RingState): readonly NodeName[];
}

export const healthyMembership: MembershipPart = {
  adopts: (mine, shown) => isNewer(shown, mine),
  writeShapes: (state) => {
    const { under } = state;
    if (under === undefined) return [state];
    return under.step === "drop" ? [under.next] : [state, under.next];
  },
  readShape: (state) =>
    state.under === undefined || state.under.step === "writes" ? state : state.under.next,
  refuses: ({ version, under }, request) => {
    if (request.version >= version) return false;
    if (request.version < version - 1) return true;
    // A write that only the old owners get would no longer be streamed to the new ones.
    if (!request.isPut) return false;
    return under?.step === "writes" || ((under?.step ?? "drop") === "drop" && !request.isOwner);
  },
  // From all of them: a write that waited for a single replica (W = 1) may be on any of them alone.
  sources: ({ members, dead = [] }, self) =>
    members.map(({ node }) => node).filter((node) => node !== self && !dead.includes(node)),
  streams: () => true,
  isFetched: (fetched, _failed, sources) => sources.every((node) => fetched.has(node)),
  mayDrop: (confirmed, owners) => owners.every((node) => confirmed.has(node)),
  isLeftover: ({ under }, { owners, self }) =>
    (under === undefined || under.step === "drop") && !owners.includes(self),
  // A former owner's copy is dropped after the change.
  stillCount: (confirmed, owners) => confirmed.filter((node) => owners.includes(node)),
  takesPassedOn: (isOwner) => ({ coordinates: isOwner, refuses: !isOwner }),
  mintsAs: (_state, _self, actor) => actor,
  hintGoesTo: (target, owners) => (owners.includes(target) ? [target] : owners),
  mayAdvance: (done, state) => participants(state).every((node) => done.has(node)),
  mayReap: ({ under }) => under === undefined,
  linked: participants,
};
