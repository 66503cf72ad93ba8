/**
 * Plants a bug: replaces parts of the healthy store for one boot of one node. The node's evidence shows the first call
 * of each replaced part.
 */
import type { Host, NodeName } from "./host.ts";
import { healthyParts, type Parts } from "./parts.ts";

/** A planted bug. Called once for each boot, so each boot has its own state in the replaced parts. */
export type Plant = (parts: Parts, node: NodeName) => Parts;

/**
 * The name of the event in a node's evidence at the first call of a replaced part. The event's detail is the name of
 * the part.
 */
export const plantedPartCalled = "planted part called";

/** The parts of the store for this boot, with the bug planted. */
export function plantOn(plant: Plant, host: Host): Parts {
  return watched(plant(healthyParts, host.node), healthyParts, (part) =>
    host.explain({ what: plantedPartCalled, detail: part }),
  );
}

/** Wraps `planted` so that `called` is called at the first call of each replaced function. */
function watched<T extends object>(planted: T, healthy: T, called: (name: string) => void): T {
  const watchedParts: Record<string, unknown> = Object.fromEntries(Object.entries(planted));
  for (const [name, its] of Object.entries(healthy)) {
    const own = (planted as Readonly<Record<string, unknown>>)[name];
    if (own === its) continue;
    watchedParts[name] =
      typeof own === "function"
        ? tellingFirst(own as Call, () => called(name))
        : watched(own as object, its as object, called);
  }
  return watchedParts as T;
}

type Call = (...args: readonly unknown[]) => unknown;

function tellingFirst(call: Call, told: () => void): Call {
  let isFirst = true;
  return function (this: unknown, ...args) {
    if (isFirst) {
      isFirst = false;
      told();
    }
    return Reflect.apply(call, this, args);
  };
}
