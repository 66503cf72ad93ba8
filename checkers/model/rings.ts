/**
 * Which nodes replicated which key when. Each node uses a version of the ring from when its disk held it. Its
 * operations are judged by that version, and also by the one before if they began under it.
 */
import type { Key, NodeName, Placement, RingEvent } from "../language/history.ts";
import type { KnownRun } from "./known-run.ts";

/** One version of the ring. */
export interface RingVersion {
  readonly version: number;
  readonly members: readonly NodeName[];
  /** The placement for reads. */
  readonly reads: Placement;
  /** A write needs a quorum of each placement. */
  readonly writes: readonly Placement[];
  /** The change that is under way. Absent: none. */
  readonly under?: string;
}

/** The owners of one key in one ring, and how many of them a request needs unless it names its own number. */
export interface Owners {
  readonly replicas: readonly NodeName[];
  readonly n: number;
  readonly r: number;
  readonly w: number;
}

/** A node uses that version from then on. */
export interface Adoption {
  readonly atUs: number;
  readonly ring: RingVersion;
}

/** The versions of a history's ring. */
export class Rings {
  readonly #first: RingVersion;
  readonly #adopted = new Map<NodeName, Adoption[]>();
  readonly #all: readonly Adoption[];

  constructor(
    { n, r, w, preference, nodes, newcomers = [] }: KnownRun,
    events: readonly RingEvent[],
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
    for (const event of events) {
      const list = this.#adopted.get(event.node);
      const adoption = { atUs: event.atUs, ring: event };
      if (list === undefined) this.#adopted.set(event.node, [adoption]);
      else list.push(adoption);
    }
  }

  /** Whether the ring ever changed. */
  get changed(): boolean {
    return this.#all.length > 0;
  }

  /** All versions in order, each once. */
  get versions(): readonly RingVersion[] {
    const seen = new Map<number, RingVersion>([[0, this.#first]]);
    for (const { ring } of this.#all) if (!seen.has(ring.version)) seen.set(ring.version, ring);
    return [...seen.values()].sort((a, b) => a.version - b.version);
  }

  /** The newest version that any node used. */
  get last(): RingVersion {
    return this.versions.at(-1) ?? this.#first;
  }

  /** The versions that the node used in the interval, both ends included. */
  of(node: NodeName, fromUs: number, toUs: number): readonly RingVersion[] {
    return this.changed
      ? this.adoptions(node, fromUs, toUs).map(({ ring }) => ring)
      : [this.#first];
  }

  /** The same with the time from which the node used each. -Infinity: the version that it used before. */
  adoptions(node: NodeName, fromUs: number, toUs: number): readonly Adoption[] {
    const adopted = this.#adopted.get(node) ?? [];
    const before = adopted.findLast(({ atUs }) => atUs < fromUs)?.ring ?? this.#first;
    return [
      { atUs: -Infinity, ring: before },
      ...adopted.filter(({ atUs }) => atUs >= fromUs && atUs <= toUs),
    ];
  }

  /** The versions that any node used in the interval. */
  during(fromUs: number, toUs: number): readonly RingVersion[] {
    if (!this.changed) return [this.#first];
    const found = new Map<number, RingVersion>();
    const nodes = new Set([...this.#first.members, ...this.#adopted.keys()]);
    for (const node of nodes)
      for (const ring of this.of(node, fromUs, toUs)) found.set(ring.version, ring);
    return [...found.values()].sort((a, b) => a.version - b.version);
  }

  /** When changes were under way: from the first node's first step to the last node's end of the change. */
  get changes(): readonly (readonly [fromUs: number, toUs: number])[] {
    const first = this.#all.find(({ ring }) => ring.under !== undefined);
    const last = this.#all.at(-1);
    return first === undefined || last === undefined ? [] : [[first.atUs, last.atUs]];
  }

  /** When the version was first used on some node. */
  beganUs(version: number): number {
    return this.#all.find(({ ring }) => ring.version >= version)?.atUs ?? -Infinity;
  }

  /** Every node that was ever a member. Excludes newcomers whose change never began. */
  get everMembers(): ReadonlySet<NodeName> {
    return new Set(this.versions.flatMap(({ members }) => members));
  }

  /** The owners of the key in the last version. []: unknown. */
  finalOwners(key: Key): readonly NodeName[] {
    return this.last.writes.at(-1)?.preference[key] ?? [];
  }

  /** Every node that ever owned the key. Undefined: unknown. */
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

/** The owners of the key in that ring. Undefined: unknown. */
export function ownersOn({ preference, n, r, w }: Placement, key: Key): Owners | undefined {
  const replicas = preference[key];
  return replicas === undefined ? undefined : { replicas, n, r, w };
}
