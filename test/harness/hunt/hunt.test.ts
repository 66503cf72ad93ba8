import { bundled } from "../../../harness/targets/bundled/index.ts";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { swarmable } from "../../../harness/campaign/index.ts";
import type { PortName } from "../../../generators/index.ts";
import { type Cluster, createSimCluster } from "../../../harness/index.ts";
import {
  huntable,
  unseenBecause,
  huntBug,
  huntPlans,
  huntTable,
  huntTeller,
  type HuntOptions,
  plainRow,
  readOwnBug,
  rowOf,
  runProfile,
  runControl,
  shareOut,
  controlTable,
} from "../../../harness/hunt/index.ts";
import { bugs } from "../../../harness/targets/bundled/index.ts";

const options: HuntOptions = {
  cluster: createSimCluster(bundled),
  search: "random" as const,
  seed: 3,
  max: 20,
  evidence: true,
  measure: false,
  shrinkTimeoutMs: null,
  signal: new AbortController().signal,
};

/** A simulator without these ports. */
function clusterWithout(...lacking: readonly PortName[]): Cluster {
  const cluster = createSimCluster(bundled);
  const ports = { ...cluster.ports };
  for (const name of lacking)
    Object.assign(ports, { [name]: { ...ports[name], cannot: () => "not here" } });
  return new Proxy(cluster, {
    get: (target, name: keyof Cluster) => (name === "ports" ? ports : target[name]),
  });
}

describe("a hunt", () => {
  it("is the generic campaign: of the row it takes settings, kinds of fault and sizes, nothing else", () => {
    for (const bug of Object.keys(bugs)) {
      const row = rowOf(bug);
      const plans = huntPlans(row, clusterWithout());
      expect(plans.settings).toMatchObject(row.settings);
      expect(plans.faults).toEqual(row.faults);
      expect(plans.claimed).toEqual([]);
      expect(plans.operations).toEqual(row.sizes?.operations);
    }
  });

  it("that is plain takes nothing of the row but the kind of versions, and all faults", () => {
    for (const bug of ["hint-never-sent", "shared-actor"]) {
      const { versions } = huntPlans(rowOf(bug), clusterWithout()).settings;
      const plans = huntPlans(plainRow(rowOf(bug)), clusterWithout());
      expect(plans.settings).toEqual({ ...bundled.defaults, versions });
      expect(plans.faults.length).toBeGreaterThan(rowOf(bug).faults.length);
      expect(plans.swarmSettings).toEqual(swarmable);
    }
  });

  it("takes a bug in a file, which says what it is expected to break", async () => {
    const folder = mkdtempSync(join(tmpdir(), "quorate-own-bug-"));
    const write = (name: string, expected: string): string => {
      const file = join(folder, name);
      writeFileSync(
        file,
        `${expected}\nexport default (parts) => ({ ...parts, isAcknowledged: () => true });`,
      );
      return file;
    };
    try {
      const file = write(
        "acks-at-once.ts",
        'export const expected = { breaks: ["acknowledged"], settings: { nodes: 3 }, faults: [] };',
      );
      await readOwnBug(file);
      expect(await huntBug(file, options)).toMatchObject({
        found: true,
        guarantee: "acknowledged",
        breaks: ["acknowledged"],
      });
      await expect(
        readOwnBug(write("typo.ts", 'export const expected = { breaks: ["aknowledged"] };')),
      ).rejects.toThrow(/bad-expected: .* got "aknowledged"\. The nearest name: acknowledged/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("leaves out the faults that its cluster cannot make; where it can make none, the first history says so", () => {
    const faultsOn = (...lacking: readonly PortName[]) =>
      huntPlans(rowOf("torn-tail-kept"), clusterWithout(...lacking)).faults;
    const all = rowOf("torn-tail-kept").faults;
    expect(all).toContain("disk");
    expect(faultsOn("damage")).toEqual(all.filter((kind) => kind !== "disk"));
    expect(faultsOn("damage").length).toBeGreaterThan(0);
    expect(faultsOn("damage", "process", "cuts", "impairments", "power")).toEqual(all);
  });

  it("is the same for the same seed, and ends at the first detection", async () => {
    const [one, other] = [
      await huntBug("lww-arrival-order", options),
      await huntBug("lww-arrival-order", options),
    ];
    expect({ ...one, seconds: 0 }).toEqual({ ...other, seconds: 0 });
    expect(one).toMatchObject({ found: true, measured: null, shrunk: null });
    expect(one.replay).toMatch(/^npx quorate replay quorate:v2:/);
    expect(one.because).toContainEqual(expect.stringMatching(/^n\d last sent n\d v\d+ /));
  });

  it("tells the causes below, and what the final phase is at the first that names it", async () => {
    const found = await huntBug("lww-arrival-order", { ...options, max: 1 });
    const row = {
      ...found,
      bug: "b",
      found: true,
      histories: 2,
      seconds: 0.5,
      guarantee: "regular" as const,
      explanation: "read 2 of k0 in the final phase returned v0",
      because: ["n1 did", "n2 did not"],
      replay: null,
    };
    const tell = huntTeller(2, true);
    expect(tell({ ...row, explanation: "x", because: [] })).toBe(
      "b: found through regular in history 2, 0.5 s: x",
    );
    const first =
      "b: found through regular in history 2, 0.5 s: read 2 of k0 in the final phase returned v0";
    expect([tell(row), tell(row)]).toEqual([
      `${first}\n    (final phase: after all faults have ended, quorate waits for repair and reads every key)\n    n1 did\n    n2 did not`,
      `${first}\n    n1 did\n    n2 did not`,
    ]);
    expect(tell({ ...row, found: false })).toBe("b: missed in 2 histories");
    // The command that replays the history is also part of the text, not only of the JSON document.
    expect(tell({ ...row, replay: "npx quorate replay sim:v1:x" })).toBe(
      `${first}\n    n1 did\n    n2 did not\n    replay  npx quorate replay sim:v1:x`,
    );
    // A hunt that was stopped by Ctrl-C in its first history has not missed the bug.
    expect(tell({ ...row, found: false, histories: 1 })).toBe(
      "b: not found in 1 history, when the hunt was stopped",
    );
  });

  it("is the same for any number of threads, steered or not", async () => {
    for (const search of ["random", "guided"] as const) {
      const asked = { ...options, search, measure: true };
      const [one, two] = [
        await huntBug("lww-arrival-order", asked),
        await huntBug("lww-arrival-order", { ...asked, jobs: 2 }),
      ];
      const untimed = ({ seconds: _, measured, ...row }: typeof one): unknown => ({
        ...row,
        measured: { ...measured, medianSeconds: 0 },
      });
      expect(untimed(two)).toEqual(untimed(one));
    }
    const [alone, threads] = [
      await runControl("lww-arrival-order", options),
      await runControl("lww-arrival-order", { ...options, jobs: 2 }),
    ];
    expect(threads).toEqual(alone);
  });

  it("says of a miss why nothing but the evidence that is left out shows the bug", async () => {
    const row = {
      ...(await huntBug("lww-arrival-order", { ...options, max: 1 })),
      found: false,
      histories: 1,
    };
    const told = (bug: string, evidence: boolean): string[] => [
      huntTeller(1, evidence)({ ...row, bug }),
      huntTable([{ ...row, bug }], evidence)
        .split("\n")
        .at(-1)
        ?.split(" | ")[2] ?? "",
    ];
    const why = `without the Host's evidence (--no-evidence): ${unseenBecause("merkle-unstable-hash")}`;
    expect(told("merkle-unstable-hash", false)).toEqual([
      `merkle-unstable-hash: missed in 1 history ${why}`,
      `**missed** ${why}`,
    ]);
    expect(told("merkle-unstable-hash", true)).toEqual([
      "merkle-unstable-hash: missed in 1 history",
      "**missed**",
    ]);
    expect(told("lww-arrival-order", false)).toEqual([
      "lww-arrival-order: missed in 1 history",
      "**missed**",
    ]);
  });

  it("counts one operation, one fault, one node and one alarm as one", async () => {
    const row = await huntBug("lww-arrival-order", { ...options, max: 1 });
    expect(
      huntTable([{ ...row, shrunk: { operations: 1, faults: 1, nodes: 1, seconds: 0 } }]),
    ).toMatch(/\| 1 operation, 1 fault, 1 node \|$/);
    expect(
      huntTable([{ ...row, shrunk: { operations: 2, faults: 0, nodes: 3, seconds: 0 } }]),
    ).toMatch(/\| 2 operations, 0 faults, 3 nodes \|$/);
    const twin = await runControl("lww-arrival-order", { ...options, max: 1 });
    expect(controlTable([{ ...twin, alarms: [{} as (typeof twin.alarms)[number]] }])).toContain(
      "1 alarm in 1 healthy history.",
    );
  });

  it("measures over all histories where it is asked to", async () => {
    const row = await huntBug("lww-arrival-order", { ...options, measure: true });
    expect(row.measured?.of).toBe(20);
    expect(row.measured?.share).toBe((row.measured?.detections ?? 0) / 20);
    expect(row.measured?.low).toBeLessThan(row.measured?.share ?? 0);
    expect(huntTable([row])).toMatch(
      /\| lww-arrival-order \| .* \| converged \| \d+ % \(\d+ %–\d+ %\) \|/,
    );
  });

  it("does not count what breaks another guarantee than the row names", async () => {
    const row = await huntBug("merkle-unstable-hash", { ...options, evidence: false, max: 5 });
    expect(row).toMatchObject({ found: false, histories: 5, guarantee: null, replay: null });
    expect(huntTable([row])).toContain("**missed**");
  });

  it("without evidence leaves out the bugs that only evidence can show", () => {
    expect(huntable(true)).toEqual(Object.keys(bugs));
    const left = huntable(false);
    expect(left).not.toContain("merkle-unstable-hash");
    expect(unseenBecause("merkle-unstable-hash")).toMatch(/exchanges/);
    for (const bug of huntable(true)) expect(left.includes(bug)).toBe(unseenBecause(bug) === null);
    expect(left).toEqual(
      expect.arrayContaining([
        "ack-before-fsync",
        "quorum-off-by-one",
        "merge-of-first",
        "sibling-explosion",
        "lww-arrival-order",
      ]),
    );
  });
});

describe("the final phase", () => {
  it("lasts until each node has met each peer again", async () => {
    // Replicas that copy the same data again and again are noticed only if the final phase includes the next exchange.
    expect(
      (await huntBug("merkle-unstable-hash", { ...options, measure: true })).measured?.detections,
    ).toBeGreaterThan(2);
  });
});

describe("a control run", () => {
  it("runs the same plans without the bug, and says what no alarm is worth", async () => {
    const row = await runControl("lww-arrival-order", options);
    expect(row).toMatchObject({ histories: 20, alarms: [], unknown: 0 });
    const { promised = 0, judged = 0 } = row.judged["converged"] ?? {};
    expect(promised).toBeGreaterThan(10);
    // In some histories no key must converge, so the promise is judged in fewer histories than it is made.
    expect(judged).toBeGreaterThan(0.8 * promised);
    expect(controlTable([row])).toContain(
      "0 alarms in 20 healthy histories: at most 15.00 % of histories raise an alarm (with 95 % confidence).",
    );
  });
});

describe("the healthy store under every profile", () => {
  it("shares histories out evenly, none lost", () => {
    expect([...shareOut(101).values()].reduce((sum, count) => sum + count, 0)).toBe(101);
    expect(
      Math.max(...shareOut(101).values()) - Math.min(...shareOut(101).values()),
    ).toBeLessThanOrEqual(1);
  });

  it("says what its silence is worth", async () => {
    const row = await runProfile("strict", {
      cluster: createSimCluster(bundled),
      seed: 3,
      max: 5,
      search: "random",
      evidence: true,
      measure: false,
      shrinkTimeoutMs: null,
      signal: new AbortController().signal,
    });
    expect(row).toMatchObject({
      bug: "strict",
      histories: 5,
      alarms: [],
      judged: { acknowledged: { promised: 5, judged: 5 } },
    });
    expect(row.judged["regular-stamped"]?.promised).toBeGreaterThan(2);
    expect(row.judged).not.toHaveProperty("siblings-2");
    expect(row.medianOkShare).toBeGreaterThan(0.5);
  });
});
