/** A client's connections to nodes. Each opens at its first use, and opens again at the next use after it was lost. */
import type { NodeName } from "../host.ts";
import type { ClientReply, ClientRequest, PeerReply, PeerRequest } from "../protocol/protocol.ts";

export type Sent = ClientRequest | PeerRequest;
export type Received = ClientReply | PeerReply;

export interface Connection {
  /** Sends a message, or queues it until the connection is open. */
  send(message: Sent): void;
  close(): void;
}

export type Connect = (
  node: NodeName,
  handlers: { open(): void; reply(reply: Received): void; closed(reason: string): void },
) => Connection;

/**
 * How a call ended: with a reply, or without one. If there is no reply, `sent` says whether the node may have received
 * the request.
 */
export type CallEnd =
  { readonly reply: Received } | { readonly reply: null; readonly sent: boolean };

interface Link {
  readonly connection: Connection;
  open: boolean;
  readonly calls: Map<number, (end: CallEnd) => void>;
}

export class Links {
  readonly #connect: Connect;
  readonly #links = new Map<NodeName, Link>();
  #closing = false;

  constructor(connect: Connect) {
    this.#connect = connect;
  }

  /**
   * Sends `message` to the node. Calls `ended` at most once, with the outcome, after this function has returned. Does
   * not call `ended` as long as no reply comes and the connection holds, nor after `forget`.
   */
  call(node: NodeName, message: Sent, ended: (end: CallEnd) => void): void {
    const link = this.#links.get(node) ?? this.#dial(node);
    link.calls.set(message.id, ended);
    link.connection.send(message);
  }

  /** Stops waiting for the reply to request `id`. A later reply is ignored. */
  forget(node: NodeName, id: number): void {
    this.#links.get(node)?.calls.delete(id);
    this.#closeIfQuiet();
  }

  closeWhenQuiet(): void {
    this.#closing = true;
    this.#closeIfQuiet();
  }

  #closeIfQuiet(): void {
    if (!this.#closing || [...this.#links.values()].some((link) => link.calls.size > 0)) return;
    const links = [...this.#links.values()];
    this.#links.clear();
    for (const { connection } of links) connection.close();
  }

  #dial(node: NodeName): Link {
    const calls = new Map<number, (end: CallEnd) => void>();
    const connection = this.#connect(node, {
      open: () => {
        link.open = true;
      },
      reply: (reply) => {
        const ended = calls.get(reply.id);
        calls.delete(reply.id);
        ended?.({ reply });
        this.#closeIfQuiet();
      },
      closed: () => {
        if (this.#links.get(node) === link) this.#links.delete(node);
        const waiting = [...calls.values()];
        calls.clear();
        for (const ended of waiting) ended({ reply: null, sent: link.open });
        this.#closeIfQuiet();
      },
    });
    const link: Link = { connection, open: false, calls };
    this.#links.set(node, link);
    return link;
  }
}
