/**
 * The real Host. It has sockets, log files and the kernel's clocks. It writes the evidence of a turn of the event loop
 * before it sends the messages of that turn over its sockets.
 */
import { mkdirSync, readdir, unlink } from "node:fs";
import { createHash, randomInt } from "node:crypto";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { WebSocket } from "ws";
import { describeRecord, isKeepAlive } from "../protocol/evidence.ts";
import { decode, encode } from "../protocol/codec.ts";
import type { Host, NodeName, Remote, Stream, StreamHandlers } from "../host.ts";
import { textOf } from "../protocol/plain-text.ts";
import type { Message } from "../protocol/protocol.ts";
import { createWallClock, monotonicUs } from "./clock.ts";
import type { NodeConfig } from "./config.ts";
import { claimedId } from "./frames.ts";
import type { FrameCodec } from "./frames.ts";
import { clientHeader, peerHeader, secretHeader } from "./headers.ts";
import { listen } from "./listener.ts";
import type { Listener } from "./listener.ts";
import { fsyncDirectory, openLogFile } from "./log-file.ts";
import type { LogFile } from "./log-file.ts";
import { loopback } from "./loopback.ts";
import type { FrameLine } from "./recorded.ts";
import { openRecorder } from "./recorder.ts";
import type { Occurrence } from "./recorder.ts";
import { socketStream } from "./socket-stream.ts";
import { createTurn } from "./turn.ts";

export interface RealHost extends Host {
  /**
   * Opens the ports for peers and clients. Must be called after the node has set its receiver of streams by `accept`.
   * Resolves with the port for clients.
   */
  listen(): Promise<number>;
  /** Ends this boot, and records `reason` in the evidence. The node gets no further callbacks after that. */
  end(reason: string): void;
  /** Ends this boot like SIGKILL: records nothing, and loses the data that is only in memory. */
  revoke(): void;
}

/** The functions of the node's program that the Host calls. */
export interface RealHostProcess {
  /** Prints a line to the node's log. */
  print(line: string): void;
  /** Called after the node has halted itself. */
  halted(reason: string): void;
}

const logSuffix = ".log";
/** The largest number of unanswered requests on one stream of a client. */
const mostAskedByClient = 256;
/** The number of different random numbers: randomInt supports a range below 2^48. */
const chances = 2 ** 48 - 1;

/**
 * Begins a boot of node `config.node`.
 *
 * @throws Error if the folders of the node cannot be used
 */
export const openRealHost = (config: NodeConfig, process: RealHostProcess): RealHost => {
  const { node, settings, peerSecrets } = config;
  mkdirSync(config.dataDirectory, { recursive: true });
  const recorder = openRecorder(config.recordDirectory, node, config.evidence);
  const wallUs = createWallClock();
  const logs = new Map<string, LogFile>();
  const dialled = new Set<WebSocket>();
  const links = new Set<NodeName>();
  let listeners: Listener[] = [];
  let over = false;
  let taker: ((remote: Remote, stream: Stream) => StreamHandlers) | null = null;

  const live = (): boolean => !over;
  const codec: FrameCodec = { encode, decode: (text) => decode(text, settings.frameBytes) };
  const turn = createTurn(recorder.write, live);
  const record = (occurrence: Occurrence): void => {
    recorder.record(occurrence);
    turn.begin();
  };

  const frame = (e: FrameLine[0], peer: string): ((message: Message, text: string) => void) => {
    if (!config.evidence) return () => {};
    const add = recorder.frames(e, peer);
    return (message, text) => {
      if (isKeepAlive(message)) return;
      add(text);
      turn.begin();
    };
  };

  /**
   * Returns a function that records a message of the node to itself. Such messages are encoded only for the evidence.
   */
  const passed = (): ((message: Message) => void) => {
    if (!config.evidence) return () => {};
    const add = frame("passed", node);
    return (message) => add(message, textOf(message));
  };

  const take = (remote: Remote, stream: Stream): StreamHandlers => {
    if (taker === null)
      throw new Error(`${node} accepted a stream before a receiver of streams was set`);
    return taker(remote, stream);
  };

  const accepted = (remote: Remote, peer: string, socket: WebSocket, wire: Duplex): void => {
    if (over) return socket.terminate();
    // The reply to a bad frame. A client learns what was wrong. For a peer there is none, and its stream is closed.
    const complain = (text: string, message: string): Message | null =>
      remote.kind === "client"
        ? { type: "error", id: claimedId(text), code: "bad-frame", message }
        : null;
    const stream = socketStream({
      socket,
      wire,
      turn,
      peer,
      codec,
      intake: {
        // Only clients have a limit for unanswered requests, since some requests of peers have no reply.
        mostAsked: remote.kind === "client" ? mostAskedByClient : Infinity,
        mostBytes: settings.bufferBytes >> 1,
        longestReply: settings.frameBytes,
      },
      sent: frame("sent", peer),
      received: frame("received", peer),
      complain,
      live,
    });
    stream.attach(take(remote, stream));
  };

  const nobody = (handlers: StreamHandlers, reason: string): Stream => {
    setImmediate(() => {
      if (!over) handlers.close(reason);
    });
    return { send: () => {}, close: () => {}, bufferedBytes: () => 0 };
  };

  const connect = (peer: NodeName, handlers: StreamHandlers): Stream => {
    const address = config.peers[peer];
    const secret = peerSecrets[peer];
    if (address === undefined || secret === undefined)
      return nobody(handlers, `no address or secret of ${peer} is known`);
    const socket = new WebSocket(`ws://${address.host}:${address.port}`, {
      headers: { [secretHeader]: secret, [peerHeader]: node },
      maxPayload: settings.frameBytes,
      perMessageDeflate: false,
      // Masks protect against faulty proxies, and there are none between nodes. With a mask of zeros, masking costs
      // nothing.
      generateMask: (mask) => mask.fill(0),
      // A partition also drops TCP handshakes, and TCP repeats a lost one only after longer and longer waits. So each
      // attempt ends early, and the node dials again.
      handshakeTimeout: settings.reconnectCapMs,
    });
    dialled.add(socket);
    // Only replies to this node arrive on this stream. A bad frame cannot be answered, so the stream is closed.
    const stream = socketStream({
      socket,
      wire: null,
      intake: null,
      turn,
      peer,
      codec,
      sent: frame("sent", peer),
      received: frame("received", peer),
      complain: () => null,
      live,
    });
    stream.attach({
      open: () => {
        links.add(peer);
        handlers.open?.();
      },
      message: handlers.message.bind(handlers),
      close: (reason) => {
        links.delete(peer);
        dialled.delete(socket);
        handlers.close(reason);
      },
    });
    return stream;
  };

  const revoke = (): void => {
    if (over) return;
    over = true;
    for (const listener of listeners) listener.close();
    for (const socket of dialled) socket.terminate();
    for (const log of logs.values()) log.close();
  };

  const end = (reason: string): void => {
    if (over) return;
    recorder.record({ e: "boot", phase: "end", detail: reason });
    turn.end();
    revoke();
  };

  const halt = (reason: string): void => {
    if (over) return;
    process.print(`halted: ${reason}`);
    end(`halted: ${reason}`);
    process.halted(reason);
  };

  const pathOf = (name: string): string =>
    join(config.dataDirectory, `${encodeURIComponent(name)}${logSuffix}`);

  const open = (name: string): LogFile =>
    openLogFile(pathOf(name), {
      live,
      synced: (written, recovered) => {
        if (!config.evidence) return;
        const hash = createHash("sha256");
        for (const { bytes } of written) hash.update(bytes);
        recorder.record({
          e: "sync",
          records: written.flatMap(({ records }) => records.map(describeRecord)),
          hash: hash.digest("hex").slice(0, 16),
          ...(recovered === undefined ? {} : { recovered }),
        });
        recorder.write();
      },
      failed: (error) => halt(`the log ${name} cannot be opened, read or synced: ${error.message}`),
    });

  const logNames = (done: (names: readonly string[]) => void): void => {
    readdir(config.dataDirectory, (error, files) => {
      if (over) return;
      if (error !== null) halt(`the logs cannot be listed: ${error.message}`);
      else
        done(
          files
            .filter((file) => file.endsWith(logSuffix))
            .map((file) => decodeURIComponent(file.slice(0, -logSuffix.length)))
            .sort(),
        );
    });
  };

  const removeLog = (name: string, done: (error: Error | null) => void): void => {
    logs.get(name)?.close();
    logs.delete(name);
    unlink(pathOf(name), (error) => {
      if (over) return;
      if (error !== null) return done(error.code === "ENOENT" ? null : error);
      try {
        fsyncDirectory(config.dataDirectory);
      } catch (syncError) {
        return done(syncError as Error);
      }
      done(null);
    });
  };

  return {
    node,
    boot: recorder.boot,
    wallUs,
    monotonicUs,
    setTimer: (delayMs, fire) => {
      const timer = setTimeout(() => {
        if (!over) fire();
      }, delayMs);
      return { cancel: () => clearTimeout(timer) };
    },
    random: () => randomInt(chances) / chances,
    dial: (peer, handlers) =>
      peer === node
        ? loopback({
            handlers,
            accept: (stream) => take({ kind: "peer", node }, stream),
            passed: passed(),
            live,
          })
        : connect(peer, handlers),
    accept: (theirs) => {
      taker = theirs;
    },
    log: (name) => {
      const log = logs.get(name) ?? open(name);
      logs.set(name, log);
      return log;
    },
    logNames,
    removeLog,
    explain: ({ what, key, detail }) => {
      if (over) return;
      record({
        e: "explain",
        what,
        ...(key === undefined ? {} : { key }),
        ...(detail === undefined ? {} : { detail }),
      });
      process.print([what, key, detail].filter((part) => part !== undefined).join(" "));
    },
    halt,
    listen: async () => {
      const health = (): object => ({
        node,
        boot: recorder.boot,
        monotonicUs: monotonicUs(),
        links: [...links],
      });
      const { frameBytes } = settings;
      const own = config.peers[node];
      if (own === undefined) throw new Error(`the settings name no address of ${node} itself`);
      const peers = await listen({
        frameBytes,
        address: own,
        nameHeader: peerHeader,
        // Looks only at own properties, since a peer may claim the name "constructor".
        secretOf: (name) => (Object.hasOwn(peerSecrets, name) ? peerSecrets[name] : undefined),
        accepted: (name, ...socket) => accepted({ kind: "peer", node: name }, name, ...socket),
      });
      const clients = await listen({
        frameBytes,
        health,
        address: config.clients,
        nameHeader: clientHeader,
        secretOf: () => config.clientSecret,
        accepted: (name, ...socket) => accepted({ kind: "client", name }, name, ...socket),
      });
      listeners = [peers, clients];
      return clients.port;
    },
    end,
    revoke,
  };
};
