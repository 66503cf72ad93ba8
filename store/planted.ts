/**
 * Plants a bug: replaces parts of the healthy store for one boot of one node, and says when a replaced part is first
 * called.
 */
import type { Host, NodeName } from "./host.ts";
import { healthyParts, type Parts } from "./parts.ts";

/** A planted bug. Called once a boot: what it keeps between calls of its parts is that boot's own. */
export type Plant = (parts: Parts, node: NodeName) => Parts;

/** What a node explains when a replaced part is first called; the detail is the part's name. */
export const plantedPartCalled = "planted part called";

/** The parts of this boot. */
export function plantOn(plant: Plant, host: Host): Parts {
  return watched(plant(healthyParts, host.node), healthyParts, (part) =>
    host.explain({ what: plantedPartCalled, detail: part }),
  );
}

/** `planted`, but that the first call of each function that is not the healthy one is told. */
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
