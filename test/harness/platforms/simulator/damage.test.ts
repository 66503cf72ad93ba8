/** Tests damage to simulated disks: the node's report of its recovery, and the data that it still holds. */
import { ask } from "./wire.ts";
import { describe, expect, test } from "vitest";
import {
  bundled,
  type Cluster,
  createSimCluster,
  inspectAll,
  perform,
} from "../../../../harness/index.ts";
import type { DiskDamage } from "../../../../generators/index.ts";
import { defaultSettings } from "../../../../store/index.ts";
import { actsOn } from "../acts.ts";

const keys = ["a", "b", "c", "d"];
const settings = { ...defaultSettings, nodes: 3, n: 3, r: 1, w: 3, readRepair: "off" as const };

/** n1 syncs all keys, is killed, its disk is damaged, and it is started again. */
async function damaged(
  damage: DiskDamage,
  antiEntropy: boolean,
  atPerMille = 500,
): Promise<{ held: string[]; said: string; cluster: Cluster }> {
  const cluster = createSimCluster(bundled);
  await cluster.start({ settings: { ...settings, antiEntropy }, worldSeed: 2, evidence: true });
  for (const [id, key] of keys.entries())
    await ask(cluster, "n2", { type: "put", id, key, value: `v${id}` });
  await perform(cluster, (done) => actsOn(cluster).kill("n1", done));
  await perform(cluster, (done) => actsOn(cluster).damageDisk("n1", damage, atPerMille, done));
  await perform(cluster, (done) => actsOn(cluster).restart("n1", done));
  if (antiEntropy) await cluster.until(() => false, 5_000);
  const { seen } = await inspectAll(cluster, 5_000);
  return {
    held: Object.keys(seen.get("n1") ?? {}).sort(),
    said: (await cluster.logs()).get("n1") ?? "",
    cluster,
  };
}

describe("a killed node's log", () => {
  test.each([
    ["wipe", [], /0 records recovered/],
    ["tear", ["a", "b", "c"], /log damaged in 1 of 4 entries; the node cuts 1 entry off/],
    ["flip", ["a", "c", "d"], /log damaged in 1 of 4 entries; the node cuts 0 entries off/],
    ["truncate", ["a"], /log damaged in 1 of 2 entries; the node cuts 1 entry off/],
  ] as const)("%s: the node comes back with what is left", async (damage, left, says) => {
    const { held, said } = await damaged(damage, false);
    expect(held).toEqual(left);
    expect(said).toMatch(says);
  });

  test("is made whole again by anti-entropy", async () => {
    for (const damage of ["wipe", "tear", "flip", "truncate"] as const)
      expect((await damaged(damage, true)).held).toEqual(keys);
  });

  test("is not touched while the node runs", async () => {
    const { cluster } = await damaged("wipe", false);
    let outcome: Error | null = null;
    actsOn(cluster).damageDisk("n2", "wipe", 0, (error) => (outcome = error));
    await cluster.until(() => false, 100);
    expect(outcome).toMatchObject({ code: "node-running" });
  });
});
