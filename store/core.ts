/** What the pieces of one node share. */
import type { Calls } from "./links/calls.ts";
import type { Deadlines } from "./links/deadlines.ts";
import type { ErrorCode } from "./protocol/errors.ts";
import type { Hints } from "./repair/hints.ts";
import type { Host } from "./host.ts";
import type { Parts, ReadProgress, ReadReply } from "./parts.ts";
import type { Peers } from "./links/peers.ts";
import type { Membership } from "./membership/membership.ts";
import type { ClientReply } from "./protocol/protocol.ts";
import type { Replica } from "./replica/replica.ts";
import type { Rings } from "./placement/rings.ts";
import type { StoreSettings } from "./settings.ts";
import type { StampClock } from "./versions/stamps.ts";

export interface Core {
  readonly host: Host;
  readonly settings: StoreSettings;
  readonly parts: Parts;
  readonly clock: StampClock;
  /** Under whose name this boot mints dots. */
  readonly actor: string;
  readonly replica: Replica;
  readonly hints: Hints;
  readonly peers: Peers;
  readonly calls: Calls;
  /** The ring as this node sees it. */
  readonly rings: Rings;
  /** null: the ring is fixed. */
  readonly membership: Membership | null;
  readonly deadlines: Deadlines;
  /** When what was not answered is sent once more. */
  readonly resends: Deadlines;
  /** The replies that a read counts in addition: those of `parts`, at this host. */
  counted(read: ReadProgress, arrived: ReadReply | null): readonly ReadReply[];
}

/** Whoever asked for an operation: a client, or a node that passed a put on. Answered once. */
export interface Requester {
  answer(reply: ClientReply): void;
}

export function refuse(requester: Requester, id: number, code: ErrorCode, message: string): void {
  requester.answer({ type: "error", id, code, message });
}
