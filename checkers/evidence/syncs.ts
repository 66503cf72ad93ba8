/** An index of when each version became durable on each node. */
import { positionOf } from "./position.ts";
import { dotOf } from "../language/versions.ts";
import type { Key, NodeName, SyncEvent, VersionKind, VersionName } from "../language/history.ts";

/** The first sync with which the largest value so far reached `bound`. */
interface Step<T> {
  readonly bound: T;
  readonly sync: SyncEvent;
}

interface KeySyncs {
  /** For stamps: each sync with a larger stamp than all syncs before it. */
  readonly stamps: Step<VersionName>[];
  /** The first sync of each version under exactly this name. */
  readonly named: Map<VersionName, SyncEvent>;
  /** For siblings: for each actor, each sync whose context covers more of the actor's dots than all syncs before it. */
  readonly covered: Map<string, Step<number>[]>;
}

/** Finds each node's first sync of each version. */
export class SyncIndex {
  readonly #keys = new Map<string, KeySyncs>();

  /**
   * @param syncs The syncs of all nodes. Those of one node are in the order of their positions.
   * @param kind Which records to use: those of hints, or all others.
   */
  constructor(syncs: readonly SyncEvent[], kind: "data" | "hints" = "data") {
    for (const sync of syncs) {
      for (const record of sync.records) {
        if ((record.hintFor === undefined) !== (kind === "data")) continue;
        const of = this.#of(sync.node, record.key);
        for (const version of record.versions) {
          if (!of.named.has(version)) of.named.set(version, sync);
          raise(of.stamps, version, sync);
        }
        for (const [actor, counter] of Object.entries(record.context ?? {})) {
          let steps = of.covered.get(actor);
          if (steps === undefined) of.covered.set(actor, (steps = []));
          raise(steps, counter, sync);
        }
      }
    }
  }

  /**
   * The node's first sync of the version or of one that replaces it: a larger stamp, or a context that covers the dot.
   * Undefined: there is none.
   */
  first(kind: VersionKind, node: NodeName, key: Key, version: VersionName): SyncEvent | undefined {
    const of = this.#keys.get(`${node} ${key}`);
    if (of === undefined) return undefined;
    if (kind === "stamps") return firstAtLeast(of.stamps, version);
    const exact = of.named.get(version);
    const { actor, counter } = dotOf(version);
    const covering = firstAtLeast(of.covered.get(actor) ?? [], counter);
    if (exact === undefined || covering === undefined) return exact ?? covering;
    return positionOf(exact) < positionOf(covering) ? exact : covering;
  }

  /** For stamps: whether the node's first sync of the key has a smaller stamp than this one. */
  hasOlder(node: NodeName, key: Key, stamp: VersionName): boolean {
    const first = this.#keys.get(`${node} ${key}`)?.stamps[0];
    return first !== undefined && first.bound < stamp;
  }

  /** The node's first sync of exactly this version. */
  firstNamed(node: NodeName, key: Key, version: VersionName): SyncEvent | undefined {
    return this.#keys.get(`${node} ${key}`)?.named.get(version);
  }

  /** Whether the node ever synced exactly this version. */
  named(node: NodeName, key: Key, version: VersionName): boolean {
    return this.#keys.get(`${node} ${key}`)?.named.has(version) ?? false;
  }

  #of(node: NodeName, key: Key): KeySyncs {
    const id = `${node} ${key}`;
    let of = this.#keys.get(id);
    if (of === undefined)
      this.#keys.set(id, (of = { stamps: [], named: new Map(), covered: new Map() }));
    return of;
  }
}

function raise<T extends string | number>(steps: Step<T>[], bound: T, sync: SyncEvent): void {
  const last = steps.at(-1);
  if (last === undefined || bound > last.bound) steps.push({ bound, sync });
}

function firstAtLeast<T extends string | number>(
  steps: readonly Step<T>[],
  bound: T,
): SyncEvent | undefined {
  let low = 0;
  let high = steps.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((steps[middle] as Step<T>).bound < bound) low = middle + 1;
    else high = middle;
  }
  return steps[low]?.sync;
}
