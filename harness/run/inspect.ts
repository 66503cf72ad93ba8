/** Looks at each replica directly, around the quorum. */
import type { InspectEvent, NodeName, ReplicaState } from "../../checkers/index.ts";
import type { Cluster } from "../platforms/cluster.ts";

export type Inspection = ReadonlyMap<NodeName, Readonly<Record<string, ReplicaState>>>;

/** What every node holds, or the nodes that did not answer within the time; and how many writes they keep for others, all together. */
export async function inspectAll(
  cluster: Cluster,
  timeoutMs: number,
): Promise<{ seen: Inspection; missing: readonly NodeName[]; pending: number }> {
  const seen = new Map<NodeName, Readonly<Record<string, ReplicaState>>>();
  let pending = 0;
  const stops = cluster.nodes.map((node) =>
    cluster.inspect(node, (inspected) => {
      seen.set(node, inspected.state);
      pending += inspected.pending;
    }),
  );
  await cluster.until(() => seen.size === cluster.nodes.length, timeoutMs);
  for (const stop of stops) stop();
  return { seen, missing: cluster.nodes.filter((node) => !seen.has(node)), pending };
}

export function inspectEvents(
  inspection: Inspection,
  when: InspectEvent["when"],
  atUs: number,
): InspectEvent[] {
  return [...inspection]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([node, state]) => ({ e: "inspect", atUs, node, when, state }));
}

/**
 * Whether the replicas of each key hold the same (canonical JSON), each key's preference list given. A key that a replica lacks differs from one
 * that it holds; where tombstones go in time, not from one that is deleted.
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
