/**
 * Like Promise.all, but waits until all promises have settled, so that nothing keeps running. Then it rejects with the
 * first failure, if there was one.
 */
export const together = async <T>(works: readonly Promise<T>[]): Promise<readonly T[]> => {
  const values: T[] = [];
  for (const outcome of await Promise.allSettled(works)) {
    if (outcome.status === "rejected") throw outcome.reason;
    values.push(outcome.value);
  }
  return values;
};
