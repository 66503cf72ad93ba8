/**
 * Anti-entropy with Merkle trees: the node that asks. In every interval, a node compares the ranges that it shares with
 * its next reachable peer: roots, inner nodes, leaves, and keys. Then each of the two sends the other, as ordinary
 * replica-puts and up to a limit, the keys that the other lacks or holds differently.
 */
import type { Caller } from "../links/calls.ts";
import type { Core } from "../core.ts";
import type { NodeName } from "../host.ts";
import { childrenOf, fanout, leafLevel } from "../replica/merkle.ts";
import type { NamedHash, PeerReply } from "../protocol/protocol.ts";
import type { RingName } from "../placement/ring-state.ts";

/** Starts an exchange with the next reachable peer in every interval. */
export function startExchanges(core: Core): void {
  const { host, settings, parts, rings } = core;
  let on = rings.view.reads;
  let peers = parts.exchangePeers(on, host.node);
  let turn = 0;
  let current: Exchange | null = null;
  const tick = (): void => {
    host.setTimer(settings.antiEntropyIntervalMs, tick);
    current?.end();
    current = null;
    if (on !== rings.view.reads) {
      on = rings.view.reads;
      peers = parts.exchangePeers(on, host.node);
    }
    for (let tries = 0; tries < peers.length && current === null; tries++) {
      const peer = peers[turn++ % peers.length];
      if (peer !== undefined && core.peers.isUp(peer)) current = new Exchange(core, peer).start();
    }
  };
  // The first exchange comes after a random delay, so that not all nodes start at once.
  host.setTimer(Math.ceil(settings.antiEntropyIntervalMs * host.random()), tick);
}

/**
 * The keys in `leaves` of the range, each with a digest of its durable state. Takes leaves in their order, and stops
 * before the leaf with which there would be more than `keysAtOnce` keys. The first leaf with keys is always taken.
 */
export function digestsOf(
  core: Core,
  range: string,
  leaves: readonly number[],
): { readonly leaves: readonly number[]; readonly digests: readonly NamedHash[] } {
  const byLeaf = new Map<number, NamedHash[]>(leaves.map((leaf) => [leaf, []]));
  for (const { key, range: its, leaf, durable, reaped } of core.replica.entries()) {
    if (its !== range || durable === null) continue;
    const isAbsent = core.parts.tombstones.equalsAbsent(core.settings, durable, reaped);
    byLeaf.get(leaf)?.push([key, `${isAbsent ? absent : ""}${core.parts.digest(durable)}`]);
  }
  const atOnce = core.parts.keysAtOnce();
  const taken: number[] = [];
  const digests: NamedHash[] = [];
  for (const [leaf, entries] of byLeaf) {
    if (digests.length > 0 && digests.length + entries.length > atOnce) break;
    taken.push(leaf);
    digests.push(...entries);
  }
  return { leaves: taken, digests };
}

/** Marks the digest of a deletion that counts as absent. Such a deletion is sent only to nodes that have a value. */
const absent = "-";

/**
 * Whether two replicas with these digests of a key must exchange it. A digest is undefined if the replica did not list
 * the key.
 */
export function differ(one: string | undefined, other: string | undefined): boolean {
  return (
    one !== other &&
    !(
      (one === undefined || one.startsWith(absent)) &&
      (other === undefined || other.startsWith(absent))
    )
  );
}

/** Sends this node's durable states of `keys` to node `to`. */
export function sendCopies(core: Core, to: NodeName, keys: readonly string[]): void {
  for (const key of core.parts.copies(core.host.node, to, keys)) {
    const state = core.replica.durable(key);
    if (state === null) continue;
    core.host.explain({ what: "anti-entropy", key, detail: `${to} differs` });
    core.peers.send(to, {
      type: "replica-put",
      id: core.calls.ids(),
      key,
      state,
      cause: "anti-entropy",
    });
  }
}

class Exchange implements Caller {
  readonly #core: Core;
  readonly #peer: NodeName;
  /** The ring whose key ranges this exchange compares. */
  readonly #ring: RingName;
  #call = 0;

  constructor(core: Core, peer: NodeName) {
    this.#core = core;
    this.#peer = peer;
    this.#ring = core.rings.view.name;
  }

  start(): this {
    const { replica, rings, host, parts, peers, calls } = this.#core;
    this.#call = calls.open(this);
    const ranges = parts.exchangeRanges(rings.view.reads, host.node, this.#peer);
    const hashes = ranges.map((range): NamedHash => [range, replica.tree(range).hash(0, 0)]);
    peers.send(this.#peer, { type: "range-compare", id: this.#call, hashes });
    return this;
  }

  /** Ends the exchange, whether or not the peer has answered. */
  end(): void {
    this.#core.calls.close(this.#call);
  }

  reply(_slot: number, from: NodeName, reply: PeerReply): void {
    if (this.#ring !== this.#core.rings.view.name) return;
    switch (reply.type) {
      case "ranges-differ":
        for (const range of reply.ranges) this.#compare(range, 1, childrenOf([0]));
        break;
      case "tree-differs":
        if (reply.level < leafLevel)
          this.#compare(reply.range, reply.level + 1, childrenOf(reply.indices));
        else this.#compareLeaves(reply.range, reply.indices);
        break;
      case "leaf-differs":
        sendCopies(this.#core, from, reply.wanted);
        break;
      default:
        break;
    }
  }

  #compare(range: string, level: number, indices: readonly number[]): void {
    if (indices.length === 0 || indices.length > fanout * fanout) return;
    const tree = this.#core.replica.tree(range);
    const hashes = indices.map((index) => [index, tree.hash(level, index)] as const);
    this.#core.peers.send(this.#peer, {
      type: "tree-compare",
      id: this.#call,
      range,
      level,
      hashes,
    });
  }

  #compareLeaves(range: string, leaves: readonly number[]): void {
    if (leaves.length === 0) return;
    this.#core.peers.send(this.#peer, {
      type: "leaf-compare",
      id: this.#call,
      range,
      ...digestsOf(this.#core, range, leaves),
    });
  }
}
