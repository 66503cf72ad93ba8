/** Assembles one node of the store on a Host. */
import { bounded } from "./links/bounded.ts";
import { Calls } from "./links/calls.ts";
import { startCollecting } from "./repair/collector.ts";
import { CommitLog } from "./replica/commit-log.ts";
import type { Core } from "./core.ts";
import { Deadlines, type Expiring, type Resending } from "./links/deadlines.ts";
import { startExchanges } from "./repair/exchange.ts";
import { startHandoff } from "./repair/handoff.ts";
import { Hints } from "./repair/hints.ts";
import type { Host, NodeName, Quiet, Stream, StreamHandlers } from "./host.ts";
import { Liveness } from "./links/liveness.ts";
import { healthyParts, type Parts, type ReadProgress, type ReadReply } from "./parts.ts";
import { Membership } from "./membership/membership.ts";
import { Peers } from "./links/peers.ts";
import type { PeerReply } from "./protocol/protocol.ts";
import { Replica } from "./replica/replica.ts";
import { SegmentedLog } from "./replica/segments.ts";
import { nodeNames } from "./placement/ring.ts";
import { Rings } from "./placement/rings.ts";
import { serveClient, servePeer } from "./serve.ts";
import type { StoreSettings } from "./settings.ts";

/** The names of two of a node's logs: one has its data, and the other has the hints that it keeps for other nodes. */
export const logName = "store";
export const hintLogName = "hints";

/**
 * Starts a node: it recovers its logs, dials its peers and serves requests. While it recovers, clients' reads and
 * writes get `not-ready` and peers are turned away, so that no coordinator counts on this node. The node runs until the
 * Host ends it.
 *
 * @param options `changesRing`: operators may change the ring while the cluster runs. Default: the ring is fixed.
 * @returns A function that tells whether the node is quiet.
 */
export function createNode(
  host: Host,
  settings: StoreSettings,
  parts: Parts = healthyParts,
  { changesRing = false }: { readonly changesRing?: boolean } = {},
): Quiet {
  const rings = new Rings(settings, parts);
  const segments: SegmentedLog = new SegmentedLog(
    host,
    logName,
    settings.segmentBytes,
    () => replica.records(),
    parts.compaction,
  );
  const log = new CommitLog(host, segments, settings);
  const clock = parts.stampClock(host, settings.stamps);
  const calls = new Calls();
  const actor = parts.actor(host);
  const replica: Replica = new Replica(settings, parts, { host, log }, { clock, actor, rings });
  const hintSegments: SegmentedLog = new SegmentedLog(
    host,
    hintLogName,
    settings.segmentBytes,
    () => hints.records(),
    parts.compaction,
  );
  const hintLog = new CommitLog(host, hintSegments, settings);
  const hints: Hints = new Hints(settings, parts, { host, log: hintLog });
  const peers = new Peers(host, settings, rings, (from, reply) => route(from, reply));
  const { requestTimeoutMs } = settings;
  const deadlines = new Deadlines<Expiring>(host, requestTimeoutMs, (each) => each.expire());
  const halfMs = Math.ceil(requestTimeoutMs / 2);
  const resends = new Deadlines<Resending>(host, halfMs, (each) => each.atHalfTime());
  const shared = {
    counted: (read: ReadProgress, arrived: ReadReply | null) => parts.counts(host, read, arrived),
    host,
    settings,
    parts,
    clock,
    actor,
    replica,
    hints,
    peers,
    calls,
    rings,
    deadlines,
    resends,
  };
  const core: Core = changesRing ? withMembership(shared) : { ...shared, membership: null };
  const { membership } = core;
  const route = (from: NodeName, reply: PeerReply): void => {
    if (membership !== null) {
      if (reply.type === "ring-ack") return membership.acked(from, reply);
      // The operation that was refused continues once this node uses the newer ring.
      if (reply.type === "ring-refused") {
        membership.show(reply.shown);
        return membership.whenSettled(() => calls.route(from, reply));
      }
    }
    calls.route(from, reply);
  };
  const accepted = new Map<Stream, Liveness>();
  /** Whether the node has read its logs, so that peers may count on its data. */
  let recovered = false;
  const isReady = (): boolean => recovered && membership?.serves !== false;

  host.accept((remote, unbounded) => {
    const stream = bounded(unbounded, settings.bufferBytes);
    if (remote.kind === "client")
      return serveClient(
        core,
        {
          recovered: () => recovered && membership?.knowsRing !== false,
          ready: () => parts.serves(isReady()),
        },
        stream,
      );
    return parts.serves(recovered)
      ? acceptPeer(core, remote.node, stream, accepted)
      : turnAway(stream);
  });
  const recoverRing = (then: () => void): void =>
    membership === null ? then() : membership.recover(then);
  const recoverData = (): void =>
    segments.recover(parts.recover, (records) => {
      replica.load(records);
      if (!settings.hints) return begin(records.length);
      hintSegments.recover(parts.recover, (kept) => {
        hints.load(kept);
        begin(records.length);
      });
    });
  const begin = (records: number): void => {
    recovered = true;
    host.explain({ what: "ready", detail: `${records} records recovered` });
    if (membership === null) peers.connect();
    else {
      peers.link(parts.membership.linked(rings.view.state));
      membership.begin();
      membership.learn(() => host.explain({ what: "ring learned" }));
    }
    keepAlive(core, accepted);
    if (settings.antiEntropy) startExchanges(core);
    if (settings.hints) startHandoff(core);
    if (settings.deletes === "grace" || settings.deletes === "reap") startCollecting(core);
  };
  recoverRing(recoverData);
  return () =>
    recovered && log.isIdle && hintLog.isIdle && isIdle(core)
      ? { holds: compared(core), waitsFor: waitsFor(core) }
      : null;
}

/**
 * Whether this node has nothing under way: no operation with a timeout, no membership change or hand-over, and no
 * tombstone (or its remainder) that is still to be removed.
 */
function isIdle({ deadlines, replica, settings, membership }: Core): boolean {
  const collects = settings.deletes === "grace" || settings.deletes === "reap";
  return (
    membership?.isIdle !== false &&
    deadlines.isIdle &&
    !(collects && replica.deletions().length > 0)
  );
}

/** The nodes that this node waits for: the members to which it has no link, and those for which it keeps hints. */
const waitsFor = ({ rings, peers, hints }: Core): readonly NodeName[] => [
  ...nodeNames(rings.view.reads).filter((node) => !peers.isUp(node)),
  ...hints.targets(),
];

/**
 * The values that must be equal on two nodes that are in agreement: the ring, if it may change, and, with anti-entropy,
 * the Merkle root of each range that this node shares with another. Equal roots mean that exchanges change nothing.
 * Without anti-entropy, replicas may stay different, so they are not compared.
 */
const compared = (core: Core): ReadonlyMap<string, string> =>
  new Map([
    ...(core.membership === null ? [] : [["ring", core.membership.digest] as const]),
    ...(core.settings.antiEntropy ? hashesOfShared(core) : []),
  ]);

function hashesOfShared({
  rings,
  host,
  parts,
  replica,
}: Core): readonly (readonly [range: string, hash: string])[] {
  const on = rings.view.reads;
  const ranges = parts
    .exchangePeers(on, host.node)
    .flatMap((peer) => parts.exchangeRanges(on, host.node, peer));
  return ranges.map((range) => [range, replica.tree(range).hash(0, 0)]);
}

/** Completes the core with the membership, whose constructor needs the core. */
function withMembership(shared: Omit<Core, "membership">): Core {
  const core: { -readonly [Piece in keyof Core]: Core[Piece] } = { ...shared, membership: null };
  core.rings.whenChanged(() => core.replica.rearrange());
  core.membership = new Membership(core);
  return core;
}

function acceptPeer(
  core: Core,
  from: NodeName,
  stream: Stream,
  accepted: Map<Stream, Liveness>,
): StreamHandlers {
  const liveness = new Liveness(core.settings);
  // The link of this node to itself gets no pings, so it may be silent for long.
  if (from !== core.host.node) accepted.set(stream, liveness);
  return servePeer(
    core,
    from,
    stream,
    () => liveness.heard(),
    () => accepted.delete(stream),
  );
}

function turnAway(stream: Stream): StreamHandlers {
  stream.close("still recovering");
  return { message() {}, close() {} };
}

function keepAlive(core: Core, accepted: Map<Stream, Liveness>): void {
  const tick = (): void => {
    core.host.setTimer(core.settings.pingIntervalMs, tick);
    core.peers.tick(() => core.calls.ids());
    core.membership?.gossip();
    for (const [stream, liveness] of accepted) {
      const problem = liveness.tick();
      if (problem === null) continue;
      accepted.delete(stream);
      stream.close(problem);
    }
  };
  core.host.setTimer(core.settings.pingIntervalMs, tick);
}
