/** Hashes for placing and comparing keys. They do not protect against somebody who looks for collisions. */

/** A signed 32-bit hash of `text`. Another seed gives another function. */
export function hash32(text: string, seed: number): number {
  let h = seed | 0;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x9e3779b1);
  // Ends like Murmur3: after the loop alone, as in FNV, the high bits of short strings are nearly equal, and the points
  // of a node would lie close together on the ring.
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** A 64-bit hash, given as two halves, as 16 hex digits. */
export function hex64(high: number, low: number): string {
  return (high >>> 0).toString(16).padStart(8, "0") + (low >>> 0).toString(16).padStart(8, "0");
}
