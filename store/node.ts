/** One node of the store, put together on a Host. */
import { Calls } from "./calls.ts";
import { startCollecting } from "./collector.ts";
import { CommitLog } from "./commit-log.ts";
import type { Core } from "./core.ts";
import { Deadlines } from "./deadlines.ts";
import { startExchanges } from "./exchange.ts";
import { startHandoff } from "./handoff.ts";
import { Hints } from "./hints.ts";
import type { Host, HostLog, NodeName, Stream, StreamHandlers } from "./host.ts";
import { Liveness } from "./liveness.ts";
import { healthyParts, type Parts } from "./parts.ts";
import { Peers } from "./peers.ts";
import type { LogRecord } from "./records.ts";
import { Replica } from "./replica.ts";
import { serveClient, servePeer } from "./serve.ts";
import type { StoreSettings } from "./settings.ts";

/** Names of a node's logs: its data, and, where there are hints, what it keeps for others. */
export const logName = "store";
export const hintLogName = "hints";

/**
 * Starts a node: it recovers its log, then dials its peers and serves. Until then clients are told `not-ready`, and peers are turned
 * away, so that no coordinator counts on this node. It runs until the Host ends it.
 */
export function createNode(host: Host, settings: StoreSettings, parts: Parts = healthyParts): void {
  const log = host.log(logName);
  const clock = parts.stampClock(host, settings.stamps);
  const calls = new Calls();
  const actor = parts.actor(host);
  const replica = new Replica(settings, parts, { host, log: new CommitLog(host, log, settings) }, clock, actor);
  const hintLog = settings.hints ? host.log(hintLogName) : null;
  // Without hints nothing is ever kept, so its log is never written.
  const hints = new Hints(settings, parts, { host, log: new CommitLog(host, hintLog ?? log, settings) });
  const peers = new Peers(host, settings, (from, reply) => calls.route(from, reply));
  const deadlines = new Deadlines(host, settings.requestTimeoutMs);
  const resends = new Deadlines(host, Math.ceil(settings.requestTimeoutMs / 2));
  const core: Core = { host, settings, parts, clock, actor, replica, hints, peers, calls, deadlines, resends };
  const accepted = new Map<Stream, Liveness>();
  let ready = false;

  host.accept((remote, stream) => {
    if (remote.kind === "client") return serveClient(core, () => ready, stream);
    return ready ? acceptPeer(core, remote.node, stream, accepted) : turnAway(stream);
  });
  recover(host, log, parts, (records) => {
    replica.load(records);
    if (hintLog === null) return begin(records.length);
    recoverHints(core, hintLog, () => begin(records.length));
  });
  const begin = (recovered: number): void => {
    ready = true;
    host.explain({ what: "ready", detail: `${recovered} records recovered` });
    peers.connect();
    keepAlive(core, accepted);
    if (settings.antiEntropy) startExchanges(core);
    if (settings.hints) startHandoff(core);
    if (settings.deletes === "grace" || settings.deletes === "reap") startCollecting(core);
  };
}

/** A log all of whose hints were delivered starts afresh, so that it does not grow with every outage. */
function recoverHints({ host, parts, hints }: Core, log: HostLog, done: () => void): void {
  recover(host, log, parts, (records) => {
    hints.load(records);
    if (records.length === 0 || hints.count > 0) return done();
    log.cut(0, (error) => (error === null ? done() : host.halt(`the log of hints could not be cut: ${error.message}`)));
  });
}

function recover(host: Host, log: HostLog, parts: Parts, done: (records: readonly LogRecord[]) => void): void {
  log.recover((entries) => {
    const { records, keepEntries } = parts.recover(entries);
    const damaged = entries.filter((entry) => !entry.whole).length;
    if (damaged > 0) host.explain({ what: "log damaged", detail: `${damaged} of ${entries.length} entries, ${entries.length - keepEntries} cut off` });
    if (keepEntries >= entries.length) return done(records);
    log.cut(keepEntries, (error) => {
      if (error === null) done(records);
      else host.halt(`the log's torn tail could not be cut off: ${error.message}`);
    });
  });
}

function acceptPeer(core: Core, from: NodeName, stream: Stream, accepted: Map<Stream, Liveness>): StreamHandlers {
  const liveness = new Liveness(core.settings);
  // This node's own loopback needs no pings: it breaks only with the node.
  if (from !== core.host.node) accepted.set(stream, liveness);
  return servePeer(core, from, stream, () => liveness.heard(), () => accepted.delete(stream));
}

function turnAway(stream: Stream): StreamHandlers {
  stream.close("still recovering");
  return { message() {}, close() {} };
}

function keepAlive(core: Core, accepted: Map<Stream, Liveness>): void {
  const tick = (): void => {
    core.host.setTimer(core.settings.pingIntervalMs, tick);
    core.peers.tick(() => core.calls.ids());
    for (const [stream, liveness] of accepted) {
      const problem = liveness.tick(stream);
      if (problem === null) continue;
      accepted.delete(stream);
      stream.close(problem);
    }
  };
  core.host.setTimer(core.settings.pingIntervalMs, tick);
}
