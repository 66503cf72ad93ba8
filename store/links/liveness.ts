/**
 * Detects dead streams by silence. The dialling end pings a quiet stream on the second tick without a message, at most
 * two intervals after the last. The accepting end must wait for that too, so settings keep silenceMs longer than both.
 */
import type { StoreSettings } from "../settings.ts";

/** No round trip between healthy nodes takes longer: the simulator's slowest has 2 × 45 ms. */
export const roundTripMs = 100;

/**
 * The time within which a dead stream is given up: as many whole intervals as the limit has, and one that had begun.
 */
export function noticedWithinMs({ silenceMs, pingIntervalMs }: StoreSettings): number {
  return (Math.ceil(silenceMs / pingIntervalMs) + 1) * pingIntervalMs;
}

/**
 * Counts silence in ticks and not by the clock: after a pause of this node, the first tick comes before the messages
 * waiting in its sockets, and by the clock every peer would look dead.
 */
export class Liveness {
  readonly #limitTicks: number;
  #silentTicks = 0;

  constructor(settings: StoreSettings) {
    this.#limitTicks = Math.ceil(settings.silenceMs / settings.pingIntervalMs);
  }

  heard(): void {
    this.#silentTicks = 0;
  }

  /** No message since the tick before the last. */
  get isQuiet(): boolean {
    return this.#silentTicks > 1;
  }

  /** Called every ping interval. Returns why the stream should be dropped, or null. */
  tick(): string | null {
    this.#silentTicks++;
    return this.#silentTicks > this.#limitTicks ? "no word for too long" : null;
  }
}
