/** The real clocks of a process. */

/**
 * The time of the kernel's monotonic clock, in whole microseconds. The processes and containers of a kernel share that
 * clock, unless they have time namespaces of their own.
 */
export const monotonicUs = (): number => Number(process.hrtime.bigint() / 1000n);

/**
 * Returns a function that reads the wall clock in microseconds. Date.now() has only milliseconds, so the function adds
 * the time since it first read the current millisecond, at most 999 µs. A jump of the clock therefore shows at once.
 */
export const createWallClock = (): (() => number) => {
  let millisecond = 0;
  let firstSeenUs = 0;
  return () => {
    const nowMs = Date.now();
    const nowUs = monotonicUs();
    if (nowMs !== millisecond) {
      millisecond = nowMs;
      firstSeenUs = nowUs;
    }
    return nowMs * 1000 + Math.min(999, nowUs - firstSeenUs);
  };
};
