/** Decisions during membership changes that a planted bug can replace. */
import type { NodeName } from "../host.ts";
import type { State } from "../versions/records.ts";
import {
  isNewer,
  participants,
  type RingName,
  type RingShape,
  type RingState,
} from "./ring-state.ts";

/** A request that a replica may refuse because its sender has an older ring. */
export interface StampedRequest {
  /** The sender's ring. */
  readonly ring: RingName;
  /** Whether the request is a replica-put or a hint-put, which store data. */
  readonly isPut: boolean;
  /** Whether this node is an owner of the key. True for every hint-put. */
  readonly isOwner: boolean;
}

/** A key of a moving range, as seen by the old member that a new owner asks for the range. */
export interface StreamedKey {
  readonly state: State;
  /** The node that is asked for the range. */
  readonly self: NodeName;
  readonly ring: RingState;
  /** The key's owners in the old and in the new ring. */
  readonly before: readonly NodeName[];
  readonly after: readonly NodeName[];
}

/** A key that a node holds while or after the ring changes. */
export interface HeldKey {
  readonly self: NodeName;
  /** The nodes to which writes of the key are sent. */
  readonly owners: readonly NodeName[];
  /** The key's owners in the ring before the current change, or in the current ring if no change is under way. */
  readonly before: readonly NodeName[];
}

/** All decisions about membership changes that a planted bug can replace. */
export interface MembershipPart {
  /** Whether a node considers another node's ring newer than its own. */
  adopts(mine: RingState, shown: RingState): boolean;
  /** The rings in each of which a write needs a quorum. */
  writeShapes(state: RingState): readonly RingShape[];
  /** The ring by which reads choose their replicas. */
  readShape(state: RingState): RingShape;
  /** Whether a replica refuses a request because its sender has an older ring. */
  refuses(state: RingState, request: StampedRequest): boolean;
  /** The nodes from which a new owner fetches its data. */
  sources(state: RingState, self: NodeName): readonly NodeName[];
  /** Whether a source sends this key to a new owner that fetches data. */
  streams(key: StreamedKey): boolean;
  /** Whether a new owner has fetched all the data it needs. `failed` has the sources whose stream broke off. */
  isFetched(
    fetched: ReadonlySet<NodeName>,
    failed: ReadonlySet<NodeName>,
    sources: readonly NodeName[],
  ): boolean;
  /** Whether a node that no longer owns a key may drop it. `confirmed` has the owners that have the key durable. */
  mayDrop(confirmed: ReadonlySet<NodeName>, owners: readonly NodeName[]): boolean;
  /** Whether a node must hand over its data of a key to the owners and then drop it. */
  isLeftover(state: RingState, key: HeldKey): boolean;
  /**
   * The confirmations that still count when a write is repeated with a newer ring, in which the key has these `owners`.
   */
  stillCount(confirmed: readonly NodeName[], owners: readonly NodeName[]): readonly NodeName[];
  /** Whether a node coordinates, and whether it refuses, a put that another node forwarded by an older ring. */
  takesPassedOn(isOwner: boolean): { readonly coordinates: boolean; readonly refuses: boolean };
  /** The name under which a node issues dots. `actor` is the name of the node's current boot. */
  mintsAs(state: RingState, self: NodeName, actor: string): string;
  /** The nodes to which a hint for `target` is delivered. `owners` has the current owners of the hint's key. */
  hintGoesTo(target: NodeName, owners: readonly NodeName[]): readonly NodeName[];
  /**
   * Whether the node that drives a change may take its next step. `done` has the nodes that have completed the current
   * one.
   */
  mayAdvance(done: ReadonlySet<NodeName>, state: RingState): boolean;
  /** Whether tombstones may be removed in this state of the ring. */
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
  refuses: (state, request) => {
    const { version, under } = state;
    if (!isNewer(state, request.ring)) return false;
    if (request.ring.version < version - 1) return true;
    // A write that only the old owners get could be too late for the stream to the new owners.
    if (!request.isPut) return false;
    return under?.step === "writes" || ((under?.step ?? "drop") === "drop" && !request.isOwner);
  },
  // Fetches from all old members that are not dead: with W = 1, a write may be on any one of them alone.
  sources: ({ members, dead = [] }, self) =>
    members.map(({ node }) => node).filter((node) => node !== self && !dead.includes(node)),
  streams: () => true,
  isFetched: (fetched, _failed, sources) => sources.every((node) => fetched.has(node)),
  mayDrop: (confirmed, owners) => owners.every((node) => confirmed.has(node)),
  isLeftover: ({ under }, { owners, self }) =>
    (under === undefined || under.step === "drop") && !owners.includes(self),
  // Former owners drop their copies after the change, so their confirmations no longer count.
  stillCount: (confirmed, owners) => confirmed.filter((node) => owners.includes(node)),
  takesPassedOn: (isOwner) => ({ coordinates: isOwner, refuses: !isOwner }),
  mintsAs: (_state, _self, actor) => actor,
  hintGoesTo: (target, owners) => (owners.includes(target) ? [target] : owners),
  mayAdvance: (done, state) => participants(state).every((node) => done.has(node)),
  mayReap: ({ under }) => under === undefined,
  linked: participants,
};
