/** One direction between two machines: how long packets take, and whether they are dropped. */
import type { Random } from "./random.ts";

export type LinkKind = "loopback" | "client" | "peer";

/**
 * The approximate size of the headers of IP, TCP and WebSocket, in bytes a packet. Headers count against a limited rate
 * too.
 */
const headerBytes = 60;

/** A stream that waits for a link. The link calls these methods. */
export interface Stalled {
  /** Called when the link is no longer cut. */
  healed(): void;
  /** Called when the link's rate is no longer limited. */
  unlimited(): void;
}

/** What one fault does to a link. An absent field changes nothing. */
export interface LinkEffect {
  /** True: packets are dropped, and TCP holds streams back until they get through. */
  readonly isCut?: boolean;
  /** True: the machine at the link's end refuses new connections. */
  readonly refuses?: boolean;
  /**
   * The link carries one packet after the other, at most at this rate, in bytes a second. Absent: this fault does not
   * limit the rate.
   */
  readonly bytesPerS?: number | undefined;
  /** The additional delay of the next packet, in µs. TCP keeps the order, so streams show nothing else. */
  readonly laterUs?: (link: Link) => number;
}

export class Link {
  /** True: packets are dropped, and TCP holds streams back until they get through. */
  cut = false;
  /** True: the machine at the link's end refuses new connections. */
  refuses = false;
  /** Streams with waiting messages, in the order in which they stalled. */
  readonly stalled = new Set<Stalled>();
  readonly baseUs: number;
  readonly jitterUs: number;
  readonly random: Random;
  private bytesPerS = Infinity;
  private delays: readonly ((link: Link) => number)[] = [];
  /** When the last packet sent so far will have passed, if the link's rate is limited. */
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
        // A few links are far slower than the others, since some failures happen only if quorums always leave out the
        // same replica.
        const slow = random.oneIn(8) ? random.between(10, 60) : 1;
        this.baseUs = random.between(50, 300) * slow;
        this.jitterUs = random.between(10, 200) * slow;
      }
    }
  }

  /** Draws how long the next packet takes, in µs. Streams keep the order of their packets whatever is drawn. */
  latencyUs(): number {
    const usualUs = this.baseUs + this.random.between(0, this.jitterUs);
    const sentOnceUs = this.random.oneIn(512)
      ? usualUs + this.random.between(1_000, 10_000)
      : usualUs;
    let takesUs = sentOnceUs;
    for (const laterUs of this.delays) takesUs += laterUs(this);
    return takesUs;
  }

  /** Replaces the effects of faults on this link. */
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

  /** Whether the link has a limited rate. */
  get limited(): boolean {
    return this.bytesPerS !== Infinity;
  }

  /**
   * With a limited rate: the time at which the next packet, of `bytes` bytes, will have passed. It goes behind all
   * earlier packets.
   */
  throughAtUs(nowUs: number, bytes: number): number {
    this.freeAtUs =
      Math.max(nowUs, this.freeAtUs) +
      Math.ceil(((headerBytes + bytes) * 1_000_000) / this.bytesPerS);
    return this.freeAtUs;
  }

  /**
   * Draws how many µs after a heal TCP retransmits the packets that it held for `heldUs`. In this model TCP's timeout
   * starts at 200 ms and grows up to 1 s, so TCP notices the end of a long outage later.
   */
  retransmissionUs(heldUs: number): number {
    return 200_000 + this.random.between(0, Math.min(heldUs, 800_000));
  }
}
