/** The clock of a cluster in real time, and waiting for conditions by this clock. */
import type { ClusterClock, ClusterTimer } from "./cluster.ts";

/** How often to check a condition while no known event happens, in ms. */
const lookEveryMs = 10;

interface Waiter {
  look(): void;
}

export interface Waiting {
  /** The clock counts from `begin`, so that a history's times start at 0. */
  readonly clock: ClusterClock;
  /** The reading of the kernel's monotonic clock at `begin`, in µs. */
  readonly beganUs: number;
  /** Begins a history. */
  begin(): void;
  until(condition: () => boolean, timeoutMs: number): Promise<boolean>;
  /** Called after an event, so that waiting code checks its condition. */
  happened(): void;
  /** Cancels all timers, sets no others until the next history begins, and ends every wait as if its time were up. */
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
    // Work that outlasts a history must not affect the next history.
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
