/** The current ring of one node. It decides which nodes the node's reads and writes ask. */
import type { NodeName } from "../host.ts";
import type { Parts } from "../parts.ts";
import type { StoreSettings } from "../settings.ts";
import {
  firstRing,
  firstRingName,
  isSameRing,
  type RingName,
  type RingShape,
  type RingState,
} from "./ring-state.ts";

/** A version of the ring, in the form that requests use. */
export interface RingView {
  readonly state: RingState;
  /** The name with which requests are sent. */
  readonly name: RingName;
  /** The settings for reads, repair and stamps, with the ring by which they choose replicas. */
  readonly reads: StoreSettings;
  /**
   * The settings of each ring in which a write needs a quorum: one ring, or in the first two steps of a change the old
   * and the new one.
   */
  readonly writes: readonly [StoreSettings, ...StoreSettings[]];
}

const byShape = new WeakMap<StoreSettings, WeakMap<RingShape, StoreSettings>>();

/** The settings with the ring `shape`. Returns the same object for the same arguments. */
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
  /** Under two rings: all owners of a key in either ring, by key. */
  readonly #unions = new Map<string, readonly NodeName[]>();
  #view: RingView;

  constructor(settings: StoreSettings, parts: Parts) {
    this.#settings = settings;
    this.#parts = parts;
    this.#view = {
      state: firstRing(settings),
      name: firstRingName,
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
    const name = { version: state.version, maker: state.maker };
    this.#view = { state, name, reads, writes: [first ?? reads, ...more] };
    this.#unions.clear();
    for (const changed of this.#changed) changed();
  }

  /** The nodes to which writes of the key are sent. */
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

  /** The owners of the key that are not declared dead. */
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
   * Whether no membership change is under way. Only then may tombstones be removed: during a change, a new owner may
   * still receive older data that the tombstone deletes.
   */
  get isSettled(): boolean {
    return this.#view.state.under === undefined;
  }

  /** Whether a peer with this ring uses the same ring as this node, and so has the same key ranges to compare. */
  comparesLike(ring: RingName = firstRingName): boolean {
    return isSameRing(ring, this.#view.name);
  }

  /**
   * The field with which a request names its ring. Requests do not name the first ring, whose version is 0: the field
   * is then absent.
   */
  get stamp(): { readonly ring?: RingName } {
    return this.#view.name.version === 0 ? {} : { ring: this.#view.name };
  }
}
