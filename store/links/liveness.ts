/**
 * Detects dead streams by silence. The end that dialled pings a quiet stream at the second tick without a message, at
 * most two intervals after the last message. The accepting end hears nothing until that ping, so silenceMs must be at
 * least two intervals and a round trip.
 */
import type { StoreSettings } from "../settings.ts";

/**
 * The longest round trip that is expected between healthy nodes. Without link impairments, a message takes at most 40
 * ms each way in the simulator.
 */
export const roundTripMs = 100;

/**
 * The time within which a dead stream is given up: silenceMs rounded up to whole ping intervals, and one interval more,
 * since the first had already begun.
 */
export function noticedWithinMs({ silenceMs, pingIntervalMs }: StoreSettings): number {
  return (Math.ceil(silenceMs / pingIntervalMs) + 1) * pingIntervalMs;
}

/**
 * Counts the ticks of silence instead of measuring the time. After a pause of this node, the first tick may come before
 * the messages that wait in its sockets; measured by the clock, every peer could then look dead.
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

  /** Whether no message has arrived since the tick before the last one. */
  get isQuiet(): boolean {
    return this.#silentTicks > 1;
  }

  /** Must be called every ping interval. Returns the reason to drop the stream, or null to keep it. */
  tick(): string | null {
    this.#silentTicks++;
    return this.#silentTicks > this.#limitTicks ? "the peer was silent for too long" : null;
  }
}
