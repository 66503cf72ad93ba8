/**
 * The links of a node to the other nodes and to itself. Each node dials each node of its ring, itself included:
 * requests go out on the dialled stream, and replies come back on it. A link is down after too long a silence, whatever
 * TCP's own timeouts are. Requests under way then get no answer; an operation that needs one of these answers ends at
 * its timeout.
 */
import { bounded } from "./bounded.ts";
import type { Host, NodeName, Stream } from "../host.ts";
import { Liveness } from "./liveness.ts";
import { isPeerReply } from "../protocol/message-kinds.ts";
import type { PeerReply, PeerRequest } from "../protocol/protocol.ts";
import { nodeNames } from "../placement/ring.ts";
import type { Rings } from "../placement/rings.ts";
import type { StoreSettings } from "../settings.ts";

interface Link {
  readonly node: NodeName;
  stream: Stream | null;
  isUp: boolean;
  /** The wait before the next attempt to connect. */
  backoffMs: number;
  liveness: Liveness;
}

export class Peers {
  readonly #host: Host;
  readonly #settings: StoreSettings;
  readonly #rings: Rings;
  readonly #route: (from: NodeName, reply: PeerReply) => void;
  readonly #links = new Map<NodeName, Link>();

  constructor(
    host: Host,
    settings: StoreSettings,
    rings: Rings,
    route: (from: NodeName, reply: PeerReply) => void,
  ) {
    this.#host = host;
    this.#settings = settings;
    this.#rings = rings;
    this.#route = route;
  }

  /** Dials every node of the cluster, this one included, and keeps the links alive from now on. */
  connect(): void {
    for (const node of nodeNames(this.#settings)) this.#add(node);
  }

  /** Keeps links only to `nodes` and to this node itself. */
  link(nodes: readonly NodeName[]): void {
    const wanted = new Set([...nodes, this.#host.node]);
    for (const node of wanted) if (!this.#links.has(node)) this.#add(node);
    for (const [node, link] of this.#links) {
      if (wanted.has(node)) continue;
      this.#links.delete(node);
      link.stream?.close("the peer is no longer on the ring");
      link.stream = null;
      link.isUp = false;
    }
  }

  #add(node: NodeName): void {
    const link: Link = {
      node,
      stream: null,
      isUp: false,
      backoffMs: this.#settings.reconnectFirstMs,
      liveness: new Liveness(this.#settings),
    };
    this.#links.set(node, link);
    this.#dial(link);
  }

  isUp(node: NodeName): boolean {
    return this.#links.get(node)?.isUp === true;
  }

  /** The number of reachable nodes among `nodes`. */
  countUp(nodes: readonly NodeName[]): number {
    let up = 0;
    for (const node of nodes) if (this.isUp(node)) up++;
    return up;
  }

  /**
   * Sends a request together with the name of a ring.
   *
   * @param ring The ring to name. Default: the one that this node uses now.
   * @returns Whether the request was sent. If the link is down, it was not.
   */
  send(node: NodeName, request: PeerRequest, ring = this.#rings.view.name): boolean {
    const link = this.#links.get(node);
    if (link === undefined || !link.isUp || link.stream === null) return false;
    link.stream.send(ring.version === 0 ? request : { ...request, ring });
    return true;
  }

  /** Must be called every ping interval. `id` returns an id for a request whose reply is ignored. */
  tick(id: () => number): void {
    for (const link of this.#links.values()) {
      if (link.stream === null || link.node === this.#host.node) continue;
      const problem = link.liveness.tick();
      if (problem !== null) this.#drop(link, link.stream, problem);
      // A link with a message since the last tick needs no ping: both ends know that it works.
      else if (link.isUp && link.liveness.isQuiet) link.stream.send({ type: "ping", id: id() });
    }
  }

  #dial(link: Link): void {
    link.liveness.heard();
    const dialled = this.#host.dial(link.node, {
      open: () => {
        if (link.stream !== stream) return;
        link.isUp = true;
        link.liveness.heard();
        link.backoffMs = this.#settings.reconnectFirstMs;
        this.#host.explain({ what: "link up", detail: link.node });
      },
      message: (message) => {
        if (link.stream !== stream) return;
        link.liveness.heard();
        if (isPeerReply(message)) this.#route(link.node, message);
        else
          this.#drop(
            link,
            stream,
            `${link.node} sent ${message.type} where only replies are allowed`,
          );
      },
      close: (reason) => this.#drop(link, stream, reason),
    });
    const stream = bounded(dialled, this.#settings.bufferBytes);
    link.stream = stream;
  }

  #drop(link: Link, stream: Stream, reason: string): void {
    if (link.stream !== stream) return;
    link.stream = null;
    if (link.isUp) this.#host.explain({ what: "link down", detail: `${link.node}: ${reason}` });
    link.isUp = false;
    stream.close(reason);
    this.#host.setTimer(link.backoffMs, () => {
      if (this.#links.get(link.node) === link) this.#dial(link);
    });
    link.backoffMs = Math.min(link.backoffMs * 2, this.#settings.reconnectCapMs);
  }
}
