/** Creates a costly value at its first use, so that a command compiles only the schemas that it reads. */

/**
 * @param make - makes the value; called at most once
 * @returns a function that returns the value of `make`
 */
export function lazily<Made extends object>(make: () => Made): () => Made {
  let made: Made | undefined;
  return () => (made ??= make());
}
