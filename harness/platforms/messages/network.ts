/**
 * The harness's network between nodes, clients and services. A message's delay and fate depend on the seed, the link,
 * the usual latency and the message's number, and on the faults in force.
 */
import {
  allClients,
  type Impairment,
  linkName,
  type MessageAim,
} from "../../../generators/index.ts";
import type { FrameLog, Sending } from "./frames.ts";
import { type Latency, Link } from "./link.ts";
import type { NodeMessage } from "./message.ts";

/** The kinds of endpoints of a link. */
export type EndKind = "node" | "client" | "service" | "harness";

/**
 * The name in which the harness introduces itself to nodes, beginning with `init`. A cut between clients and nodes does
 * not touch the links of this endpoint.
 */
export const harnessName = "c0";

export interface NetworkParts {
  readonly seed: number;
  readonly latency: Latency;
  nowUs(): number;
  /** Calls `run` after the delay. Without a delay it may be called at once, within this call. */
  after(delayUs: number, run: () => void): void;
  kindOf(name: string): EndKind;
  /**
   * Delivers an arrived message. Returns false if the destination does not run, or takes no such message yet. `text` is
   * the line that the sender wrote, if the sender wrote one.
   */
  deliver(message: NodeMessage, text: string | undefined): boolean;
  readonly frames: FrameLog;
}

interface SlowReader {
  everyMs: number;
  /** Messages that arrived and were not read yet, in order. */
  readonly waiting: (() => void)[];
}

export class MessageNetwork {
  readonly #parts: NetworkParts;
  readonly #links = new Map<string, Link>();
  #cuts: ReadonlySet<string> = new Set();
  #impairments: ReadonlyMap<string, Impairment> = new Map();
  #aims: readonly (readonly [string, MessageAim])[] = [];
  readonly #readers = new Map<string, SlowReader>();
  #sent = 0;
  #over = false;

  constructor(parts: NetworkParts) {
    this.#parts = parts;
  }

  /**
   * Sends a message.
   *
   * @param text The line that the sender wrote. Absent: the harness made the message.
   * @param trace The id of the client's operation that the message requests or answers.
   * @param from The real sender, if a node forwards a message in another's name.
   */
  send(message: NodeMessage, text?: string, trace?: number, from = message.src): void {
    const { frames } = this.#parts;
    const { dest, body } = message;
    const link = this.#link(from, dest);
    const { delaysUs } = link.next(body.type, text?.length ?? 100, this.#parts.nowUs());
    const sending: Sending = {
      number: ++this.#sent,
      ...(delaysUs.length === 0
        ? { fate: "lost" as const }
        : delaysUs.length > 1
          ? { fate: "twice" as const }
          : {}),
      ...((delaysUs[0] ?? 0) > 0 ? { delayUs: delaysUs[0] as number } : {}),
      ...(trace === undefined ? {} : { trace }),
    };
    const isFromNode = this.#parts.kindOf(from) === "node";
    if (isFromNode) frames.sent(from, message, sending);
    for (const delayUs of delaysUs)
      this.#parts.after(delayUs, () => {
        // A cut also loses messages that are on their way when it begins.
        if (this.#over || link.isCut) return;
        this.#arrive(dest, () => {
          if (this.#parts.deliver(message, text) && this.#parts.kindOf(dest) === "node")
            frames.received(dest, { ...message, src: from }, sending, !isFromNode);
        });
      });
  }

  /**
   * Cuts exactly the links of these names (such as n1>n2) from now on, so that they lose all messages. In a name,
   * `allClients` stands for each client.
   */
  setCuts(links: Iterable<string>): void {
    this.#cuts = new Set(links);
    for (const [name, link] of this.#links) link.isCut = this.#isCut(name);
  }

  /** From now on, exactly the links that this map names are impaired. */
  setImpairments(impairments: ReadonlyMap<string, Impairment>): void {
    this.#impairments = impairments;
    for (const [name, link] of this.#links) link.impairment = impairments.get(name) ?? {};
  }

  /** Replaces the rules that target messages. */
  setAims(aims: ReadonlyMap<string, MessageAim>): void {
    this.#aims = [...aims];
    for (const [name, link] of this.#links) link.aimAt(this.#aimsAt(name));
  }

  /**
   * From now on, exactly the nodes in `everyMs` read slowly: one message per interval (in ms). A node that reads fast
   * again gets its waiting messages at once.
   */
  setReading(everyMs: ReadonlyMap<string, number>): void {
    for (const [node, reader] of this.#readers)
      if (!everyMs.has(node)) {
        this.#readers.delete(node);
        for (const take of reader.waiting.splice(0)) take();
      }
    for (const [node, ms] of everyMs) {
      const known = this.#readers.get(node);
      if (known === undefined) this.#readers.set(node, { everyMs: ms, waiting: [] });
      else known.everyMs = ms;
    }
  }

  /** Discards the unread messages of a dead node. */
  died(node: string): void {
    this.#readers.get(node)?.waiting.splice(0);
  }

  #arrive(dest: string, take: () => void): void {
    const reader = this.#readers.get(dest);
    if (reader === undefined) return take();
    reader.waiting.push(take);
    if (reader.waiting.length > 1) return;
    const takeNext = (): void => {
      // No message waits (the fault has ended, or the node died), or the history is over.
      if (this.#over || reader.waiting.length === 0) return;
      const [take] = reader.waiting;
      take?.();
      reader.waiting.shift();
      if (reader.waiting.length > 0) this.#parts.after(reader.everyMs * 1000, takeNext);
    };
    this.#parts.after(reader.everyMs * 1000, takeNext);
  }

  /** Stops all deliveries. */
  end(): void {
    this.#over = true;
  }

  #link(src: string, dest: string): Link {
    const name = linkName(src, dest);
    const known = this.#links.get(name);
    if (known !== undefined) return known;
    const kinds = [this.#parts.kindOf(src), this.#parts.kindOf(dest)];
    const isNear = kinds.includes("client") || kinds.includes("harness");
    const link = new Link(
      this.#parts.seed,
      name,
      // Clients are next to their nodes, so without faults their messages take no time.
      isNear ? { meanMs: 0, dist: "constant" } : this.#parts.latency,
    );
    this.#links.set(name, link);
    link.isCut = this.#isCut(name);
    link.impairment = this.#impairments.get(name) ?? {};
    link.aimAt(this.#aimsAt(name));
    return link;
  }

  #isCut(name: string): boolean {
    if (this.#cuts.has(name)) return true;
    const [src = "", dest = ""] = name.split(">");
    if (this.#parts.kindOf(src) === "client") return this.#cuts.has(linkName(allClients, dest));
    return this.#parts.kindOf(dest) === "client" && this.#cuts.has(linkName(src, allClients));
  }

  #aimsAt(name: string): ReadonlyMap<string, MessageAim> {
    return new Map(this.#aims.filter(([, { from, to }]) => linkName(from, to) === name));
  }
}
