/**
 * Tests most forms of partition in containers, which the kernel's counters show, and a node that does not come back.
 */
import { bundled } from "../../../../harness/targets/bundled/index.ts";
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { judge } from "../../../../checkers/index.ts";
import { parsePlan, type PartitionShape } from "../../../../generators/index.ts";
import { connectEngine } from "../../../../harness/platforms/docker/connect-engine.ts";
import { createDockerCluster } from "../../../../harness/platforms/docker/index.ts";
import type { Cluster } from "../../../../harness/index.ts";
import { runHistory } from "../../../../harness/run/index.ts";
import { defaultSettings } from "../../../../store/index.ts";
import { docker } from "../../../support/docker.ts";
import { fault } from "./driver.ts";
import { actsOn, cutsOf } from "../acts.ts";
import { bundledPlans } from "../../../../harness/targets/bundled/index.ts";

const run = randomBytes(4).toString("hex");
const engine = connectEngine();
const nodes = ["n1", "n2", "n3", "n4", "n5"];
const shapes: readonly PartitionShape[] = [
  { shape: "halves", side: [0, 3] },
  { shape: "isolate", node: 2 },
  { shape: "ring", order: [0, 3, 1, 4, 2] },
  { shape: "bridge", node: 2, side: [0, 1] },
  {
    shape: "links",
    cuts: [
      [0, 1],
      [3, 0],
      [4, 2],
    ],
  },
];

describe.skipIf(docker.skip)(`partitions in containers${docker.reason}`, () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await createDockerCluster(bundled, { nodes: 5, run });
  });
  afterAll(async () => cluster?.stop());

  /** The pairs `from>to` whose packets were dropped, and those with a rule that has not dropped a packet yet. */
  const dropped = async (): Promise<{ busy: string[]; idle: string[] }> => {
    const listings = await Promise.all(
      nodes.map(async (node) => ({
        node,
        text: (
          await engine.run(`quorate-${run}-${node}-machine`, [
            "iptables",
            "-L",
            "INPUT",
            "-v",
            "-x",
            "-n",
          ])
        ).toString(),
      })),
    );
    const rules = listings.flatMap(({ node, text }) =>
      text
        .split("\n")
        .filter((line) => line.includes("DROP"))
        .map((line) => {
          const [packets] = line.trim().split(/\s+/);
          return {
            pair: `n${Number(/10\.213\.\d+\.(\d+)/.exec(line)?.[1]) - 9}>${node}`,
            packets: Number(packets),
          };
        }),
    );
    return {
      busy: rules
        .filter(({ packets }) => packets > 0)
        .map(({ pair }) => pair)
        .sort(),
      idle: rules.filter(({ packets }) => packets === 0).map(({ pair }) => pair),
    };
  };

  it("drop packets between exactly the nodes that the shape parts, and none once healed", async () => {
    await cluster.start({
      settings: { ...defaultSettings, nodes: 5, n: 5, r: 3, w: 3 },
      worldSeed: 1,
      evidence: false,
    });
    for (const partition of shapes) {
      const cuts = cutsOf({ kind: "partition", partition }, nodes.length);
      await fault((done) => actsOn(cluster).setCuts(cuts, done));
      let now = await dropped();
      // Nodes ping each other, and dial again when a link is lost. So each cut link soon drops a packet.
      for (let tries = 0; tries < 40 && now.idle.length > 0; tries++) {
        await cluster.until(() => false, 250);
        now = await dropped();
      }
      expect(now.busy).toEqual(cuts.map(([from, to]) => `${from}>${to}`).sort());
      await fault((done) => actsOn(cluster).setCuts([], done));
      expect(await dropped()).toEqual({ busy: [], idle: [] });
    }
  });

  const plan = (faults: readonly unknown[]) =>
    parsePlan(
      {
        format: "quorate-plan/1",
        worldSeed: 3,
        settings: { nodes: 3, n: 3 },
        clients: 1,
        keys: 1,
        claimed: [],
        operations: Array.from({ length: 20 }, () => ({
          client: 0,
          afterMs: 100,
          node: 0,
          f: "write",
          key: 0,
        })),
        faults,
      },
      bundledPlans,
    );

  // n2 ends by itself: a folder has replaced its log, and n2 fails when it reads the log. Neither the harness nor a
  // planned fault ends it.
  it("make the verdict invalid, with its last words, where a node ends at its restart", async () => {
    const { process } = cluster.ports;
    const { set } = process;
    let isReplaced = false;
    process.set = (wanted, before, done) =>
      set(wanted, before, (error) => {
        if (error !== null || isReplaced || wanted.get("n2") !== "killed") return done(error);
        isReplaced = true;
        engine
          .run(`quorate-${run}-n2-machine`, [
            "sh",
            "-ec",
            "for log in /data/log/*.log; do rm -r $log; mkdir $log; done",
          ])
          .then(() => done(null), done);
      });
    const events = await runHistory(
      plan([{ atMs: 1000, durationMs: 100, fault: { kind: "kill", nodes: [1] } }]),
      cluster,
      { evidence: true },
    );
    process.set = set;
    const { verdict, reasons } = judge(events);
    expect(reasons.join("\n")).toMatch(/no-crash is broken: n2 ended by itself at .*EISDIR/);
    expect(reasons.join("\n")).toMatch(
      /n2 could not be inspected after the faults were healed; n2 said last: .*EISDIR/,
    );
    expect(verdict).toBe("invalid");
  });
});
