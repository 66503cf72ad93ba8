/** Makes a costly value at its first use: a command compiles only the schemas that it reads. */

/**
 * @param make - called at most once
 * @returns a function that gives what `make` made
 */
export function lazily<Made extends object>(make: () => Made): () => Made {
  let made: Made | undefined;
  return () => (made ??= make());
}
