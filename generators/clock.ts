/** What a clock fault does to a node's wall clock. */

/** `jump`: off by this much at once. `drift`: gains (or loses) so many ms per second. `strobe`: back and forth, off and true, for `everyMs` each. */
export type ClockShape =
  | { readonly shape: "jump"; readonly byMs: number }
  | { readonly shape: "drift"; readonly msPerS: number }
  | { readonly shape: "strobe"; readonly byMs: number; readonly everyMs: number };

/** How far the clock is ahead (behind, if negative) `elapsedMs` after the fault began. */
export function aheadMs(clock: ClockShape, elapsedMs: number): number {
  switch (clock.shape) {
    case "jump":
      return clock.byMs;
    case "drift":
      return Math.round((elapsedMs * clock.msPerS) / 1000);
    case "strobe":
      return Math.floor(elapsedMs / clock.everyMs) % 2 === 0 ? clock.byMs : 0;
  }
}

/** How often the clock must be set while the fault lasts; null: once is enough. A drift goes in steps of about 10 to 50 ms. */
export function stepMs(clock: ClockShape): number | null {
  switch (clock.shape) {
    case "jump":
      return null;
    case "drift":
      return 100;
    case "strobe":
      return clock.everyMs;
  }
}

export function clockText(clock: ClockShape): string {
  switch (clock.shape) {
    case "jump":
      return `jumps by ${clock.byMs} ms`;
    case "drift":
      return `drifts by ${clock.msPerS} ms per second`;
    case "strobe":
      return `strobes by ${clock.byMs} ms, every ${clock.everyMs} ms`;
  }
}
