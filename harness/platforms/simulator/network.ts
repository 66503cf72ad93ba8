/** The machines' network: links, cuts, and how a connection comes to be. */
import { allClients, type Impairment } from "../../../generators/index.ts";
import type { Remote } from "./host-types.ts";
import type { Stream, StreamHandlers } from "./protocol.ts";
import type { Boot } from "./boot.ts";
import { Link, type LinkKind } from "./link.ts";
import { Random } from "./random.ts";
import { StreamEnd, type Wire } from "./stream-end.ts";

/** After this a dial that got no answer fails. */
const connectTimeoutUs = 1_000_000;

export class Network {
  private readonly wire: Wire;
  private readonly seed: number;
  /** Which boot runs on a machine now; null: nothing answers there. */
  private readonly running: (node: string) => Boot | null;
  private readonly links = new Map<string, Link>();
  private cuts = new Set<string>();
  private impairments: ReadonlyMap<string, Impairment> = new Map();
  private refusing: ReadonlySet<string> = new Set();

  constructor(wire: Wire, seed: number, running: (node: string) => Boot | null) {
    this.wire = wire;
    this.seed = seed;
    this.running = running;
  }

  /** Exactly these directions drop packets from now on; `allClients` stands for every client. */
  setCuts(pairs: readonly (readonly [string, string])[]): void {
    this.cuts = new Set(
      pairs.map(([from, to]) =>
        linkName(from === allClients || to === allClients ? "client" : "peer", from, to),
      ),
    );
    for (const link of this.links.values()) {
      const wasCut = link.cut;
      link.cut = this.cuts.has(link.cutName);
      if (wasCut && !link.cut) for (const end of link.stalled) end.healed();
    }
  }

  /** Exactly these directions between nodes are in impairment from now on. */
  setImpairments(impairments: readonly (readonly [string, string, Impairment])[]): void {
    this.impairments = new Map(
      impairments.map(([from, to, impairment]) => [linkName("peer", from, to), impairment]),
    );
    for (const [name, link] of this.links) link.setImpairment(this.impairments.get(name) ?? null);
  }

  /** Exactly these nodes refuse new connections from now on, but those over their own loopback. */
  setRefusing(nodes: readonly string[]): void {
    this.refusing = new Set(nodes);
  }

  /** A node dials a node; itself over its loopback. */
  dial(from: Boot, to: string, handlers: StreamHandlers): Stream {
    const kind = from.node === to ? "loopback" : "peer";
    const out = this.link(kind, from.node, to);
    const back = this.link(kind, to, from.node);
    return this.connect(
      new Dial(
        this.wire,
        this.answering(to, kind),
        { remote: { kind: "peer", node: from.node }, boot: from },
        to,
        { out, back },
        handlers,
      ),
    );
  }

  /** A client of the harness connects to a node, over a network of its own. */
  dialAsClient(client: string, to: string, handlers: StreamHandlers): Stream {
    const out = this.link("client", client, to, linkName("client", allClients, to));
    const back = this.link("client", to, client, linkName("client", to, allClients));
    return this.connect(
      new Dial(
        this.wire,
        this.answering(to, "client"),
        { remote: { kind: "client", name: client }, boot: null },
        to,
        { out, back },
        handlers,
      ),
    );
  }

  private connect(dial: Dial): Stream {
    // A revoked boot's last callback may still run on for a while: it reaches nobody.
    if (dial.end.owner?.revoked === true) dial.end.state = "closed";
    else dial.begin();
    return dial.end;
  }

  private answering(node: string, kind: LinkKind): Answering {
    return {
      boot: () => this.running(node),
      refuses: () => kind !== "loopback" && this.refusing.has(node),
    };
  }

  /** `cutName`: under which name cuts know it. */
  private link(kind: LinkKind, from: string, to: string, cutName = linkName(kind, from, to)): Link {
    const name = linkName(kind, from, to);
    const known = this.links.get(name);
    if (known !== undefined) return known;
    const link = new Link(kind, new Random(this.seed, `link ${name}`), cutName);
    link.cut = this.cuts.has(link.cutName);
    link.setImpairment(this.impairments.get(name) ?? null);
    this.links.set(name, link);
    return link;
  }
}

const linkName = (kind: LinkKind, from: string, to: string): string => `${kind} ${from} ${to}`;

/** The machine that is dialled. */
interface Answering {
  /** Which boot runs there now. */
  boot(): Boot | null;
  /** Whether its kernel refuses every new connection of this kind. */
  refuses(): boolean;
}

/** TCP's handshake, and what a server does at its end. */
class Dial {
  readonly end: StreamEnd;
  private readonly wire: Wire;
  private readonly answering: Answering;
  private readonly remote: Remote;
  private readonly out: Link;
  private readonly back: Link;

  constructor(
    wire: Wire,
    answering: Answering,
    dialler: { readonly remote: Remote; readonly boot: Boot | null },
    to: string,
    { out, back }: { readonly out: Link; readonly back: Link },
    handlers: StreamHandlers,
  ) {
    this.wire = wire;
    this.answering = answering;
    this.remote = dialler.remote;
    this.out = out;
    this.back = back;
    this.end = new StreamEnd(wire, dialler.boot, to, out, true);
    this.end.handlers = handlers;
  }

  begin(): void {
    this.after(connectTimeoutUs, this.end.owner, giveUp);
    this.attempt();
  }

  attempt(): void {
    if (this.end.state !== "connecting") return;
    if (this.out.cut) this.after(this.out.retransmissionUs(0), null, attempt);
    else this.after(this.out.latencyUs(), null, arrive);
  }

  /** The first packet reaches the machine, whose kernel answers even for a process that is paused. */
  arrive(): void {
    if (this.end.state !== "connecting") return;
    const server = this.answering.boot();
    if (this.back.cut) this.after(this.back.retransmissionUs(0), null, attempt);
    else if (server === null || server.take === null || this.answering.refuses())
      this.after(this.back.latencyUs(), this.end.owner, refuse);
    else this.after(0, server, accept);
  }

  accept(): void {
    const server = this.answering.boot();
    if (
      this.end.state !== "connecting" ||
      this.end.other !== null ||
      server === null ||
      server.take === null
    )
      return;
    const peer = this.remote.kind === "peer" ? this.remote.node : this.remote.name;
    const accepted = new StreamEnd(this.wire, server, peer, this.back, false);
    accepted.other = this.end;
    this.end.other = accepted;
    accepted.accept();
    accepted.handlers = server.take(this.remote, accepted);
  }

  giveUp(): void {
    if (this.end.state === "connecting") this.end.abandon("connect timed out");
  }

  private after(delayUs: number, owner: Boot | null, run: (dial: Dial) => void): void {
    this.wire.loop.schedule(this.wire.loop.nowUs + delayUs, owner, run, this, null);
  }
}

const attempt = (dial: Dial): void => dial.attempt();
const arrive = (dial: Dial): void => dial.arrive();
const accept = (dial: Dial): void => dial.accept();
const giveUp = (dial: Dial): void => dial.giveUp();
const refuse = (dial: Dial): void => dial.end.finish("connection refused");
