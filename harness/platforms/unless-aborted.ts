/**
 * Waits for `work` until the signal aborts. After that nobody gets the result or the error of the work.
 *
 * @returns The result of the work. Null if the signal aborted first.
 */
export async function unlessAborted<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T | null> {
  if (signal === undefined) return work;
  // The work may fail after the wait has ended.
  work.catch(() => {});
  if (signal.aborted) return null;
  let onAbort = (): void => {};
  const aborted = new Promise<null>((resolve) => {
    onAbort = () => resolve(null);
    signal.addEventListener("abort", onAbort);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
