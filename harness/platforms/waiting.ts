/** The cluster's clock, and waiting for conditions on it. */
import type { ClusterClock, ClusterTimer } from "./cluster.ts";

/** How often a condition is looked at when nothing that we know of happens. */
const lookEveryMs = 10;

interface Waiter {
  look(): void;
}

export interface Waiting {
  /** Counts from `begin`: a history's times are its own, not those since this machine was switched on. */
  readonly clock: ClusterClock;
  /** Where the kernel's monotonic clock stood when the history began, in microseconds. */
  readonly beganUs: number;
  /** A history begins. */
  begin(): void;
  until(condition: () => boolean, timeoutMs: number): Promise<boolean>;
  /** Something happened: everyone looks at their condition. */
  happened(): void;
  /** No timer fires any more until the next history begins, and every wait ends as if its time were up. */
  end(): void;
}

const kernelUs = (): number => Number(process.hrtime.bigint() / 1000n);

export const createWaiting = (): Waiting => {
  let beganUs = kernelUs();
  let isOver = false;
  const waiters = new Set<Waiter>();
  const timers = new Set<NodeJS.Timeout>();
  const givingUp = new Set<() => void>();
  const happened = (): void => {
    for (const waiter of [...waiters]) waiter.look();
  };

  const setTimer = (delayMs: number, fire: () => void): ClusterTimer => {
    // What was still under way when the history ended must not act on the next one.
    if (isOver) return { cancel: () => {} };
    const timer = setTimeout(() => {
      timers.delete(timer);
      fire();
      happened();
    }, delayMs);
    timers.add(timer);
    return {
      cancel: () => {
        clearTimeout(timer);
        timers.delete(timer);
      },
    };
  };

  const until = (condition: () => boolean, timeoutMs: number): Promise<boolean> =>
    new Promise((resolve, reject) => {
      const finish = (settle: () => void): void => {
        clearInterval(interval);
        clearTimeout(timeout);
        waiters.delete(waiter);
        givingUp.delete(giveUp);
        settle();
      };
      const look = (): void => {
        try {
          if (condition()) finish(() => resolve(true));
        } catch (error) {
          finish(() => reject(error));
        }
      };
      const giveUp = (): void => finish(() => resolve(false));
      const waiter: Waiter = { look };
      const interval = setInterval(look, lookEveryMs);
      const timeout = setTimeout(giveUp, timeoutMs);
      waiters.add(waiter);
      givingUp.add(giveUp);
      look();
    });

  return {
    clock: { nowUs: () => kernelUs() - beganUs, setTimer },
    get beganUs() {
      return beganUs;
    },
    begin: () => {
      isOver = false;
      beganUs = kernelUs();
    },
    until,
    happened,
    end: () => {
      isOver = true;
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
      for (const giveUp of [...givingUp]) giveUp();
    },
  };
};
