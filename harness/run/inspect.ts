/** Looks at each replica directly, around the quorum. */
import type { InspectEvent, NodeName, ReplicaState } from "../../checkers/index.ts";
import type { State } from "../../store/index.ts";
import { type Cluster, notAnOperation } from "../platforms/cluster.ts";
import { versionsOf } from "./request.ts";

export type Inspection = ReadonlyMap<NodeName, Readonly<Record<string, ReplicaState>>>;

/** What every node holds, or the nodes that did not answer within the time; and how many hints they keep for others, all together. */
export async function inspectAll(
  cluster: Cluster,
  timeoutMs: number,
): Promise<{ seen: Inspection; missing: readonly NodeName[]; hints: number }> {
  const seen = new Map<NodeName, Readonly<Record<string, ReplicaState>>>();
  let hints = 0;
  const stops = cluster.nodes.map((node) =>
    inspectNode(cluster, node, (state, kept) => {
      seen.set(node, state);
      hints += kept;
    }),
  );
  await cluster.until(() => seen.size === cluster.nodes.length, timeoutMs);
  for (const stop of stops) stop();
  return { seen, missing: cluster.nodes.filter((node) => !seen.has(node)), hints };
}

/** Asks until the node answers: one that is still starting refuses connections, or is still recovering its log. */
function inspectNode(
  cluster: Cluster,
  node: NodeName,
  done: (state: Readonly<Record<string, ReplicaState>>, hints: number) => void,
): () => void {
  const state: Record<string, ReplicaState> = {};
  let stopped = false;
  let close = (): void => {};
  const ask = (): void => {
    if (stopped) return;
    let finished = false;
    const again = (): void => {
      if (finished || stopped) return;
      finished = true;
      connection.close();
      cluster.clock.setTimer(retryMs, ask);
    };
    const connection = cluster.connect("inspector", node, {
      open: () => connection.send({ type: "inspect", id: notAnOperation }),
      reply(reply) {
        if (reply.type !== "inspected") return again();
        for (const entry of reply.entries) state[entry.key] = replicaState(entry.state);
        const last = reply.entries.at(-1);
        if (reply.more && last !== undefined)
          return connection.send({ type: "inspect", id: notAnOperation, after: last.key });
        finished = true;
        connection.close();
        if (!stopped) done(state, reply.hints ?? 0);
      },
      closed: again,
    });
    close = () => connection.close();
  };
  ask();
  return () => {
    stopped = true;
    close();
  };
}

const retryMs = 20;

function replicaState(state: State): ReplicaState {
  const versions = versionsOf(state);
  return state.kind === "siblings" ? { versions, context: state.context } : { versions };
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
