/**
 * Tells from silence that a stream is dead. Who dialled pings a quiet one on the second tick without word, up to two
 * intervals after the last; who accepted it must wait for that too, so that the settings keep silenceMs longer than
 * both.
 */
import type { StoreSettings } from "../settings.ts";

/** Between healthy nodes none takes longer: the simulator's slowest has 2 × 45 ms. */
export const roundTripMs = 100;

/** Within this a stream that died is given up: as many whole intervals as the limit has, and one that had begun. */
export function noticedWithinMs({ silenceMs, pingIntervalMs }: StoreSettings): number {
  return (Math.ceil(silenceMs / pingIntervalMs) + 1) * pingIntervalMs;
}

/**
 * Silence is counted in ticks, not read off a clock: after a pause of this node the first tick comes before what
 * waited in its sockets, and by the clock every peer would look dead.
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

  /** No word since the tick before the last. */
  get isQuiet(): boolean {
    return this.#silentTicks > 1;
  }

  /** Called once each ping interval: why the stream is to be dropped, or null. */
  tick(): string | null {
    this.#silentTicks++;
    return this.#silentTicks > this.#limitTicks ? "no word for too long" : null;
  }
}
