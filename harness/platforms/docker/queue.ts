/** Steps one after the other, in the order of the calls. */
export type Queue = <T>(step: () => Promise<T>) => Promise<T>;

export const createQueue = (): Queue => {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(step: () => Promise<T>): Promise<T> => {
    const next = last.then(step, step);
    // Whoever asked hears of the failure; the queue goes on.
    last = next.catch(() => {});
    return next;
  };
};
