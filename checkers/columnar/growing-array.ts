/**
 * The typed arrays that `grown` enlarges. A history's columns must grow, since its length is unknown before it is read.
 */

type Growing = Float64Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;

/** Returns the array itself if it has at least `size` elements, otherwise a larger copy. New elements are 0. */
export function grown(items: Float64Array<ArrayBuffer>, size: number): Float64Array<ArrayBuffer>;
export function grown(items: Int32Array<ArrayBuffer>, size: number): Int32Array<ArrayBuffer>;
export function grown(items: Uint8Array<ArrayBuffer>, size: number): Uint8Array<ArrayBuffer>;
export function grown(items: Growing, size: number): Growing {
  if (size <= items.length) return items;
  const length = Math.max(size, items.length * 2);
  const larger =
    items instanceof Float64Array
      ? new Float64Array(length)
      : items instanceof Int32Array
        ? new Int32Array(length)
        : new Uint8Array(length);
  larger.set(items);
  return larger;
}
