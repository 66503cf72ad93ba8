/** Serves the requests of clients and peers on accepted streams. */
import { coordinateRead } from "./coordinator/read.ts";
import { tellStamp } from "./coordinator/quorum-stamp.ts";
import { coordinateWrite } from "./coordinator/write.ts";
import { versionPut } from "./coordinator/version-put.ts";
import type { Core, Requester } from "./core.ts";
import { refuse } from "./core.ts";
import { compareLeaves, compareRanges, compareTree } from "./repair/exchange-replies.ts";
import type { NodeName, Stream, StreamHandlers } from "./host.ts";
import { inspect } from "./replica/inspect.ts";
import { isPeerRequest } from "./protocol/message-kinds.ts";
import type { PeerRequest } from "./protocol/protocol.ts";
import { nodeNames } from "./placement/ring.ts";
import type { State } from "./versions/records.ts";
import { firstRingName, isNewer } from "./placement/ring-state.ts";

/** How far the start of a node has come. */
export interface Readiness {
  /** Whether the node has read its logs and, if its ring may change, has learned the ring from other nodes. */
  recovered(): boolean;
  /** Whether clients may read, write and change the ring. */
  ready(): boolean;
}

/**
 * Serves a client's stream. Refuses reads, writes and changes of the ring until the node is ready, and inspections
 * until it has recovered.
 */
export function serveClient(
  core: Core,
  { recovered, ready: isReady }: Readiness,
  stream: Stream,
): StreamHandlers {
  const requester: Requester = { answer: (reply) => stream.send(reply) };
  return {
    message(message) {
      switch (message.type) {
        case "get":
          return isReady()
            ? coordinateRead(core, requester, message)
            : refuseNotReady(core, requester, message.id);
        case "put":
          return isReady()
            ? coordinateWrite(core, requester, message)
            : refuseNotReady(core, requester, message.id);
        case "version-put":
          return isReady()
            ? versionPut(core, requester, message)
            : refuseNotReady(core, requester, message.id);
        // Under client routing, clients send requests to replicas as coordinators do.
        case "replica-get":
        case "replica-put":
        case "hint-put":
          if (core.settings.routing === "client")
            return isReady()
              ? servePeerRequest(core, "", stream, message)
              : refuseNotReady(core, requester, message.id);
          break;
        case "inspect":
          return recovered()
            ? requester.answer(inspect(core, message))
            : refuseNotReady(core, requester, message.id);
        case "ring-change":
          if (core.membership === null)
            return refuse(
              requester,
              message.id,
              "bad-request",
              "expected a node whose ring may change, but this node was started with a fixed ring",
            );
          if (isReady()) return core.membership.change(message, requester.answer);
          core.membership.heardDead(message.change);
          return refuseNotReady(core, requester, message.id);
        default:
      }
      refuse(
        requester,
        message.id,
        "bad-frame",
        `expected a client's request, got ${message.type}`,
      );
    },
    close() {},
  };
}

/** Serves the stream of a peer, on which the peer's requests arrive and this node's replies go back. */
export function servePeer(
  core: Core,
  from: NodeName,
  stream: Stream,
  heard: () => void,
  closed: () => void,
): StreamHandlers {
  return {
    message(message) {
      heard();
      if (!isPeerRequest(message))
        return stream.close(`bad-frame: expected a peer's request, got ${message.type}`);
      const problem = misfit(core, message);
      if (problem === null) servePeerRequest(core, from, stream, message);
      else stream.close(`bad-frame: ${problem}`);
    },
    close: closed,
  };
}

function refuseNotReady({ membership }: Core, requester: Requester, id: number): void {
  const why =
    membership === null
      ? "the node is still recovering its log"
      : "the node is still recovering its log or learning the ring, or is not on the ring";
  refuse(requester, id, "not-ready", `${why}; ask another node or try again`);
}

/**
 * The state with which a fallback node answers a read in place of a replica. Null if this node has no stored hints for
 * the key or owns it, and under strict quorums.
 */
function standInState({ settings, rings, host, hints }: Core, key: string): State | null {
  if (settings.quorums === "strict" || hints.count === 0 || rings.owners(key).includes(host.node))
    return null;
  return hints.of(key);
}

/**
 * Why this node refuses the request of a peer. A peer of another cluster or with other settings may send data that this
 * node cannot hold. Null if the request is acceptable.
 */
function misfit({ settings, membership }: Core, request: PeerRequest): string | null {
  const kind = settings.versions === "stamps" ? "stamped" : "siblings";
  if ("state" in request && request.state.kind !== kind)
    return `expected a state of kind ${kind}, got ${request.state.kind}`;
  if (
    request.type === "hint-put" &&
    membership === null &&
    !nodeNames(settings).includes(request.target)
  )
    return `expected a hint for one of ${settings.nodes} nodes, got one for ${request.target.slice(0, 40)}`;
  return null;
}

/** Whether the request stores data for a replica. It is then refused in more cases of an older ring than a read. */
const isPut = (request: PeerRequest): boolean =>
  request.type === "replica-put" || request.type === "hint-put";

/**
 * Refuses a request whose sender has too old a ring, and sends the newer ring back. Returns true if the request must
 * not be served.
 */
function refusesOlder(core: Core, stream: Stream, request: PeerRequest): boolean {
  const { rings, parts, host } = core;
  const { state } = rings.view;
  const { ring = firstRingName } = request;
  if (!isNewer(state, ring) || !("key" in request)) return false;
  const { id, key, type } = request;
  if (type === "reap" || type === "reap-ask") return false;
  // Any owner of the key may coordinate a forwarded put, since the owner gives the put a version by its own ring.
  const isOwner = type === "hint-put" || rings.owners(key).includes(host.node);
  const asked = { ring, isPut: isPut(request), isOwner };
  const { coordinates, refuses } =
    type === "forward-put"
      ? parts.membership.takesPassedOn(isOwner)
      : { coordinates: false, refuses: parts.membership.refuses(state, asked) };
  if (refuses)
    stream.send({
      type: "ring-refused",
      id,
      ...(request.trace === undefined ? {} : { trace: request.trace }),
      shown: state,
    });
  return refuses && !coordinates;
}

function servePeerRequest(core: Core, from: NodeName, stream: Stream, request: PeerRequest): void {
  if (refusesOlder(core, stream, request)) return;
  const { membership } = core;
  switch (request.type) {
    case "replica-put":
      return core.replica.put(request, stream);
    case "replica-get":
      return core.replica.get(request, stream, standInState(core, request.key));
    case "replica-digest":
      return core.replica.tellDigest(request, stream, standInState(core, request.key));
    case "hint-put": {
      const { id, trace, key, state, target, synced } = request;
      const confirm = (): void => stream.send({ type: "hint-stored", id, trace, key });
      core.hints.keep(
        target,
        key,
        state,
        synced === true ? () => core.hints.synced(confirm) : confirm,
      );
      return;
    }
    case "stamp-get":
      return stream.send(tellStamp(core, request));
    case "forward-put": {
      const { type: _, ring: _ring, id, trace, ...put } = request;
      const requester: Requester = {
        answer: (reply) => stream.send({ type: "forwarded", id, trace, key: put.key, reply }),
      };
      return coordinateWrite(core, requester, { type: "put", id: trace, ...put });
    }
    case "reap-ask":
      return stream.send({
        type: "reap-told",
        id: request.id,
        key: request.key,
        holds: core.replica.holds(request.key, request.state),
      });
    case "reap":
      return core.replica.reap(request.key, request.state);
    case "ping":
      return stream.send({ type: "pong", id: request.id });
    case "ring-tell":
      return membership?.told(from, request, (reply) => stream.send(reply));
    case "stream-ask":
      return membership?.ask(from, request, (reply) => stream.send(reply));
    case "range-compare":
      return stream.send(compareRanges(core, request));
    case "tree-compare":
      return stream.send(compareTree(core, request));
    case "leaf-compare":
      return stream.send(compareLeaves(core, from, request));
  }
}
