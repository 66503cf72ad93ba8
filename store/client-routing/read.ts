/** A read coordinated by the client itself over its own connections. */
import { Read, type ReadPlace } from "../coordinator/read.ts";
import type { NodeName } from "../host.ts";
import { healthyParts } from "../parts.ts";
import { quorumComplaint, readQuorum } from "../placement/quorum.ts";
import { Rings } from "../placement/rings.ts";
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
  // Asks only the key's own replicas.
  const needed = Math.max(quorum.needed, quorum.primaries);
  new Read(placeOf(routing, request.id), { answer }, request, {
    asked: replicas,
    primaries: replicas,
    quorum: { ...quorum, needed },
  }).start();
}

/** Replicas give puts their versions, so the client has no clock. */
const noClock: StampClock = {
  observe() {},
  next() {
    throw new Error("expected a replica to give a put its version, the client was asked");
  },
};

/** Lets one read run in the client. It waits for silent nodes until the request timeout, even after the answer. */
function placeOf({ settings, links, setTimer }: Routing, id: number): ReadPlace {
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
  /** Sends a repair. No request waits for it, but the connection stays open until it is done or times out. */
  const repair = (node: NodeName, request: PeerRequest): void => {
    const patience = setTimer(settings.requestTimeoutMs, () => links.forget(node, id));
    links.call(node, request, () => patience.cancel());
  };

  return {
    settings,
    parts: healthyParts,
    rings: new Rings(settings, healthyParts),
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
    // Only digest reads add anything here, and client routing excludes them.
    resends: { add() {} },
  };
}
