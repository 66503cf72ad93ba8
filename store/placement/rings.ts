/** The current ring of one node: which nodes its reads and writes ask, and which outdated requests it refuses. */
import type { NodeName } from "../host.ts";
import type { Parts } from "../parts.ts";
import type { StoreSettings } from "../settings.ts";
import { firstRing, type RingShape, type RingState } from "./ring-state.ts";

/** A version of the ring as requests use it. */
export interface RingView {
  readonly state: RingState;
  readonly version: number;
  /** Settings with the ring that reads ask, repair compares, and stamps are read from. */
  readonly reads: StoreSettings;
  /**
   * The rings in each of which a write needs a quorum: the current one, or in the first steps of a change the old and
   * the new one.
   */
  readonly writes: readonly [StoreSettings, ...StoreSettings[]];
}

const byShape = new WeakMap<StoreSettings, WeakMap<RingShape, StoreSettings>>();

/** Settings with a ring of that shape. Returns the same object for the same shape. */
export function settingsOn(settings: StoreSettings, shape: RingShape): StoreSettings {
  let known = byShape.get(settings);
  if (known === undefined) byShape.set(settings, (known = new WeakMap()));
  let on = known.get(shape);
  if (on === undefined) {
    const { members, n, r, w } = shape;
    known.set(shape, (on = { ...settings, nodes: members.length, members, n, r, w }));
  }
  return on;
}

/** The ring as one node sees it. */
export class Rings {
  readonly #settings: StoreSettings;
  readonly #parts: Parts;
  readonly #changed: (() => void)[] = [];
  /** For a key under two rings: the owners in either, each once. */
  readonly #unions = new Map<string, readonly NodeName[]>();
  #view: RingView;

  constructor(settings: StoreSettings, parts: Parts) {
    this.#settings = settings;
    this.#parts = parts;
    this.#view = {
      state: firstRing(settings),
      version: 0,
      reads: settings,
      writes: [settings],
    };
  }

  get view(): RingView {
    return this.#view;
  }

  /** Calls `changed` after each change of the ring. */
  whenChanged(changed: () => void): void {
    this.#changed.push(changed);
  }

  set(state: RingState): void {
    const { membership } = this.#parts;
    const on = (shape: RingShape): StoreSettings => settingsOn(this.#settings, shape);
    const [first, ...more] = membership.writeShapes(state).map(on);
    const reads = on(membership.readShape(state));
    this.#view = { state, version: state.version, reads, writes: [first ?? reads, ...more] };
    this.#unions.clear();
    for (const changed of this.#changed) changed();
  }

  /** The nodes that writes of the key are sent to. */
  owners(key: string): readonly NodeName[] {
    const [first, ...more] = this.#view.writes;
    const list = this.#parts.preferenceList(first, key);
    if (more.length === 0) return list;
    let union = this.#unions.get(key);
    if (union === undefined) {
      const others = more.flatMap((settings) => this.#parts.preferenceList(settings, key));
      this.#unions.set(key, (union = [...new Set([...list, ...others])]));
    }
    return union;
  }

  /** Owners that are not declared dead. */
  livingOwners(key: string): readonly NodeName[] {
    const { dead } = this.#view.state;
    const owners = this.owners(key);
    return dead === undefined ? owners : owners.filter((node) => !dead.includes(node));
  }

  /** The replicas that reads of the key ask. */
  readers(key: string): readonly NodeName[] {
    return this.#parts.preferenceList(this.#view.reads, key);
  }

  /**
   * Whether no change is under way. Only then may tombstones be removed, since a new owner may later receive what they
   * delete.
   */
  get isSettled(): boolean {
    return this.#view.state.under === undefined;
  }

  /** Whether this node and the peer compare ranges of the same ring. */
  comparesLike(version: number | undefined): boolean {
    return (version ?? 0) === this.#view.version;
  }

  /** The field by which a request names its ring. {}: the first ring, which has no number. */
  get stamp(): { readonly ring?: number } {
    return this.#view.version === 0 ? {} : { ring: this.#view.version };
  }
}
