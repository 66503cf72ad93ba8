/** Creates a costly value at its first use, so that a command compiles only the schemas that it needs. */

/**
 * @param make Makes the value. It is called at the first use, and not again once it has returned.
 * @returns A function that makes the value at its first call, and always returns this value.
 */
export function lazily<Made extends object>(make: () => Made): () => Made {
  let made: Made | undefined;
  return () => (made ??= make());
}
