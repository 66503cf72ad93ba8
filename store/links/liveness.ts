/** Tells from silence that a stream is dead. */
import type { StoreSettings } from "../settings.ts";

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
