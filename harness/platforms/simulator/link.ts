/** One direction between two machines: how long packets take, and whether they are dropped. */
import type { Impairment } from "../../../generators/index.ts";
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

export class Link {
  /** True: packets are dropped, and TCP holds the streams up until they get through. */
  cut = false;
  /** Streams that hold messages back, in the order in which they stalled. */
  readonly stalled = new Set<Stalled>();
  /** Under which name cuts know it. */
  readonly cutName: string;
  private readonly baseUs: number;
  private readonly jitterUs: number;
  private readonly random: Random;
  private trouble: Impairment | null = null;
  /** When what it carries under a limited rate is through. */
  private freeAtUs = 0;

  constructor(kind: LinkKind, random: Random, cutName: string) {
    this.random = random;
    this.cutName = cutName;
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
    return this.trouble === null ? sentOnceUs : sentOnceUs + this.troubleUs(this.trouble);
  }

  /** From now on; null: none. */
  setImpairment(trouble: Impairment | null): void {
    const wasLimited = this.limited;
    this.trouble = trouble;
    if (!wasLimited || this.limited) return;
    this.freeAtUs = 0;
    for (const end of [...this.stalled]) end.unlimited();
  }

  /** True: it carries one packet after the other, each for as long as its bytes take. */
  get limited(): boolean {
    return this.trouble?.bytesPerS !== undefined;
  }

  /** Under a limited rate: when a packet of so many bytes that asks now is through, behind all that asked before. */
  throughAtUs(nowUs: number, bytes: number): number {
    const bytesPerS = this.trouble?.bytesPerS ?? Infinity;
    this.freeAtUs =
      Math.max(nowUs, this.freeAtUs) + Math.ceil(((headerBytes + bytes) * 1_000_000) / bytesPerS);
    return this.freeAtUs;
  }

  /** How much later a packet comes in trouble: only what TCP makes of it shows, and TCP keeps the order. */
  private troubleUs({
    delayMs = 0,
    jitterMs = 0,
    lossPercent = 0,
    duplicatePercent = 0,
    reorderPercent = 0,
    lateMs = 0,
  }: Impairment): number {
    let laterUs = delayMs * 1000;
    if (jitterMs > 0) laterUs += this.random.between(0, jitterMs * 1000);
    // All behind an overtaken packet wait for it.
    if (reorderPercent > 0 && this.isOneOf(reorderPercent))
      laterUs += this.random.between(0, lateMs * 1000);
    // The receiver drops the copy and acknowledges once more, which the sender takes for a loss: it sends again what was not lost.
    if (duplicatePercent > 0 && this.isOneOf(duplicatePercent))
      laterUs += delayMs * 1000 + this.baseUs + this.random.between(0, this.jitterUs);
    // A lost packet shows as the time until TCP sends it again: 200 ms, doubled each time it is lost again.
    if (lossPercent > 0)
      for (
        let timeoutUs = 200_000;
        timeoutUs <= 800_000 && this.isOneOf(lossPercent);
        timeoutUs *= 2
      )
        laterUs += timeoutUs;
    return laterUs;
  }

  private isOneOf(percent: number): boolean {
    return this.random.between(1, 100) <= percent;
  }

  /**
   * How long after a heal TCP tries again what it held for `heldUs`: its timeout starts at 200 ms and doubles, so a long
   * outage is noticed to be over later than a short one; 1 s at most.
   */
  retransmissionUs(heldUs: number): number {
    return 200_000 + this.random.between(0, Math.min(heldUs, 800_000));
  }
}
