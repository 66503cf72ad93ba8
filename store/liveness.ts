/** Tells from silence, or from a peer that does not read, that a stream is dead. */
import type { Stream } from "./host.ts";
import type { StoreSettings } from "./settings.ts";

/** Frames of the largest size that we hold for a peer before we give it up. */
const heldFrames = 16;

/**
 * Silence is counted in ticks, not read off a clock: after a pause of this node the first tick comes before what
 * waited in its sockets, and by the clock every peer would look dead.
 */
export class Liveness {
  readonly #limitTicks: number;
  readonly #limitBytes: number;
  #silentTicks = 0;

  constructor(settings: StoreSettings) {
    this.#limitTicks = Math.ceil(settings.silenceMs / settings.pingIntervalMs);
    this.#limitBytes = settings.frameBytes * heldFrames;
  }

  heard(): void {
    this.#silentTicks = 0;
  }

  /** No word since the tick before the last. */
  get isQuiet(): boolean {
    return this.#silentTicks > 1;
  }

  /** Called once each ping interval: why the stream is to be dropped, or null. */
  tick(stream: Stream): string | null {
    this.#silentTicks++;
    if (this.#silentTicks > this.#limitTicks) return "no word for too long";
    if (stream.bufferedBytes() > this.#limitBytes) return "it does not read what we send";
    return null;
  }
}
