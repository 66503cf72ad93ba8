/** The real clocks of one process. */

/** Whole microseconds of the kernel's monotonic clock, which all processes and containers of a kernel share. */
export const monotonicUs = (): number => Number(process.hrtime.bigint() / 1000n);

/**
 * Returns a reader of the wall clock in microseconds. Date.now() has only milliseconds, so the time since that
 * millisecond was first read is added. The result never leaves the millisecond, so a jump of the clock shows at once.
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
