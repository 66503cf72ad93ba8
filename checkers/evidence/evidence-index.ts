/**
 * An index of the evidence that the Hosts recorded. The events of a node are ordered by (boot, seq). The two are
 * combined into one number, the event's position.
 *
 * A missing sequence number means lost evidence, and so does a boot whose recorded end is missing. A checker must not
 * conclude anything from the absence of an event unless `complete` is true for the positions where the event should be.
 */
import { positionOf, seqsPerBoot } from "./position.ts";
import { SyncIndex } from "./syncs.ts";
import { lostBeyond } from "./extent.ts";
import type {
  BootEvent,
  DurableRecord,
  EvidenceEvent,
  EvidenceExtent,
  ExplainEvent,
  FrameEvent,
  NodeName,
  SyncEvent,
} from "../language/history.ts";

/** The event of a frame of one kind, sent or received. */
export type Frame<F extends FrameEvent["frame"]> = Extract<FrameEvent, { readonly frame: F }>;
/** A request to a node to store versions of a key, as a replica or as a hint. */
export type StoreRequest = Frame<"replica-write">;
/** The request with which a coordinator asks a replica what it holds of a key. */
export type ReadRequest = Frame<"replica-read">;
/** The reply with which a node confirms a request to store versions of a key. */
export type StoreReply = Frame<"replica-write-ok">;
/** The reply with which a replica says what it holds of a key. */
export type ReadReply = Frame<"replica-read-ok">;
/** The successful answer of a node to a client. */
export type ClientAnswer = Frame<"client-read-ok"> | Frame<"client-write-ok">;

/** A node dropped a key that it no longer owned. `sync` made that durable. */
export interface Drop {
  readonly sync: SyncEvent;
  readonly key: string;
}

/** A record of a replica's own data (not a hint), with the sync that made the record durable. */
export interface DataSync {
  readonly sync: SyncEvent;
  readonly record: DurableRecord;
}

/** The first event of a boot has the sequence number 0, or 1 if it is the start of the boot. */
const latestFirstSeq = 1;

/** The Host's evidence of one history, by operation and by node. */
export class EvidenceIndex {
  /** The successful answers that nodes sent to clients, by operation. */
  readonly answers = new Map<number, ClientAnswer[]>();
  /** The store requests that nodes sent for an operation, also its read repairs, by operation. */
  readonly storeRequests = new Map<number, StoreRequest[]>();
  readonly readRequests = new Map<number, ReadRequest[]>();
  /** The confirmations of store requests that nodes sent for an operation, by operation. */
  readonly confirmedFor = new Map<number, StoreReply[]>();
  /** The states that replicas sent in reply to an operation's read requests, by operation. */
  readonly toldFor = new Map<number, ReadReply[]>();
  /** All states that replicas sent in reply to reads. Those of one node are in the order of their positions. */
  readonly told: ReadReply[] = [];
  /** The syncs of all nodes. Those of one node are in the order of their positions. */
  readonly syncEvents: readonly SyncEvent[];
  readonly syncs: SyncIndex;
  /** When each hint for another node became durable on the node that keeps it. */
  readonly hintSyncs: SyncIndex;
  /**
   * The number of messages that nodes sent to each node, client or service. Empty unless the harness is the network.
   */
  readonly messagesTo = new Map<string, number>();
  /**
   * The messages of anti-entropy exchanges that replicas sent. Those of one node are in the order of their positions.
   */
  readonly exchanges: Frame<"exchange">[] = [];
  /** The messages of the kind `other` that nodes sent. Those of one node are in the order of their positions. */
  readonly others: Frame<"other">[] = [];
  /**
   * The nodes' own explanations of what they did. Those of one node are in the order of their positions. No verdict
   * uses them.
   */
  readonly explained: ExplainEvent[] = [];
  /** The keys that nodes dropped because they no longer owned them, in the order of syncs. */
  readonly drops: Drop[] = [];
  readonly #data = new Map<string, DataSync[]>();
  readonly #received = new Map<string, (StoreReply | ReadReply)[]>();
  readonly #sent = new Map<string, (StoreReply | ReadReply)[]>();
  readonly #storeReceived = new Map<string, StoreRequest[]>();
  readonly #repairs = new Map<string, StoreRequest[]>();
  readonly #gaps = new Map<NodeName, number[]>();
  readonly #lastBoots = new Map<NodeName, number>();
  readonly #bootStarts = new Map<NodeName, BootEvent[]>();
  /** The nodes that were to join later and never ran. */
  readonly #neverRan: ReadonlySet<NodeName>;

  /**
   * @param events The evidence. The events of each node are in the order of their positions.
   * @param extent How much evidence was recorded according to the `end` event. Empty: unknown.
   * @param newcomers The nodes that do not start with the others.
   */
  constructor(
    events: readonly EvidenceEvent[],
    extent: EvidenceExtent = {},
    newcomers: readonly NodeName[] = [],
  ) {
    const syncs: SyncEvent[] = [];
    const positions = new Map<NodeName, number[]>();
    for (const event of events) {
      push(positions, event.node, positionOf(event));
      this.#lastBoots.set(event.node, event.boot);
      if (event.e === "boot" && event.phase === "start") push(this.#bootStarts, event.node, event);
      if (event.e === "explain") this.explained.push(event);
      if (event.e === "sync") syncs.push(event);
      else if (event.e === "sent") this.#addSent(event);
      else if (event.e === "received") this.#addReceived(event);
    }
    this.syncEvents = syncs;
    for (const sync of syncs)
      for (const { key, dropped } of sync.records)
        if (dropped === true && sync.recovered !== true) this.drops.push({ sync, key });
    const changesRing = syncs.some(({ records }) => records.some(({ ring }) => ring !== undefined));
    if (changesRing || this.drops.length > 0) for (const sync of syncs) this.#addData(sync);
    this.syncs = new SyncIndex(syncs);
    this.hintSyncs = new SyncIndex(syncs, "hints");
    for (const [node, of] of positions) this.#gaps.set(node, missing(of, this.#startsOf(node)));
    const saysExtent = Object.keys(extent).length > 0;
    this.#neverRan = new Set(
      newcomers.filter((node) => saysExtent && !positions.has(node) && !(node in extent)),
    );
    for (const [node, boots] of Object.entries(extent))
      this.#addLost(node, lostBeyond(positions.get(node) ?? [], boots));
  }

  /**
   * What the node synced as a replica of the key, in order. Always empty in a history in which no node dropped a key
   * and no node synced a version of the ring.
   */
  dataSyncs(node: NodeName, key: string): readonly DataSync[] {
    return this.#data.get(`${node} ${key}`) ?? [];
  }

  /**
   * Whether no evidence of the node is lost at positions after `from` up to and including `to`. Always true for a node
   * that was to join later and never ran, and false for any other node without evidence.
   */
  complete(node: NodeName, from: number, to: number): boolean {
    if (this.#neverRan.has(node)) return true;
    return (
      this.#lastBoots.has(node) &&
      !(this.#gaps.get(node) ?? []).some((gap) => gap > from && gap <= to)
    );
  }

  /** The number of gaps in the evidence of all nodes. */
  gapCount(): number {
    let count = 0;
    for (const gaps of this.#gaps.values()) count += gaps.length;
    return count;
  }

  /** The replies to this request that its sender received, in order. */
  repliesTo(request: StoreRequest | ReadRequest): readonly (StoreReply | ReadReply)[] {
    return this.#received.get(`${request.node} ${request.boot} ${request.request}`) ?? [];
  }

  /** The replies of replicas that the coordinator of a read received, in order for each request. */
  readReplies(op: number): readonly ReadReply[] {
    return (this.readRequests.get(op) ?? [])
      .flatMap((request) => this.repliesTo(request))
      .filter((reply) => reply.frame === "replica-read-ok");
  }

  /**
   * The event in which the replica itself recorded that it sent this reply: the last matching one before the reply
   * arrived. Undefined: there is none.
   */
  sendingOf<R extends StoreReply | ReadReply>(reply: R): R | undefined {
    const candidates = this.#sent.get(`${reply.peer} ${reply.node} ${reply.request}`) ?? [];
    return candidates.findLast(
      (sent): sent is R =>
        sent.frame === reply.frame &&
        sent.key === reply.key &&
        sent.trace === reply.trace &&
        sent.atUs <= reply.atUs,
    );
  }

  /**
   * The requests to store versions of this key that the node received for itself, in the order of their positions.
   * Hints are left out.
   */
  storesReceived(node: NodeName, key: string): readonly StoreRequest[] {
    return this.#storeReceived.get(`${node} ${key}`) ?? [];
  }

  /**
   * The requests to store versions of this key that nodes sent for another cause than a write. Those of one node are in
   * the order of their positions.
   */
  repairs(key: string): readonly StoreRequest[] {
    return this.#repairs.get(key) ?? [];
  }

  /** The recorded starts of the node, in order. */
  bootStarts(node: NodeName): readonly BootEvent[] {
    return this.#bootStarts.get(node) ?? [];
  }

  /** The number of the node's last known boot. 0: there is no evidence of the node. */
  lastBoot(node: NodeName): number {
    return this.#lastBoots.get(node) ?? 0;
  }

  /** A sentence for each node with lost evidence. */
  losses(): readonly string[] {
    return [...this.#gaps]
      .filter(([, gaps]) => gaps.length > 0)
      .map(([node, gaps]) => {
        const [first = 0] = gaps;
        const boot = Math.floor(first / seqsPerBoot);
        return `evidence of ${node} is lost from event ${first % seqsPerBoot} of its boot ${boot} on`;
      });
  }

  /** The positions at which the node's boots start. */
  #startsOf(node: NodeName): ReadonlySet<number> {
    return new Set((this.#bootStarts.get(node) ?? []).map(positionOf));
  }

  #addData(sync: SyncEvent): void {
    for (const record of sync.records)
      if (record.hintFor === undefined && record.dropped === undefined)
        push(this.#data, `${sync.node} ${record.key}`, { sync, record });
  }

  #addLost(node: NodeName, gaps: readonly number[]): void {
    const known = this.#gaps.get(node) ?? [];
    this.#gaps.set(
      node,
      [...new Set([...known, ...gaps])].sort((a, b) => a - b),
    );
    const lastBoot = Math.floor((gaps.at(-1) ?? 0) / seqsPerBoot);
    if (lastBoot > this.lastBoot(node)) this.#lastBoots.set(node, lastBoot);
  }

  #addSent(event: FrameEvent): void {
    switch (event.frame) {
      case "message":
        this.messagesTo.set(event.peer, (this.messagesTo.get(event.peer) ?? 0) + 1);
        break;
      case "exchange":
        this.exchanges.push(event);
        return undefined;
      case "other":
        this.others.push(event);
        return undefined;
      case "client-read-ok":
      case "client-write-ok":
        return push(this.answers, event.trace, event);
      case "replica-write":
        if (event.cause !== "write") push(this.#repairs, event.key, event);
        return event.trace === undefined ? undefined : push(this.storeRequests, event.trace, event);
      case "replica-read":
        return event.trace === undefined ? undefined : push(this.readRequests, event.trace, event);
      case "replica-write-ok":
      case "replica-read-ok":
        if (event.frame === "replica-read-ok") this.told.push(event);
        if (event.trace !== undefined && event.frame === "replica-write-ok")
          push(this.confirmedFor, event.trace, event);
        if (event.trace !== undefined && event.frame === "replica-read-ok")
          push(this.toldFor, event.trace, event);
        return push(this.#sent, `${event.node} ${event.peer} ${event.request}`, event);
      default:
        return undefined;
    }
  }

  #addReceived(event: FrameEvent): void {
    switch (event.frame) {
      case "replica-write":
        return event.hintFor === undefined
          ? push(this.#storeReceived, `${event.node} ${event.key}`, event)
          : undefined;
      case "replica-write-ok":
      case "replica-read-ok":
        return push(this.#received, `${event.node} ${event.boot} ${event.request}`, event);
      default:
        return undefined;
    }
  }
}

/**
 * The first missing position of each gap in the sorted positions of a node. A position that occurs twice counts as a
 * gap too.
 *
 * @param starts The positions at which boots start.
 */
function missing(positions: readonly number[], starts: ReadonlySet<number>): number[] {
  const gaps: number[] = [];
  let previous: number | undefined;
  for (const position of positions) {
    const boot = Math.floor(position / seqsPerBoot);
    const seq = position % seqsPerBoot;
    if (previous !== undefined && Math.floor(previous / seqsPerBoot) === boot) {
      if (position !== previous + 1) gaps.push(Math.min(position, previous + 1));
    } else {
      const previousBoot = previous === undefined ? boot - 1 : Math.floor(previous / seqsPerBoot);
      if (previousBoot + 1 < boot) gaps.push((previousBoot + 1) * seqsPerBoot);
      if (seq > latestFirstSeq || (seq === latestFirstSeq && !starts.has(position)))
        gaps.push(boot * seqsPerBoot);
    }
    previous = position;
  }
  return gaps;
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
