/**
 * Like Promise.all, but waits until all have settled and then rejects with the first failure, so that nothing keeps
 * running.
 */
export const together = async <T>(works: readonly Promise<T>[]): Promise<readonly T[]> => {
  const values: T[] = [];
  for (const outcome of await Promise.allSettled(works)) {
    if (outcome.status === "rejected") throw outcome.reason;
    values.push(outcome.value);
  }
  return values;
};
