/** Promise.all that leaves nothing running behind: it settles when all have, then rejects with the first failure. */
export const together = async <T>(works: readonly Promise<T>[]): Promise<readonly T[]> => {
  const values: T[] = [];
  for (const outcome of await Promise.allSettled(works)) {
    if (outcome.status === "rejected") throw outcome.reason;
    values.push(outcome.value);
  }
  return values;
};
