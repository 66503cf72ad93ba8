/** Runs a cluster under load and with faults, and records everything that happened. */
import { wire } from "./wire.ts";
import { bundled } from "../../../../harness/targets/bundled/index.ts";
import type { HistoryEvent } from "../../../../checkers/index.ts";
import { createSimCluster } from "../../../../harness/platforms/simulator/index.ts";
import { hashHistory } from "../../../../harness/history-file.ts";
import { type ClientReply, defaultSettings, type StoreSettings } from "../../../../store/index.ts";
import { actsOn } from "../acts.ts";

export interface Seen {
  readonly hash: string;
  readonly evidence: readonly HistoryEvent[];
  readonly replies: readonly string[];
  readonly logs: string;
}

const nothing = (): void => {};

/**
 * Runs three seconds of puts and gets from three clients. Meanwhile links are cut, a node is killed, and another one is
 * paused.
 */
export async function liveThrough(
  worldSeed: number,
  overrides: Partial<StoreSettings> = {},
): Promise<Seen> {
  const cluster = createSimCluster(bundled);
  await cluster.start({
    settings: { ...defaultSettings, ...overrides },
    worldSeed,
    evidence: true,
  });
  const replies: string[] = [];
  const saw = (client: string, reply: ClientReply | string): void => {
    replies.push(`${cluster.clock.nowUs()} ${client} ${JSON.stringify(reply)}`);
  };
  for (let client = 1; client <= 3; client++) {
    const name = `c${client}`;
    const connection = wire(cluster, name, `n${client}`, {
      reply: (reply) => saw(name, reply),
      closed: (reason) => saw(name, reason),
    });
    for (let count = 0; count < 40; count++) {
      const id = client * 1000 + count;
      const key = `k${count % 4}`;
      cluster.clock.setTimer(count * 70, () =>
        connection.send(
          count % 2 === 0 ? { type: "put", id, key, value: `v${id}` } : { type: "get", id, key },
        ),
      );
    }
  }
  const at = (ms: number, act: () => void): void => void cluster.clock.setTimer(ms, act);
  at(200, () =>
    actsOn(cluster).setCuts(
      [
        ["n1", "n2"],
        ["n3", "n1"],
        ["n4", "n5"],
      ],
      nothing,
    ),
  );
  at(500, () => actsOn(cluster).kill("n2", nothing));
  at(700, () => actsOn(cluster).pause("n4", nothing));
  at(1_400, () => actsOn(cluster).setCuts([], nothing));
  at(1_500, () => actsOn(cluster).restart("n2", nothing));
  at(1_900, () => actsOn(cluster).resume("n4", nothing));
  await cluster.until(() => false, 6_000);
  const evidence = await cluster.evidence();
  const logs = [...(await cluster.logs())].map(([node, log]) => `${node}\n${log}`).join("");
  await cluster.stop();
  return { hash: hashHistory(evidence), evidence, replies, logs };
}
