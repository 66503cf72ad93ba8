/** The real clocks of one process. */

/** Whole microseconds of the kernel's monotonic clock: one clock for all processes, containers too, of a kernel. */
export const monotonicUs = (): number => Number(process.hrtime.bigint() / 1000n);

/**
 * A reader of the wall clock in microseconds. Date.now() has milliseconds only, so the time since the reading's
 * millisecond was first seen fills in the rest; it never leaves that millisecond, so a jump of the clock shows at once.
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
