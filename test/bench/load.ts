/**
 * Clients of a simulated cluster that send their next request after the last one was answered. About half of the
 * requests are reads, the others are writes, over a few keys.
 */
import { wire } from "../harness/platforms/simulator/wire.ts";
import { bundled } from "../../harness/targets/bundled/index.ts";
import type { HistoryEvent } from "../../checkers/index.ts";
import { createSimCluster } from "../../harness/platforms/simulator/index.ts";
import { Random } from "../../harness/platforms/simulator/random.ts";
import { defaultSettings } from "../../store/index.ts";

export interface Load {
  readonly seed: number;
  readonly operations: number;
  readonly evidence: boolean;
}

export interface Outcome {
  readonly ok: number;
  readonly elapsedMs: number;
  readonly virtualMs: number;
  readonly evidence: readonly HistoryEvent[];
}

const clients = 10;
const keys = 10;

/**
 * Runs one history on a fresh cluster of five nodes with N = 3, R = W = 2. The measured time includes the start of the
 * cluster.
 */
export async function runLoad(load: Load): Promise<Outcome> {
  const settings = { ...defaultSettings, nodes: 5, n: 3, r: 2, w: 2 };
  const started = performance.now();
  const cluster = createSimCluster(bundled);
  await cluster.start({ settings, worldSeed: load.seed, evidence: load.evidence });
  const random = new Random(load.seed, "load");
  let next = 0;
  let ended = 0;
  let ok = 0;
  for (let client = 0; client < clients; client++) {
    const node = cluster.nodes[client % cluster.nodes.length];
    if (node === undefined) throw new Error("the cluster has no nodes");
    const connection = wire(cluster, `c${client + 1}`, node, {
      open: () => ask(),
      reply(reply) {
        ended++;
        if (reply.type !== "error") ok++;
        ask();
      },
      closed(reason) {
        throw new Error(`c${client + 1} lost ${node}: ${reason}`);
      },
    });
    const ask = (): void => {
      if (next >= load.operations) return;
      const id = next++;
      const key = `k${random.between(0, keys - 1)}`;
      connection.send(
        random.oneIn(2) ? { type: "get", id, key } : { type: "put", id, key, value: `v${id}` },
      );
    };
  }
  if (!(await cluster.until(() => ended === load.operations, 3_600_000)))
    throw new Error(`only ${ended} of ${load.operations} operations ended`);
  const virtualMs = cluster.clock.nowUs() / 1000;
  const evidence = await cluster.evidence();
  return { ok, elapsedMs: performance.now() - started, virtualMs, evidence };
}
