/** Inspects each replica directly, bypassing the quorum. */
import type { InspectEvent, NodeName, ReplicaState, RingRecord } from "../../checkers/index.ts";
import type { Cluster } from "../platforms/cluster.ts";
import type { Inspected } from "../platforms/session.ts";

/** The content of each node that answered: node → key → what the node holds. */
export type Inspection = ReadonlyMap<NodeName, Readonly<Record<string, ReplicaState>>>;

/**
 * For each node that answered: its ring, and how many keys it holds but does not own. A ring that never changed is
 * absent.
 */
export type SeenRings = ReadonlyMap<NodeName, Pick<Inspected, "ring" | "leftovers">>;

/**
 * Inspects all nodes. `pending` is the number of writes that the nodes keep for other nodes. `missing` lists the nodes
 * that did not answer in time, whose content is unknown.
 *
 * @param signal Ends the wait at once. The nodes that have not answered by then are missing.
 */
export async function inspectAll(
  cluster: Cluster,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<{
  seen: Inspection;
  rings: SeenRings;
  missing: readonly NodeName[];
  pending: number;
}> {
  const seen = new Map<NodeName, Readonly<Record<string, ReplicaState>>>();
  const rings = new Map<NodeName, Pick<Inspected, "ring" | "leftovers">>();
  let pending = 0;
  const { nodes } = cluster;
  const stops = nodes.map((node) =>
    cluster.inspect(node, ({ pending: kept, state, ...ring }) => {
      seen.set(node, state);
      rings.set(node, ring);
      pending += kept;
    }),
  );
  await cluster.until(() => seen.size === nodes.length || signal?.aborted === true, timeoutMs);
  for (const stop of stops) stop();
  return { seen, rings, missing: nodes.filter((node) => !seen.has(node)), pending };
}

export function inspectEvents(
  inspection: Inspection,
  when: InspectEvent["when"],
  atUs: number,
  rings: SeenRings = new Map(),
  versionOf: (ring: RingRecord) => number | undefined = () => undefined,
): InspectEvent[] {
  return [...inspection]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([node, state]) => {
      const { ring, leftovers } = rings.get(node) ?? {};
      const version = ring === undefined ? undefined : versionOf(ring);
      return {
        e: "inspect",
        atUs,
        node,
        when,
        state,
        ...(version === undefined ? {} : { ring: version }),
        ...(leftovers === undefined ? {} : { leftovers }),
      };
    });
}

/**
 * Whether all replicas in each key's preference list hold the same state (compared as JSON). A missing key differs from
 * a present one. If `tombstonesGo`, the store removes tombstones after some time, so a missing key equals a deleted
 * one.
 */
export function allEqual(
  inspection: Inspection,
  preference: Readonly<Record<string, readonly NodeName[]>>,
  tombstonesGo: boolean,
): boolean {
  const shown = (state: ReplicaState | undefined): ReplicaState | null =>
    state === undefined || (tombstonesGo && state.versions.every(({ value }) => value === null))
      ? null
      : state;
  return Object.entries(preference).every(([key, nodes]) => {
    const states = nodes.map((node) => JSON.stringify(shown(inspection.get(node)?.[key])));
    return states.every((state) => state === states[0]);
  });
}
