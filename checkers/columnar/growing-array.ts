/** Typed arrays that grow: a history's length is not known before it was read. */

type Growing = Float64Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;

/**
 * A larger copy of the array, at least `size` long; the array itself where it is long enough. New places hold zeros.
 */
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
