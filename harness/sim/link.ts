/** One direction between two machines: how long packets take, and whether they are dropped. */
import type { Random } from "./random.ts";

export type LinkKind = "loopback" | "client" | "peer";

/** What a link needs of a stream that a cut holds up. */
export interface Stalled {
  /** The link works again. */
  healed(): void;
}

export class Link {
  /** True: packets are dropped, and TCP holds the streams up until they get through. */
  cut = false;
  /** So many of a hundred packets are lost by chance. */
  lossPercent = 0;
  /** Streams that hold messages back, in the order in which they stalled. */
  readonly stalled = new Set<Stalled>();
  private readonly baseUs: number;
  private readonly jitterUs: number;
  private readonly random: Random;

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
    const sentOnceUs = this.random.oneIn(512) ? usualUs + this.random.between(1_000, 10_000) : usualUs;
    return this.lossPercent === 0 ? sentOnceUs : sentOnceUs + this.untilSentAgainUs();
  }

  /** A lost packet shows as the time until TCP sends it again: 200 ms, doubled each time it is lost again. */
  private untilSentAgainUs(): number {
    let waitedUs = 0;
    for (let timeoutUs = 200_000; timeoutUs <= 800_000 && this.random.between(1, 100) <= this.lossPercent; timeoutUs *= 2) waitedUs += timeoutUs;
    return waitedUs;
  }

  /**
   * How long after a heal TCP tries again what it held for `heldUs`: its timeout starts at 200 ms and doubles, so a long
   * outage is noticed to be over later than a short one; 1 s at most.
   */
  retransmissionUs(heldUs: number): number {
    return 200_000 + this.random.between(0, Math.min(heldUs, 800_000));
  }
}
