/** The state that the parts of one node share, and how they answer the origin of an operation. */
import type { Calls } from "./links/calls.ts";
import type { Deadlines, Expiring, Resending } from "./links/deadlines.ts";
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
  /** The name under which this boot of the node issues dots. */
  readonly actor: string;
  readonly replica: Replica;
  readonly hints: Hints;
  readonly peers: Peers;
  readonly calls: Calls;
  /** The ring as this node sees it. */
  readonly rings: Rings;
  /** Null if membership is fixed. */
  readonly membership: Membership | null;
  readonly deadlines: Deadlines<Expiring>;
  /**
   * Calls an operation at half the request timeout: a write then sends unconfirmed requests again, and a digest read
   * stops waiting for full states.
   */
  readonly resends: Deadlines<Resending>;
  /** The replies that a read counts when `arrived` comes in. At the start of the read, `arrived` is null. */
  counted(read: ReadProgress, arrived: ReadReply | null): readonly ReadReply[];
}

/** The origin of an operation: a client, or a node that forwarded a put. Each operation is answered once. */
export interface Requester {
  answer(reply: ClientReply): void;
}

export function refuse(requester: Requester, id: number, code: ErrorCode, message: string): void {
  requester.answer({ type: "error", id, code, message });
}
