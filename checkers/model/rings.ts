/**
 * Which nodes replicated which key, and when. A node uses a version of the ring as soon as its disk holds that version.
 * An operation of the node is judged by the versions that the node used while the operation ran. A node whose disk lost
 * synced data may use any version that it used before, until it takes the next one.
 */
import type { Key, NodeName, Placement, RingEvent } from "../language/history.ts";
import { type FaultWindow, hasEffect } from "./fault-windows.ts";
import type { KnownRun } from "./known-run.ts";

/** One version of the ring. */
export interface RingVersion {
  readonly version: number;
  readonly members: readonly NodeName[];
  /** The placement for reads. */
  readonly reads: Placement;
  /** The placements for writes. A write needs a quorum of each. */
  readonly writes: readonly Placement[];
  /** The change of the ring that is under way. Absent: none. */
  readonly under?: string;
}

/** A node uses, or may use, the version `ring` from `atUs` on. */
export interface Adoption {
  readonly atUs: number;
  readonly ring: RingVersion;
}

/**
 * The versions of which a node uses one from `atUs` on. There are several if the node's disk may have lost the newest.
 */
interface Possible {
  readonly atUs: number;
  readonly rings: readonly RingVersion[];
}

/** All versions of the ring in a history, and when each node used them. */
export class Rings {
  readonly #first: RingVersion;
  readonly #possible = new Map<NodeName, readonly Possible[]>();
  readonly #all: readonly Adoption[];

  constructor(
    { n, r, w, preference, nodes, newcomers = [] }: KnownRun,
    events: readonly RingEvent[],
    faults: readonly FaultWindow[],
  ) {
    const placement = { n, r, w, preference };
    this.#first = {
      version: 0,
      members: nodes.filter((node) => !newcomers.includes(node)),
      reads: placement,
      writes: [placement],
    };
    this.#all = [...events]
      .sort((a, b) => a.atUs - b.atUs)
      .map((event) => ({ atUs: event.atUs, ring: event }));
    for (const node of new Set(events.map((event) => event.node)))
      this.#possible.set(
        node,
        this.#possibleOn(
          events.filter((event) => event.node === node),
          faults.filter((fault) => fault.nodes.has(node) && hasEffect(fault, "synced-data-lost")),
        ),
      );
  }

  #possibleOn(events: readonly RingEvent[], losses: readonly FaultWindow[]): readonly Possible[] {
    const adopted = events.map((event) => ({ atUs: event.atUs, rings: [event] }));
    // After a fault that loses synced data, the node may use any version that it took until then, or the first one.
    const lostUs = losses.flatMap(({ fromUs, toUs }) => [fromUs, toUs]);
    const lost = lostUs.map((atUs) => ({
      atUs,
      rings: [this.#first, ...events.filter((event) => event.atUs <= atUs)],
    }));
    return [...adopted, ...lost].sort((a, b) => a.atUs - b.atUs);
  }

  /** Whether the ring ever changed. */
  get changed(): boolean {
    return this.#all.length > 0;
  }

  /** All versions of the ring, each once, in ascending order. */
  get versions(): readonly RingVersion[] {
    const seen = new Map<number, RingVersion>([[0, this.#first]]);
    for (const { ring } of this.#all) if (!seen.has(ring.version)) seen.set(ring.version, ring);
    return [...seen.values()].sort((a, b) => a.version - b.version);
  }

  /** The newest version of the ring that any node used. */
  get last(): RingVersion {
    return this.versions.at(-1) ?? this.#first;
  }

  /** The versions that the node may have used at some time from `fromUs` to `toUs`, both included. */
  of(node: NodeName, fromUs: number, toUs: number): readonly RingVersion[] {
    return this.changed
      ? this.adoptions(node, fromUs, toUs).map(({ ring }) => ring)
      : [this.#first];
  }

  /**
   * The versions that the node may have used at some time from `fromUs` to `toUs`, and for each the time from which the
   * node may have used it. −Infinity: since before `fromUs`.
   */
  adoptions(node: NodeName, fromUs: number, toUs: number): readonly Adoption[] {
    const possible = this.#possible.get(node) ?? [];
    const before = possible.findLast(({ atUs }) => atUs < fromUs)?.rings ?? [this.#first];
    return [
      ...before.map((ring) => ({ atUs: -Infinity, ring })),
      ...possible
        .filter(({ atUs }) => atUs >= fromUs && atUs <= toUs)
        .flatMap(({ atUs, rings }) => rings.map((ring) => ({ atUs, ring }))),
    ];
  }

  /** The versions that any node may have used at some time from `fromUs` to `toUs`, in ascending order. */
  during(fromUs: number, toUs: number): readonly RingVersion[] {
    if (!this.changed) return [this.#first];
    const found = new Map<number, RingVersion>();
    const nodes = new Set([...this.#first.members, ...this.#possible.keys()]);
    for (const node of nodes)
      for (const ring of this.of(node, fromUs, toUs)) found.set(ring.version, ring);
    return [...found.values()].sort((a, b) => a.version - b.version);
  }

  /**
   * The time in which the ring changed: from the first step of a change on any node to the last adoption of a version
   * on any node. Empty: no event names a change.
   */
  get changes(): readonly (readonly [fromUs: number, toUs: number])[] {
    const first = this.#all.find(({ ring }) => ring.under !== undefined);
    const last = this.#all.at(-1);
    return first === undefined || last === undefined ? [] : [[first.atUs, last.atUs]];
  }

  /** The time at which a node first took this version or a newer one. −Infinity: none did. */
  beganUs(version: number): number {
    return this.#all.find(({ ring }) => ring.version >= version)?.atUs ?? -Infinity;
  }

  /**
   * Whether one of these nodes took the version and has lost no synced data since. Always true for the first version.
   */
  known(version: number, nodes: ReadonlySet<NodeName>): boolean {
    if (version === 0) return true;
    return [...nodes].some((node) => {
      const possible = this.#possible.get(node) ?? [];
      const taken = possible.findIndex(({ rings }) => rings[0]?.version === version);
      return taken >= 0 && possible.slice(taken).every(({ rings }) => rings.length === 1);
    });
  }

  /** Every node that was ever a member. Excludes newcomers whose change never began. */
  get everMembers(): ReadonlySet<NodeName> {
    return new Set(this.versions.flatMap(({ members }) => members));
  }

  /** The owners of the key in the newest version of the ring. []: the owners are unknown. */
  finalOwners(key: Key): readonly NodeName[] {
    return this.last.writes.at(-1)?.preference[key] ?? [];
  }

  /** Every node that ever owned the key. Undefined: the owners are unknown. */
  everOwned(key: Key): readonly NodeName[] | undefined {
    const first = this.#first.reads.preference[key];
    if (first === undefined || !this.changed) return first;
    return [
      ...new Set(
        this.versions.flatMap(({ writes }) =>
          writes.flatMap(({ preference }) => preference[key] ?? []),
        ),
      ),
    ];
  }
}
