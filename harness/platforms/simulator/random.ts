/**
 * The only source of randomness of simulated worlds and of the harness's message network: sfc32 (Chris Doty-Humphrey's
 * PractRand) in integer arithmetic, so that every machine draws the same numbers.
 *
 * Each user (for example a link, a disk or a boot) has its own stream with a label. One more draw in one stream changes
 * no other stream, so a plan with one operation fewer meets nearly the same world. Shrinking depends on this.
 */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  /** Streams of the same seed are independent if the hashes of their labels differ. */
  constructor(seed: number, label: string) {
    this.a = seed | 0;
    this.b = fnv1a(label);
    this.c = (seed ^ 0x9e3779b9) | 0;
    // The first rounds mix the initial state. The generator's author recommends twelve rounds.
    for (let round = 0; round < 12; round++) this.u32();
  }

  /** Draws a whole number from 0 to 2³² − 1. */
  u32(): number {
    const drawn = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + drawn) | 0;
    return drawn >>> 0;
  }

  /** Draws a number from [0, 1). */
  fraction(): number {
    return this.u32() / 4294967296;
  }

  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.fraction() * (high - low + 1));
  }

  /** True with probability 1 / `count`. */
  oneIn(count: number): boolean {
    return this.u32() % count === 0;
  }
}

/** The 32-bit FNV-1a hash of a text's UTF-16 units. With `from`, the hash continues an earlier hash. */
export function fnv1a(text: string, from = 0x811c9dc5): number {
  let hash = from;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash | 0;
}
