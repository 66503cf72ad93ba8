/** Runs a read that the client itself coordinates, over its own connections. */
import { Read, type ReadPlace } from "../coordinator/read.ts";
import type { NodeName } from "../host.ts";
import { healthyParts } from "../parts.ts";
import { quorumComplaint, readQuorum } from "../placement/quorum.ts";
import type { ClientReply, ClientRequest, PeerRequest } from "../protocol/protocol.ts";
import type { StampClock } from "../versions/stamps.ts";
import type { Routing } from "./router.ts";

type Get = ClientRequest & { readonly type: "get" };

export function startRead(
  routing: Routing,
  request: Get,
  replicas: readonly NodeName[],
  answer: (reply: ClientReply) => void,
): void {
  const { settings } = routing;
  const problem = quorumComplaint(request, settings.n);
  if (problem !== null)
    return answer({ type: "error", id: request.id, code: "bad-request", message: problem });
  const quorum = readQuorum(settings, request);
  // The client asks only the key's own replicas, so PR is one more lower bound for the number of replies.
  const needed = Math.max(quorum.needed, quorum.primaries);
  new Read(placeOf(routing, request.id), { answer }, request, {
    asked: replicas,
    primaries: replicas,
    quorum: { ...quorum, needed },
  }).start();
}

/** A clock that gives no stamps: replicas, not the client, give puts their versions. */
const noClock: StampClock = {
  observe() {},
  next() {
    throw new Error("expected a replica to issue the version of a put, but the client was asked");
  },
};

/**
 * The environment of one read that runs in the client. Waits for silent nodes until the request timeout, even after the
 * client has its answer.
 */
function placeOf({ settings, rings, links, setTimer }: Routing, id: number): ReadPlace {
  const silent = new Set<NodeName>();
  let reading: Read | null = null;
  let timer: { cancel(): void } | null = null;

  const ask = (node: NodeName, request: PeerRequest): void => {
    silent.add(node);
    links.call(node, request, (end) => {
      silent.delete(node);
      if (silent.size === 0) timer?.cancel();
      if (end.reply?.type === "replica-got") reading?.reply(0, node, end.reply);
      else reading?.lost(end.reply === null && end.sent);
    });
  };
  /**
   * Sends a read repair. No request waits for its outcome. The client does not close the connection before the replica
   * replies or the timeout passes.
   */
  const repair = (node: NodeName, request: PeerRequest): void => {
    const patience = setTimer(settings.requestTimeoutMs, () => links.forget(node, id));
    links.call(node, request, () => patience.cancel());
  };

  return {
    settings,
    parts: healthyParts,
    rings,
    clock: noClock,
    host: { node: "", explain() {} },
    counted: (read, arrived) =>
      arrived === null || read.from.includes(arrived.from) ? [] : [arrived],
    peers: {
      isUp: () => true,
      countUp: (nodes) => nodes.length,
      send(node, request) {
        (request.type === "replica-put" ? repair : ask)(node, request);
        return true;
      },
    },
    calls: {
      open(read) {
        reading = read;
        timer = setTimer(settings.requestTimeoutMs, () => {
          if (!read.done) read.expire();
          for (const node of silent) links.forget(node, id);
        });
        return id;
      },
      idOf: () => id,
      ids: () => id,
      close() {},
    },
    // `calls.open` has set the deadline already, before anything was sent.
    deadlines: { add() {} },
    // A read adds something to `resends` only if it reads digests, and client routing excludes digest reads.
    resends: { add() {} },
  };
}
