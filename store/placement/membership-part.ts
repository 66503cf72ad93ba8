/** How a node goes through a change of the ring: the decisions that a planted bug can replace. */
import type { NodeName } from "../host.ts";
import type { State } from "../versions/records.ts";
import { isNewer, participants, type RingShape, type RingState } from "./ring-state.ts";

/** A request that a replica may refuse, because whoever sent it knows an older ring. */
export interface StampedRequest {
  /** The version of the ring that its sender went by. */
  readonly version: number;
  /** It stores something, and its confirmation counts. */
  readonly isPut: boolean;
  /** Whether this node is an owner of the key. */
  readonly isOwner: boolean;
}

/** A key of a range that moves, as one of its owners sees it that is asked for the range. */
export interface StreamedKey {
  readonly state: State;
  /** The node that is asked. */
  readonly self: NodeName;
  readonly ring: RingState;
  /** The key's owners on the old ring, and on the new one. */
  readonly before: readonly NodeName[];
  readonly after: readonly NodeName[];
}

/** A key that a node holds, while the ring changes or after it. */
export interface HeldKey {
  readonly self: NodeName;
  /** Whoever a write of it is sent to. */
  readonly owners: readonly NodeName[];
  /** Its owners by the ring as it was before the change that is under way. */
  readonly before: readonly NodeName[];
}

/** Every decision of a change of the ring. */
export interface MembershipPart {
  /** Whether a node takes the ring that another node shows it for newer than its own. */
  adopts(mine: RingState, shown: RingState): boolean;
  /** The rings of each of which a write needs its quorum. */
  writeShapes(state: RingState): readonly RingShape[];
  /** The ring that reads ask. */
  readShape(state: RingState): RingShape;
  /** Whether a replica refuses a request, since its sender is behind. */
  refuses(state: RingState, request: StampedRequest): boolean;
  /** From which nodes a new owner fetches what it will own. */
  sources(state: RingState, self: NodeName): readonly NodeName[];
  /** Whether a source sends this. */
  streams(key: StreamedKey): boolean;
  /** Whether a new owner has all that it needs. `failed`: sources whose stream broke off. */
  isFetched(
    fetched: ReadonlySet<NodeName>,
    failed: ReadonlySet<NodeName>,
    sources: readonly NodeName[],
  ): boolean;
  /** Whether a node that owns a key no more drops it. `confirmed`: owners that have it durable. */
  mayDrop(confirmed: ReadonlySet<NodeName>, owners: readonly NodeName[]): boolean;
  /** Whether what the node holds of a key is to be handed over and dropped. */
  isLeftover(state: RingState, key: HeldKey): boolean;
  /** Of those that confirmed a write, who still counts once it is tried again by a newer ring with these owners. */
  stillCount(confirmed: readonly NodeName[], owners: readonly NodeName[]): readonly NodeName[];
  /** What a node does with a put that was passed on to it by an older ring. */
  takesPassedOn(isOwner: boolean): { readonly coordinates: boolean; readonly refuses: boolean };
  /** Under whose name this node mints dots; `actor`: the name of its boot. */
  mintsAs(state: RingState, self: NodeName, actor: string): string;
  /** To whom a hint is delivered. */
  hintGoesTo(target: NodeName, owners: readonly NodeName[]): readonly NodeName[];
  /** Whether the driver takes the next step. `done`: who made the last one. */
  mayAdvance(done: ReadonlySet<NodeName>, state: RingState): boolean;
  /** Whether tombstones may go. */
  mayReap(state: RingState): boolean;
  /** The peers that a node keeps links to. */
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
    // A write to the old owners alone would not be streamed to the new ones any more.
    if (!request.isPut) return false;
    return under?.step === "writes" || ((under?.step ?? "drop") === "drop" && !request.isOwner);
  },
  // All of them: a write that one client asked of a single replica is on any of them.
  sources: ({ members, dead = [] }, self) =>
    members.map(({ node }) => node).filter((node) => node !== self && !dead.includes(node)),
  streams: () => true,
  isFetched: (fetched, _failed, sources) => sources.every((node) => fetched.has(node)),
  mayDrop: (confirmed, owners) => owners.every((node) => confirmed.has(node)),
  isLeftover: ({ under }, { owners, self }) =>
    (under === undefined || under.step === "drop") && !owners.includes(self),
  // A former owner's copy is dropped once the change is over.
  stillCount: (confirmed, owners) => confirmed.filter((node) => owners.includes(node)),
  takesPassedOn: (isOwner) => ({ coordinates: isOwner, refuses: !isOwner }),
  mintsAs: (_state, _self, actor) => actor,
  hintGoesTo: (target, owners) => (owners.includes(target) ? [target] : owners),
  mayAdvance: (done, state) => participants(state).every((node) => done.has(node)),
  mayReap: ({ under }) => under === undefined,
  linked: participants,
};
