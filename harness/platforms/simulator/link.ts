/** One direction between two machines: how long packets take, and whether they are dropped. */
import type { Random } from "./random.ts";

export type LinkKind = "loopback" | "client" | "peer";

/** Of IP, TCP and WebSocket, roughly: what the smallest packet still takes of a limited rate. */
const headerBytes = 60;

/** What a link needs of a stream that it holds up. */
export interface Stalled {
  /** The link works again. */
  healed(): void;
  /** The link's rate is no longer limited. */
  unlimited(): void;
}

/** What one fault does to a link. What is left out is as it should be. */
export interface LinkEffect {
  /** Packets are dropped, and TCP holds the streams up until they get through. */
  readonly isCut?: boolean;
  /** The machine at the link's end refuses new connections. */
  readonly refuses?: boolean;
  /** The link carries one packet after the other, at this rate. */
  readonly bytesPerS?: number | undefined;
  /** How much later the next packet comes: only what TCP makes of a fault shows, and TCP keeps the order. */
  readonly laterUs?: (link: Link) => number;
}

export class Link {
  /** True: packets are dropped, and TCP holds the streams up until they get through. */
  cut = false;
  /** True: the machine at its end refuses new connections. */
  refuses = false;
  /** Streams that hold messages back, in the order in which they stalled. */
  readonly stalled = new Set<Stalled>();
  readonly baseUs: number;
  readonly jitterUs: number;
  readonly random: Random;
  private bytesPerS = Infinity;
  private delays: readonly ((link: Link) => number)[] = [];
  /** When what it carries under a limited rate is through. */
  private freeAtUs = 0;

  constructor(kind: LinkKind, random: Random) {
    this.random = random;
    switch (kind) {
      case "loopback":
        this.baseUs = 2;
        this.jitterUs = 3;
        break;
      case "client":
        this.baseUs = random.between(40, 120);
        this.jitterUs = random.between(5, 60);
        break;
      case "peer": {
        // Now and then two machines are far apart: quorums that always leave out the same replica need such a world.
        const slow = random.oneIn(8) ? random.between(10, 60) : 1;
        this.baseUs = random.between(50, 300) * slow;
        this.jitterUs = random.between(10, 200) * slow;
      }
    }
  }

  /** How long the next packet takes. Streams keep their order whatever is drawn. */
  latencyUs(): number {
    const usualUs = this.baseUs + this.random.between(0, this.jitterUs);
    const sentOnceUs = this.random.oneIn(512)
      ? usualUs + this.random.between(1_000, 10_000)
      : usualUs;
    let takesUs = sentOnceUs;
    for (const laterUs of this.delays) takesUs += laterUs(this);
    return takesUs;
  }

  /** Replaces what faults do to this link. */
  setEffects(effects: readonly LinkEffect[]): void {
    const wasCut = this.cut;
    const wasLimited = this.limited;
    this.cut = effects.some(({ isCut }) => isCut === true);
    this.refuses = effects.some(({ refuses }) => refuses === true);
    this.bytesPerS = Math.min(...effects.map(({ bytesPerS = Infinity }) => bytesPerS));
    this.delays = effects.flatMap(({ laterUs }) => laterUs ?? []);
    if (wasCut && !this.cut) for (const end of this.stalled) end.healed();
    if (!wasLimited || this.limited) return;
    this.freeAtUs = 0;
    for (const end of [...this.stalled]) end.unlimited();
  }

  /** True: it carries one packet after the other, each for as long as its bytes take. */
  get limited(): boolean {
    return this.bytesPerS !== Infinity;
  }

  /** Under a limited rate: when a packet of so many bytes that asks now is through, behind all that asked before. */
  throughAtUs(nowUs: number, bytes: number): number {
    this.freeAtUs =
      Math.max(nowUs, this.freeAtUs) +
      Math.ceil(((headerBytes + bytes) * 1_000_000) / this.bytesPerS);
    return this.freeAtUs;
  }

  /**
   * How long after a heal TCP tries again what it held for `heldUs`: its timeout starts at 200 ms and doubles, so a
   * long outage is noticed to be over later than a short one; 1 s at most.
   */
  retransmissionUs(heldUs: number): number {
    return 200_000 + this.random.between(0, Math.min(heldUs, 800_000));
  }
}
