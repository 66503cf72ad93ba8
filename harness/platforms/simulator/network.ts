/** The machines' network: its links, the rules of network faults, and how connections are opened. */
import { allClients, linkName } from "../../../generators/index.ts";
import type { Remote } from "./host-types.ts";
import type { Stream, StreamHandlers } from "./protocol.ts";
import type { Boot } from "./boot.ts";
import { Link, type LinkEffect, type LinkKind } from "./link.ts";
import { Random } from "./random.ts";
import { StreamEnd, type Wire } from "./stream-end.ts";

/** A dial without an answer fails after this time, in µs. */
const connectTimeoutUs = 1_000_000;

/** A link between two machines, as faults name it. */
export interface LinkPlace {
  /** The `linkName` of the link's two ends. `allClients` as an end means every client. */
  readonly name: string;
  /** The node at the link's end, or `allClients`. */
  readonly to: string;
}

/** Returns the effect of a network fault on a link. Undefined: the fault does not change the link. */
export type LinkRule = (place: LinkPlace) => LinkEffect | undefined;

interface PlacedLink {
  readonly link: Link;
  /** How faults name the link. Null for a link within one machine, where no fault acts. */
  readonly place: LinkPlace | null;
}

export class Network {
  private readonly wire: Wire;
  private readonly seed: number;
  /** Returns the current boot of a machine, or null if no process runs there. */
  private readonly running: (node: string) => Boot | null;
  private readonly links = new Map<string, PlacedLink>();
  /** For each fault port: the rule that it set last. */
  private readonly rules = new Map<string, LinkRule>();

  constructor(wire: Wire, seed: number, running: (node: string) => Boot | null) {
    this.wire = wire;
    this.seed = seed;
    this.running = running;
  }

  /** Whether packets pass between two nodes, in both directions. */
  areConnected(node: string, other: string): boolean {
    const both = [...this.effectsOn(node, other), ...this.effectsOn(other, node)];
    return both.every(({ isCut }) => isCut !== true);
  }

  /** Whether the network lets a node connect to another node. The other node may still be dead. */
  canDial(from: string, to: string): boolean {
    return (
      this.areConnected(from, to) &&
      this.effectsOn(from, to).every(({ refuses }) => refuses !== true)
    );
  }

  private effectsOn(from: string, to: string): readonly LinkEffect[] {
    return this.effectsAt({ name: linkName(from, to), to });
  }

  private effectsAt(place: LinkPlace): readonly LinkEffect[] {
    return [...this.rules.values()].flatMap((rule) => rule(place) ?? []);
  }

  /** Replaces the rule of one port. */
  setRule(port: string, rule: LinkRule): void {
    this.rules.set(port, rule);
    for (const placed of this.links.values()) this.applyRules(placed);
  }

  /** Connects a node to another node, or to itself over its loopback. */
  dial(from: Boot, to: string, handlers: StreamHandlers): Stream {
    const kind = from.node === to ? "loopback" : "peer";
    const place = (start: string, end: string): LinkPlace | null =>
      kind === "loopback" ? null : { name: linkName(start, end), to: end };
    const out = this.link(kind, from.node, to, place(from.node, to));
    const back = this.link(kind, to, from.node, place(to, from.node));
    return this.connect(
      new Dial(
        this.wire,
        () => this.running(to),
        { remote: { kind: "peer", node: from.node }, boot: from },
        to,
        { out, back },
        handlers,
      ),
    );
  }

  /** Connects a client of the harness to a node, over the client's own link. */
  dialAsClient(client: string, to: string, handlers: StreamHandlers): Stream {
    const out = this.link("client", client, to, { name: linkName(allClients, to), to });
    const back = this.link("client", to, client, {
      name: linkName(to, allClients),
      to: allClients,
    });
    return this.connect(
      new Dial(
        this.wire,
        () => this.running(to),
        { remote: { kind: "client", name: client }, boot: null },
        to,
        { out, back },
        handlers,
      ),
    );
  }

  private connect(dial: Dial): Stream {
    // The last callback of a revoked boot may still dial, but its messages reach nobody.
    if (dial.end.owner?.revoked === true) dial.end.state = "closed";
    else dial.begin();
    return dial.end;
  }

  private link(kind: LinkKind, from: string, to: string, place: LinkPlace | null): Link {
    const name = `${kind} ${from} ${to}`;
    const known = this.links.get(name);
    if (known !== undefined) return known.link;
    const placed = { link: new Link(kind, new Random(this.seed, `link ${name}`)), place };
    this.applyRules(placed);
    this.links.set(name, placed);
    return placed.link;
  }

  private applyRules({ link, place }: PlacedLink): void {
    if (place !== null) link.setEffects(this.effectsAt(place));
  }
}

/** One dial: the TCP handshake, and how the server accepts or refuses the stream. */
class Dial {
  readonly end: StreamEnd;
  private readonly wire: Wire;
  /** Returns the current boot of the dialled machine, or null if no process runs there. */
  private readonly answering: () => Boot | null;
  private readonly remote: Remote;
  private readonly out: Link;
  private readonly back: Link;

  constructor(
    wire: Wire,
    answering: () => Boot | null,
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

  /**
   * Handles the arrival of the first packet. If the way back is cut, the dial tries again later. A dead or refusing
   * machine refuses the stream. A paused process accepts it when the process resumes, if the dial has not timed out by
   * then.
   */
  arrive(): void {
    if (this.end.state !== "connecting") return;
    const server = this.answering();
    if (this.back.cut) this.after(this.back.retransmissionUs(0), null, attempt);
    else if (server === null || server.take === null || this.out.refuses)
      this.after(this.back.latencyUs(), this.end.owner, refuse);
    else this.after(0, server, accept);
  }

  accept(): void {
    const server = this.answering();
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
