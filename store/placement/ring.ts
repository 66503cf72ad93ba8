/** Consistent hashing with virtual nodes (Karger et al., STOC 1997; Dynamo, SOSP 2007, section 4.2). */
import { hash32 } from "./hash.ts";
import type { NodeName } from "../host.ts";
import type { Member, StoreSettings } from "../settings.ts";

interface Ring {
  readonly points: readonly { readonly at: number; readonly node: NodeName }[];
  readonly n: number;
  /** The preference lists that were computed so far, by key. Emptied at 10,000 keys. */
  readonly lists: Map<string, readonly NodeName[]>;
  /** All key ranges: by the range's name, the nodes that replicate it. */
  readonly ranges: ReadonlyMap<string, readonly NodeName[]>;
}

const cachedKeys = 10_000;
const byShape = new Map<string, Ring>();
const bySettings = new WeakMap<StoreSettings, Ring>();

/** The names of the ring's nodes: n1, n2, …, or after a change of the ring, its members. */
export function nodeNames(settings: StoreSettings): readonly NodeName[] {
  return (
    settings.members?.map(({ node }) => node) ??
    Array.from({ length: settings.nodes }, (_, index) => `n${index + 1}`)
  );
}

/** The members of the ring. Each node's points are hashed from its text `points`. */
export function membersOf(settings: StoreSettings): readonly Member[] {
  return settings.members ?? nodeNames(settings).map((node) => ({ node, points: node }));
}

/**
 * The N distinct nodes that replicate `key`, in order of preference. Lists are kept until there are 10,000, so the same
 * key usually gets the same array.
 */
export function preferenceList(settings: StoreSettings, key: string): readonly NodeName[] {
  const ring = ringOf(settings);
  const known = ring.lists.get(key);
  if (known !== undefined) return known;
  const list = walk(ring.points, ring.n, firstPoint(ring.points, hash32(key, 0x6b657973) >>> 0));
  if (ring.lists.size >= cachedKeys) ring.lists.clear();
  ring.lists.set(key, list);
  return list;
}

/**
 * The nodes after the key's N replicas on the ring. They replace unreachable replicas in this order (Dynamo, section
 * 4.6).
 */
export function fallbacks(settings: StoreSettings, key: string): readonly NodeName[] {
  const { points, n } = ringOf(settings);
  return walk(points, settings.nodes, firstPoint(points, hash32(key, 0x6b657973) >>> 0)).slice(n);
}

/** The name of a key range: the sorted names of the nodes that replicate it. */
export function rangeName(replicas: readonly NodeName[]): string {
  return [...replicas].sort().join("+");
}

/** The sorted names of the key ranges that both nodes replicate. */
export function sharedRanges(
  settings: StoreSettings,
  one: NodeName,
  other: NodeName,
): readonly string[] {
  const shared: string[] = [];
  for (const [name, replicas] of ringOf(settings).ranges)
    if (replicas.includes(one) && replicas.includes(other)) shared.push(name);
  return shared.sort();
}

function ringOf(settings: StoreSettings): Ring {
  const known = bySettings.get(settings);
  if (known !== undefined) return known;
  const members = settings.members?.map(({ node, points }) => `${node}=${points}`).join() ?? "";
  const shape = `${settings.nodes}/${settings.n}/${settings.virtualNodes}/${members}`;
  const ring = byShape.get(shape) ?? build(settings);
  byShape.set(shape, ring);
  bySettings.set(settings, ring);
  return ring;
}

function build(settings: StoreSettings): Ring {
  const points = membersOf(settings)
    .flatMap(({ node, points: from }) =>
      Array.from({ length: settings.virtualNodes }, (_, i) => ({
        at: hash32(`${from}#${i}`, 0x72696e67) >>> 0,
        node,
      })),
    )
    // Two points may fall together; the name decides, so that all nodes agree.
    .sort((a, b) => a.at - b.at || (a.node < b.node ? -1 : 1));
  const ranges = new Map<string, readonly NodeName[]>();
  for (let i = 0; i < points.length; i++) {
    const replicas = walk(points, settings.n, i);
    ranges.set(rangeName(replicas), replicas);
  }
  return { points, n: settings.n, lists: new Map(), ranges };
}

function firstPoint(points: Ring["points"], at: number): number {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((points[middle]?.at ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

function walk(points: Ring["points"], n: number, from: number): readonly NodeName[] {
  const found: NodeName[] = [];
  for (let i = 0; i < points.length && found.length < n; i++) {
    const node = points[(from + i) % points.length]?.node;
    if (node !== undefined && !found.includes(node)) found.push(node);
  }
  return found;
}
