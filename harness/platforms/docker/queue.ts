/** Runs steps one after the other, in the order of the calls. */
export type Queue = <T>(step: () => Promise<T>) => Promise<T>;

export const createQueue = (): Queue => {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(step: () => Promise<T>): Promise<T> => {
    const next = last.then(step, step);
    // The caller gets the error, and the next step runs nevertheless.
    last = next.catch(() => {});
    return next;
  };
};
