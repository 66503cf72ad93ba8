/**
 * Tells for each type of message whether it is a request or a reply, and whether it belongs to a link between a client
 * and a node or to one between two nodes. Under client routing, some messages between nodes also go to and from
 * clients.
 */
import type { ClientReply, ClientRequest, Message, PeerReply, PeerRequest } from "./protocol.ts";

type Kind = "client-request" | "client-reply" | "peer-request" | "peer-reply";

type KindOf<M extends Message> = M extends ClientRequest
  ? "client-request"
  : M extends ClientReply
    ? "client-reply"
    : M extends PeerRequest
      ? "peer-request"
      : "peer-reply";

const kinds: { readonly [T in Message["type"]]: KindOf<Message & { readonly type: T }> } = {
  get: "client-request",
  put: "client-request",
  "version-put": "client-request",
  inspect: "client-request",
  "ring-change": "client-request",
  got: "client-reply",
  stored: "client-reply",
  versioned: "client-reply",
  inspected: "client-reply",
  "ring-told": "client-reply",
  error: "client-reply",
  "replica-put": "peer-request",
  "replica-get": "peer-request",
  "replica-digest": "peer-request",
  "hint-put": "peer-request",
  "stamp-get": "peer-request",
  "forward-put": "peer-request",
  ping: "peer-request",
  "ring-tell": "peer-request",
  "stream-ask": "peer-request",
  "reap-ask": "peer-request",
  reap: "peer-request",
  "range-compare": "peer-request",
  "tree-compare": "peer-request",
  "leaf-compare": "peer-request",
  "replica-stored": "peer-reply",
  "replica-refused": "peer-reply",
  "replica-got": "peer-reply",
  "replica-digested": "peer-reply",
  "hint-stored": "peer-reply",
  "stamp-got": "peer-reply",
  forwarded: "peer-reply",
  pong: "peer-reply",
  "ring-ack": "peer-reply",
  "ring-refused": "peer-reply",
  "stream-page": "peer-reply",
  "stream-later": "peer-reply",
  "reap-told": "peer-reply",
  "ranges-differ": "peer-reply",
  "tree-differs": "peer-reply",
  "leaf-differs": "peer-reply",
};

const is = (message: Message, kind: Kind): boolean => kinds[message.type] === kind;

export const isClientRequest = (message: Message): message is ClientRequest =>
  is(message, "client-request");
export const isClientReply = (message: Message): message is ClientReply =>
  is(message, "client-reply");
export const isPeerRequest = (message: Message): message is PeerRequest =>
  is(message, "peer-request");
export const isPeerReply = (message: Message): message is PeerReply => is(message, "peer-reply");
