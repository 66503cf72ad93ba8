/**
 * One end of a stream. The stream keeps messages in order like TCP, cuts hold it back, and the death of a process
 * resets it.
 */
import type { FrameSummary } from "../../../checkers/index.ts";
import type { Boot } from "./boot.ts";
import type { EventLoop, ScheduledEvent } from "./event-loop.ts";
import type { Link, Stalled } from "./link.ts";
import type { Message, Protocol, Stream, StreamHandlers } from "./protocol.ts";

/** What all streams of one world share. */
export interface Wire {
  readonly loop: EventLoop;
  readonly protocol: Protocol;
}

/** A message under way. Its summary serves as evidence at both ends. */
interface Packet {
  readonly message: Message;
  readonly summary: FrameSummary | null;
}

interface Held {
  readonly run: (end: StreamEnd, argument: never) => void;
  readonly argument: unknown;
}

const unheard: StreamHandlers = { message: () => {}, close: () => {} };

export class StreamEnd implements Stream, Stalled {
  state: "connecting" | "open" | "closed" = "connecting";
  handlers: StreamHandlers = unheard;
  /** The peer's end. Null until the peer accepted. */
  other: StreamEnd | null = null;
  /** The process at this end. Null at a client's end, since the client belongs to the harness and is never killed. */
  readonly owner: Boot | null;
  /** The name of the other end. */
  readonly peer: string;
  /** True if this end dialled the other end. */
  readonly dialled: boolean;
  private readonly out: Link;
  private readonly wire: Wire;
  private lastArrivalUs = 0;
  /** Messages that wait for the stream to open. */
  private early: Message[] = [];
  /**
   * Messages that a cut or a limited rate holds back, including messages sent between a heal and the retransmission.
   */
  private held: Held[] = [];
  /**
   * The event at which the first waiting message has passed a link with a limited rate. Null: no message is passing.
   */
  private turn: ScheduledEvent | null = null;
  private heldSinceUs = 0;
  private waitingBytes = 0;

  constructor(wire: Wire, owner: Boot | null, peer: string, out: Link, dialled: boolean) {
    this.wire = wire;
    this.owner = owner;
    this.peer = peer;
    this.out = out;
    this.dialled = dialled;
    owner?.ends.add(this);
  }

  send(message: Message): void {
    if (this.state === "closed") return;
    const complaint = this.wire.protocol.validate(message);
    if (complaint !== null) return this.refuse(message, complaint);
    if (this.state === "open") this.leave(message);
    else {
      this.early.push(message);
      this.waitingBytes += bytesOf(message);
    }
  }

  close(reason: string): void {
    if (this.state === "closed") return;
    this.shut();
    this.transmit(finish, `closed by the peer: ${reason}`);
    this.wire.loop.schedule(this.wire.loop.nowUs, this.owner, tellClosed, this, reason);
  }

  bufferedBytes(): number {
    return this.waitingBytes;
  }

  /** Opens this end after the peer accepted, and sends everything that waited. */
  open(): void {
    if (this.state !== "connecting") return;
    this.state = "open";
    const { early } = this;
    this.early = [];
    this.waitingBytes = 0;
    for (const message of early) this.leave(message);
    this.handlers.open?.();
  }

  /** Tells the dialler that the peer accepted. */
  accept(): void {
    this.state = "open";
    this.transmit(established, null);
  }

  /** Ends this side and calls its close handler now. */
  finish(reason: string): void {
    if (this.state === "closed") return;
    this.shut();
    this.handlers.close(reason);
  }

  /** Gives up a dial that took too long. A peer that has accepted sees a normal close. */
  abandon(reason: string): void {
    this.shut();
    this.transmit(finish, `closed by the peer: ${reason}`);
    this.handlers.close(reason);
  }

  /**
   * Handles the end of the process at this end. A reset travels to the peer unless a cut drops it. Unsent messages are
   * lost.
   */
  die(): void {
    this.state = "closed";
    this.early = [];
    this.held = [];
    this.out.stalled.delete(this);
    if (this.other !== null && !this.out.cut) this.depart(finish, "connection reset");
  }

  retransmit(): void {
    if (this.out.cut) return;
    if (this.out.limited) return this.takeTurn();
    this.out.stalled.delete(this);
    const { held } = this;
    this.held = [];
    this.waitingBytes = 0;
    for (const { run, argument } of held) this.depart(run, argument as never);
  }

  /** Sends the messages that waited for the limited rate, unless a cut holds them too. */
  unlimited(): void {
    if (this.turn === null) return;
    this.wire.loop.cancel(this.turn);
    this.turn = null;
    this.retransmit();
  }

  /** Sends the first waiting message, which has passed the link with a limited rate. */
  carried(): void {
    this.turn = null;
    // A cut has begun since. After the cut's end, the waiting messages are sent.
    if (this.out.cut) return;
    const first = this.held.shift();
    if (first === undefined) return;
    this.waitingBytes -= bytesOf(first.argument);
    this.depart(first.run, first.argument as never);
    if (this.held.length === 0) this.out.stalled.delete(this);
    else this.takeTurn();
  }

  private takeTurn(): void {
    const { loop } = this.wire;
    const first = this.held[0];
    if (first === undefined || this.turn !== null) return;
    this.turn = loop.schedule(
      this.out.throughAtUs(loop.nowUs, bytesOf(first.argument)),
      null,
      carried,
      this,
      null,
    );
  }

  /** Called when the cut has ended. TCP notices this at its next retransmission. */
  healed(): void {
    const { loop } = this.wire;
    const heldUs = loop.nowUs - this.heldSinceUs;
    loop.schedule(loop.nowUs + this.out.retransmissionUs(heldUs), null, retransmit, this, null);
  }

  leave(message: Message): void {
    const { owner } = this;
    if (owner?.triggers.watching === true) {
      const leaving = this.wire.protocol.describeFrame(message);
      if (leaving !== null) owner.triggers.leaving(leaving);
      if (owner.revoked) return;
    }
    // The process was paused inside a handler. The rest of the handler takes effect when the process resumes.
    if (owner?.paused === true)
      return void this.wire.loop.schedule(this.wire.loop.nowUs, owner, leaveLater, this, message);
    const recorder = owner?.recorder ?? this.other?.owner?.recorder;
    const summary = recorder?.recording === true ? this.wire.protocol.describeFrame(message) : null;
    if (summary !== null) owner?.recorder.sent(this.peer, summary);
    this.transmit(deliver, { message, summary });
  }

  private transmit<A>(run: (end: StreamEnd, argument: A) => void, argument: A): void {
    if (this.other === null) return;
    const isFirst = this.held.length === 0;
    if (isFirst && !this.out.cut && !this.out.limited) return this.depart(run, argument);
    if (isFirst) {
      this.heldSinceUs = this.wire.loop.nowUs;
      this.out.stalled.add(this);
    }
    this.held.push({ run, argument });
    this.waitingBytes += bytesOf(argument);
    if (isFirst && !this.out.cut) this.takeTurn();
  }

  private depart<A>(run: (end: StreamEnd, argument: A) => void, argument: A): void {
    const { loop } = this.wire;
    const { other } = this;
    if (other === null) return;
    const arrivalUs = loop.nowUs + this.out.latencyUs();
    // Packets arrive in order, so a faster packet waits for the packets before it.
    if (arrivalUs > this.lastArrivalUs) this.lastArrivalUs = arrivalUs;
    if (other.owner?.revoked === true) loop.schedule(this.lastArrivalUs, null, bounce, this, other);
    else loop.schedule(this.lastArrivalUs, other.owner, run, other, argument);
  }

  /** Answers a packet to a dead process: the process's machine sends a reset, unless a cut drops the reset. */
  bounced(other: StreamEnd): void {
    const { loop } = this.wire;
    if (!other.out.cut)
      loop.schedule(
        loop.nowUs + other.out.latencyUs(),
        this.owner,
        finish,
        this,
        "connection reset",
      );
  }

  private shut(): void {
    this.state = "closed";
    this.early = [];
    this.owner?.ends.delete(this);
  }

  private refuse(message: Message, complaint: string): void {
    const error = new Error(
      `invalid-message: expected a message of the protocol; got ${JSON.stringify(message)}: ${complaint}. The sender must be repaired.`,
    );
    if (this.owner === null) throw error;
    this.owner.crash(error);
  }
}

function deliver(end: StreamEnd, packet: Packet): void {
  if (end.state === "closed") return;
  if (packet.summary !== null) end.owner?.recorder.received(end.peer, packet.summary);
  end.handlers.message(packet.message);
}

const established = (end: StreamEnd): void => end.open();
const finish = (end: StreamEnd, reason: string): void => end.finish(reason);
const leaveLater = (end: StreamEnd, message: Message): void => end.leave(message);
const retransmit = (end: StreamEnd): void => end.retransmit();
const carried = (end: StreamEnd): void => end.carried();
const bounce = (end: StreamEnd, other: StreamEnd): void => end.bounced(other);
const tellClosed = (end: StreamEnd, reason: string): void => end.handlers.close(reason);

function bytesOf(argument: unknown): number {
  return typeof argument === "object" && argument !== null ? JSON.stringify(argument).length : 0;
}
