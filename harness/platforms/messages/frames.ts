/**
 * Records as evidence, if a history has any, each message that a node sends or receives, and each start and end of a
 * node during the history.
 */
import type { EvidenceEvent, FrameEvent, Json } from "../../../checkers/index.ts";
import type { NodeMessage } from "./message.ts";

/**
 * The largest number of message events in a history, far more than generated plans need. A node that floods the network
 * must not fill the memory.
 */
export const mostFrames = 4_000_000;

interface BootCount {
  boot: number;
  seq: number;
}

/** What the network decided about a message. */
export interface Sending {
  /** The message's number. */
  readonly number: number;
  readonly fate?: "lost" | "twice";
  readonly delayUs?: number;
  readonly trace?: number;
}

export class FrameLog {
  readonly events: EvidenceEvent[] = [];
  readonly #boots = new Map<string, BootCount>();
  readonly #nowUs: () => number;
  readonly #records: boolean;
  #count = 0;

  /** Makes an empty log. If `records` is false, the log stays empty. */
  constructor(nowUs: () => number, records: boolean) {
    this.#nowUs = nowUs;
    this.#records = records;
  }

  /**
   * The number of messages that nodes sent plus the number of messages that arrived at nodes, whether recorded or not.
   */
  get count(): number {
    return this.#count;
  }

  booted(node: string): void {
    const last = this.#boots.get(node)?.boot ?? 0;
    this.#boots.set(node, { boot: last + 1, seq: 0 });
    this.#boot(node, "start");
  }

  ended(node: string, detail: string): void {
    this.#boot(node, "end", detail);
  }

  sent(node: string, { dest, body }: NodeMessage, { number, ...rest }: Sending): void {
    this.#frame("sent", node, dest, { message: number, body: body as Json, ...rest });
  }

  /**
   * Records an arrival. With `whole`, the event shows the body, since the sender is no node and no other event shows
   * it.
   */
  received(
    node: string,
    { src, body }: NodeMessage,
    { number, trace }: Sending,
    whole: boolean,
  ): void {
    this.#frame("received", node, src, {
      message: number,
      ...(trace === undefined ? {} : { trace }),
      ...(whole ? { body: body as Json } : {}),
    });
  }

  #frame(
    e: "sent" | "received",
    node: string,
    peer: string,
    rest: { readonly message: number; readonly body?: Json },
  ): void {
    const at = this.#boots.get(node);
    if (at === undefined) return;
    this.#count++;
    if (!this.#records) return;
    this.events.push({
      e,
      atUs: this.#nowUs(),
      node,
      boot: at.boot,
      seq: ++at.seq,
      peer,
      frame: "message",
      ...rest,
    } satisfies FrameEvent);
  }

  #boot(node: string, phase: "start" | "end", detail?: string): void {
    const at = this.#boots.get(node);
    if (!this.#records || at === undefined) return;
    this.events.push({
      e: "boot",
      atUs: this.#nowUs(),
      node,
      boot: at.boot,
      seq: ++at.seq,
      phase,
      ...(detail === undefined ? {} : { detail }),
    });
  }
}
