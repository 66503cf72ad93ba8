/**
 * A small world in memory for tests of the store. By default, every step takes 100 µs. Links can be cut, and syncs can
 * be held back or made to fail.
 */
import {
  createNode,
  defaultSettings,
  healthyParts,
  hintLogName,
  logName,
  nodeNames,
  segmentName,
} from "../../store/index.ts";
import type {
  ClientReply,
  ClientRequest,
  Host,
  HostLog,
  Message,
  NodeName,
  Parts,
  PeerRequest,
  Quiet,
  RecoveredEntry,
  Remote,
  StoreSettings,
  Stream,
  StreamHandlers,
} from "../../store/index.ts";

const stepUs = 100;
/** The size of every record in this world. */
export const fakeRecordBytes = 100;

const listOf = (lists: Map<string, RecoveredEntry[]>, name: string): RecoveredEntry[] => {
  const list = lists.get(name) ?? [];
  lists.set(name, list);
  return list;
};

interface End {
  readonly owner: FakeNode | null;
  handlers: StreamHandlers | null;
  closed: boolean;
}

export class FakeNode {
  boot = 0;
  wallOffsetUs = 0;
  isUp = false;
  /** For each log, the entries on the disk: synced ones, and written ones that a kill left. */
  readonly logs = new Map<string, RecoveredEntry[]>();
  /** For each log, the entries that are written but not synced. */
  readonly written = new Map<string, RecoveredEntry[]>();
  /** Whether syncs of this node wait until `releaseSyncs`. */
  holdSyncs = false;
  recoverMs = 0.1;
  heldSyncs: (() => void)[] = [];
  failSyncs = false;
  /** Whether this node's disk has no space, so that syncs fail. */
  isFull = false;
  halted: string | null = null;
  accept: ((remote: Remote, stream: Stream) => StreamHandlers) | null = null;
  readonly name: NodeName;
  /** Tells whether the node is quiet. Set at each boot. */
  quiet: Quiet = () => null;

  constructor(name: NodeName) {
    this.name = name;
  }

  /** The entries on the disk in the first segment of the node's data log. */
  get disk(): RecoveredEntry[] {
    return listOf(this.logs, segmentName(logName, 1));
  }

  /** The entries on the disk in the first segment of the node's hint log. */
  get hintDisk(): RecoveredEntry[] {
    return listOf(this.logs, segmentName(hintLogName, 1));
  }

  releaseSyncs(): void {
    this.holdSyncs = false;
    for (const release of this.heldSyncs.splice(0)) release();
  }
}

export class FakeWorld {
  nowUs = 0;
  readonly nodes = new Map<NodeName, FakeNode>();
  readonly settings: StoreSettings;
  /** All frames between nodes, in the order in which they were sent. */
  readonly frames: { readonly from: NodeName; readonly to: NodeName; readonly message: Message }[] =
    [];
  readonly #parts: Parts;
  readonly #changesRing: boolean;
  readonly #cuts = new Set<string>();
  readonly #queue: { readonly atUs: number; readonly run: () => void }[] = [];
  #pairs: (readonly [End, End])[] = [];

  constructor(
    settings: Partial<StoreSettings> = {},
    parts: Parts = healthyParts,
    { changesRing = false }: { readonly changesRing?: boolean } = {},
  ) {
    this.settings = { ...defaultSettings, ...settings };
    this.#parts = parts;
    this.#changesRing = changesRing;
    for (const name of nodeNames(this.settings)) this.nodes.set(name, new FakeNode(name));
    for (const name of this.nodes.keys()) this.start(name);
    this.run(10);
  }

  node(name: NodeName): FakeNode {
    const node = this.nodes.get(name);
    if (node === undefined) throw new Error(`no node ${name}`);
    return node;
  }

  start(name: NodeName): void {
    const node = this.node(name);
    node.boot++;
    node.isUp = true;
    node.quiet = createNode(this.#host(node), this.settings, this.#parts, {
      changesRing: this.#changesRing,
    });
  }

  /** Adds a machine and starts a node on it. The node is not on the ring yet. */
  add(name: NodeName): void {
    this.nodes.set(name, new FakeNode(name));
    this.start(name);
    this.run(50);
  }

  /** Kills a node. Entries that are written but not synced are lost only if `isPowerLost` is true. */
  kill(name: NodeName, isPowerLost = false): void {
    const node = this.node(name);
    node.isUp = false;
    node.boot++;
    if (!isPowerLost)
      for (const [log, entries] of node.written) listOf(node.logs, log).push(...entries);
    node.written.clear();
    node.heldSyncs = [];
    node.accept = null;
    this.#reset(node);
    this.run(1);
  }

  cut(a: NodeName, b: NodeName): void {
    this.#cuts.add(`${a}${b}`).add(`${b}${a}`);
  }

  heal(): void {
    this.#cuts.clear();
  }

  /** Lets `ms` milliseconds of virtual time pass. */
  run(ms: number): void {
    const endUs = this.nowUs + ms * 1000;
    for (;;) {
      const next = this.#queue[0];
      if (next === undefined || next.atUs > endUs) break;
      this.#queue.shift();
      this.nowUs = next.atUs;
      next.run();
    }
    this.nowUs = endUs;
  }

  /** Connects a client to a node. `replies` grows while time passes. */
  client(name: NodeName): { readonly replies: ClientReply[]; send(request: ClientRequest): void } {
    const replies: ClientReply[] = [];
    const [near, far] = this.#pair(null, this.node(name));
    near.handlers = { message: (message) => replies.push(message as ClientReply), close() {} };
    far.handlers =
      this.node(name).accept?.(
        { kind: "client", name: "c" },
        this.#stream(far, near, () => false),
      ) ?? null;
    return { replies, send: (request) => this.#deliver(far, request, () => false) };
  }

  /** Sends one request as a client, and lets time pass until the reply. */
  ask(name: NodeName, request: ClientRequest): ClientReply {
    const client = this.client(name);
    client.send(request);
    for (let ms = 0; ms < 5000 && client.replies.length === 0; ms++) this.run(1);
    const [reply] = client.replies;
    if (reply === undefined) throw new Error(`no reply to ${JSON.stringify(request)}`);
    return reply;
  }

  /** Connects to a node as the peer `from`. */
  peer(
    name: NodeName,
    from: NodeName,
  ): {
    readonly replies: Message[];
    readonly isClosed: () => boolean;
    send(message: Message): void;
  } {
    const replies: Message[] = [];
    const [near, far] = this.#pair(null, this.node(name));
    let closed = false;
    near.handlers = { message: (message) => replies.push(message), close: () => (closed = true) };
    far.handlers =
      this.node(name).accept?.(
        { kind: "peer", node: from },
        this.#stream(far, near, () => false),
      ) ?? null;
    return {
      replies,
      isClosed: () => closed || far.closed,
      send: (message) => this.#deliver(far, message, () => false),
    };
  }

  /** Sends one request as the peer `from`. Returns the reply, or undefined if none comes within a second. */
  askAsPeer(name: NodeName, request: PeerRequest, from: NodeName = "n1"): Message | undefined {
    const peer = this.peer(name, from);
    peer.send(request);
    for (let ms = 0; ms < 1000 && peer.replies.length === 0; ms++) this.run(1);
    return peer.replies[0];
  }

  at(delayMs: number, run: () => void): void {
    const atUs = this.nowUs + Math.ceil(delayMs * 1000);
    // Events at the same time happen in the order in which they were added.
    let place = this.#queue.length;
    while (place > 0 && (this.#queue[place - 1]?.atUs ?? 0) > atUs) place--;
    this.#queue.splice(place, 0, { atUs, run });
  }

  #host(node: FakeNode): Host {
    const { boot } = node;
    const alive = (): boolean => node.isUp && node.boot === boot;
    return {
      node: node.name,
      boot,
      wallUs: () => 1_700_000_000_000_000 + this.nowUs + node.wallOffsetUs,
      monotonicUs: () => this.nowUs,
      setTimer: (delayMs, fire) => {
        let cancelled = false;
        this.at(delayMs, () => {
          if (!cancelled && alive()) fire();
        });
        return { cancel: () => (cancelled = true) };
      },
      // Each node has another number. With equal numbers, all nodes would do everything at the same time.
      random: () => (Number(node.name.slice(1)) * 0.17) % 1,
      dial: (to, handlers) => this.#dial(node, this.nodes.get(to) ?? new FakeNode(to), handlers),
      accept: (take) => (node.accept = take),
      log: (name) => this.#log(node, alive, name),
      logNames: (done) =>
        this.at(node.recoverMs, () => alive() && done([...node.logs.keys()].sort())),
      removeLog: (name, done) =>
        this.at(0.1, () => {
          if (!alive()) return;
          node.logs.delete(name);
          done(null);
        }),
      explain: () => {},
      halt: (reason) => {
        node.halted = reason;
        node.isUp = false;
        this.#reset(node);
      },
    };
  }

  #log(node: FakeNode, alive: () => boolean, name: string): HostLog {
    let appended: RecoveredEntry[] = [];
    let appendedBytes = 0;
    const later = (act: () => void): void => this.at(0.1, () => alive() && act());
    return {
      get bytes() {
        return (node.logs.get(name)?.length ?? 0) * fakeRecordBytes + appendedBytes;
      },
      recover: (done) =>
        this.at(node.recoverMs, () => alive() && done([...(node.logs.get(name) ?? [])])),
      cut: (entries, done) => {
        listOf(node.logs, name).length = entries;
        later(() => done(null));
      },
      append: (record) => {
        appended.push({ whole: true, record });
        appendedBytes += fakeRecordBytes;
      },
      write: (done) => {
        const entries = appended;
        appended = [];
        later(() => {
          listOf(node.written, name).push(...entries);
          done(null);
        });
      },
      sync: (done) => {
        const entries = appended;
        appended = [];
        const finish = (): void =>
          later(() => {
            appendedBytes -= entries.length * fakeRecordBytes;
            if (node.isFull) return done({ full: true, message: "ENOSPC" });
            if (node.failSyncs) return done({ full: false, message: "EIO" });
            const written = node.written.get(name) ?? [];
            node.written.delete(name);
            if (written.length + entries.length > 0)
              listOf(node.logs, name).push(...written, ...entries);
            done(null);
          });
        if (node.holdSyncs) node.heldSyncs.push(finish);
        else finish();
      },
    };
  }

  #dial(from: FakeNode, to: FakeNode, handlers: StreamHandlers): Stream {
    const isCut = (): boolean => this.#cuts.has(`${from.name}${to.name}`);
    const [near, far] = this.#pair(from, to);
    near.handlers = handlers;
    this.at(0.1, () => {
      if (near.closed || isCut()) return;
      if (!to.isUp || to.accept === null) return this.#close(near, "refused");
      far.handlers = to.accept({ kind: "peer", node: from.name }, this.#stream(far, near, isCut));
      if (!near.closed) handlers.open?.();
    });
    return this.#stream(near, far, isCut);
  }

  #pair(one: FakeNode | null, other: FakeNode): readonly [End, End] {
    const near: End = { owner: one, handlers: null, closed: false };
    const far: End = { owner: other, handlers: null, closed: false };
    this.#pairs.push([near, far]);
    return [near, far];
  }

  /** Ends the streams of a process that has died. The other ends learn of it. */
  #reset(node: FakeNode): void {
    const touched = this.#pairs.filter(([near, far]) => near.owner === node || far.owner === node);
    this.#pairs = this.#pairs.filter((pair) => !touched.includes(pair));
    for (const ends of touched) {
      for (const end of ends) {
        if (end.owner === node) end.closed = true;
        else this.#close(end, "reset");
      }
    }
  }

  #stream(mine: End, theirs: End, isCut: () => boolean): Stream {
    return {
      send: (message) => {
        if (mine.closed) return;
        if (mine.owner !== null && theirs.owner !== null)
          this.frames.push({ from: mine.owner.name, to: theirs.owner.name, message });
        this.#deliver(theirs, message, isCut);
      },
      close: (reason) => {
        mine.closed = true;
        this.at(0.1, () => this.#close(theirs, reason));
      },
      bufferedBytes: () => 0,
    };
  }

  #deliver(to: End, message: Message, isCut: () => boolean): void {
    const boot = to.owner?.boot;
    this.at(stepUs / 1000, () => {
      if (!to.closed && !isCut() && to.owner?.boot === boot && to.owner?.isUp !== false)
        to.handlers?.message(message);
    });
  }

  #close(end: End, reason: string): void {
    if (end.closed) return;
    end.closed = true;
    if (end.owner === null || end.owner.isUp) end.handlers?.close(reason);
  }
}
