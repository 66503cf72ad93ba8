import { describe, expect, test } from "vitest";
import { sampleSize } from "../sample-size.ts";
import { chance, of, Scenario } from "../support.ts";

const k0 = (version: string) => ({ key: "k0", versions: [version] });
const told = (version: string | null, trace = 9) =>
  ({
    frame: "replica-read-ok",
    trace,
    request: 1,
    key: "k0",
    versions: version === null ? [] : [version],
  }) as const;

/** n1 syncs v2 in boot 1, and boots again at 20 ms. */
function restarted(overrides: ConstructorParameters<typeof Scenario>[0] = {}): Scenario {
  const scenario = new Scenario(overrides).boot("n1", 0, 1).sync("n1", 5, k0("0002"));
  scenario.write("v2", 1, 6);
  return scenario.boot("n1", 20, 2);
}

describe("retained: after a restart a node", () => {
  test("shows what it had synced, or something newer", () => {
    for (const version of ["0002", "0003"])
      expect(
        restarted().frame("sent", "n1", "n2", 30, told(version), 2).check("retained"),
      ).toMatchObject({ verdict: "valid", judged: 1 });
  });

  test("does not show less, to a reader or an inspector", () => {
    expect(
      restarted().frame("sent", "n1", "n2", 30, told("0001"), 2).check("retained").anomalies,
    ).toMatchObject([
      {
        explanation:
          "n1 synced v2 (write 0) of k0 at 5.0 ms and started again at 20.0 ms, but told a reader the version 0001 (made for no operation) at 30.0 ms",
        operations: [0, 9],
        because: [
          "at that start the disk of n1 no longer held v2 (write 0), although no fault had damaged the disk",
        ],
      },
    ]);
    expect(restarted().inspect("final", 30, "n1", []).check("retained").verdict).toBe("invalid");
    expect(
      restarted()
        .inspect("final", 30, "n1", [of("v2")])
        .check("retained").verdict,
    ).toBe("valid");
  });

  test("says that recovery had read it, and that the final phase started the node", () => {
    const { anomalies } = restarted()
      .phase("final-phase", 15)
      .recovered("n1", 21, k0("0002"), 2)
      .inspect("final", 30, "n1", [])
      .check("retained");
    expect(anomalies[0]?.because).toEqual([
      "at that start the disk of n1 still held v2 (write 0), which recovery read and did not use",
      "that start is the restart of the final phase",
    ]);
  });

  test("owes nothing that damage took, but all that the Host could still read", () => {
    const damaged = (): Scenario => {
      const scenario = new Scenario()
        .boot("n1", 0, 1)
        .sync("n1", 5, k0("0002"))
        .fault(0, "disk", ["n1"], 10, 20)
        .boot("n1", 19, 2);
      scenario.write("v2", 1, 6);
      return scenario;
    };
    const shows = (scenario: Scenario): string =>
      scenario.frame("sent", "n1", "n2", 30, told("0001"), 2).check("retained").verdict;
    expect(shows(damaged())).toBe("not-applicable");
    expect(shows(damaged().recovered("n1", 19, k0("0001"), 2))).toBe("valid");
    expect(shows(damaged().recovered("n1", 19, k0("0002"), 2))).toBe("invalid");
  });

  test("owes nothing of other nodes' keys, of hints, and of keys whose tombstones go in time", () => {
    const shows = (scenario: Scenario): string =>
      scenario.inspect("final", 30, "n1", []).check("retained").verdict;
    const hint = new Scenario()
      .boot("n1", 0, 1)
      .sync("n1", 5, { ...k0("0002"), hintFor: "n2" })
      .boot("n1", 20, 2);
    expect(shows(hint)).toBe("not-applicable");
    expect(shows(restarted({ preference: { k0: ["n2", "n3"] } }))).toBe("not-applicable");
    const deleted = restarted({ deletes: "grace" });
    deleted.delete("0003", 7, 8);
    expect(shows(deleted)).toBe("not-applicable");
  });

  test("siblings: shows each dot or a context that covers it", () => {
    const shows = (versions: readonly string[], context: Record<string, number>): string => {
      const scenario = new Scenario({ versions: "siblings" })
        .boot("n1", 0, 1)
        .sync("n1", 5, { key: "k0", versions: ["a:1", "b:1"], context: { a: 1, b: 1 } })
        .boot("n1", 20, 2)
        .frame("sent", "n1", "n2", 30, { ...told(null), versions, context }, 2);
      return scenario.check("retained").verdict;
    };
    expect(shows(["a:1", "b:1"], { a: 1, b: 1 })).toBe("valid");
    expect(shows(["a:2"], { a: 2, b: 1 })).toBe("valid");
    expect(shows(["a:1"], { a: 1 })).toBe("invalid");
  });
});

/** A step in the life of one node: it syncs, recovers or shows a stamp, it boots, or its disk is damaged. */
type Step =
  | { readonly does: "sync" | "recover" | "show"; readonly stamp: number }
  | { readonly does: "boot" | "damage"; readonly stamp?: never };

/**
 * Decides the guarantee by its definition. A stamp that the node shows must be at least each stamp that it synced or
 * recovered in an earlier boot since the last damage, and each stamp that it recovered in this boot.
 */
function isRetained(steps: readonly Step[]): boolean {
  return steps.every((step, at) => {
    if (step.does !== "show") return true;
    const before = steps.slice(0, at);
    const boot = before.findLastIndex(({ does }) => does === "boot");
    const damage = before.findLastIndex(({ does }) => does === "damage");
    return steps.every((other, i) => {
      const isOwed =
        ((other.does === "sync" || other.does === "recover") && i > damage && i < boot) ||
        (other.does === "recover" && bootOf(steps, i) === boot);
      return !isOwed || step.stamp >= (other.stamp ?? 0);
    });
  });
}

const bootOf = (steps: readonly Step[], at: number): number =>
  steps.slice(0, at).findLastIndex(({ does }) => does === "boot");

function scenarioOf(steps: readonly Step[]): Scenario {
  const scenario = new Scenario();
  scenario.write("v0", 0, 1);
  let boot = 0;
  steps.forEach((step, i) => {
    const atMs = 10 * (i + 1);
    if (step.does === "boot") scenario.boot("n1", atMs, ++boot);
    // A damaged disk is that of a dead node: the next step is its boot.
    else if (step.does === "damage") scenario.fault(i, "disk", ["n1"], atMs, atMs + 15);
    else {
      const version = String(step.stamp).padStart(4, "0");
      if (step.does === "sync") scenario.sync("n1", atMs, k0(version), boot);
      else if (step.does === "recover") scenario.recovered("n1", atMs, k0(version), boot);
      else scenario.frame("sent", "n1", "n2", atMs, told(version), boot);
    }
  });
  return scenario;
}

test("retained says what its definition says, over random lives of a node", () => {
  const random = chance(17);
  const verdicts = { valid: 0, invalid: 0, "not-applicable": 0, unknown: 0 };
  for (let i = 0; i < sampleSize(4000); i++) {
    const steps: Step[] = [{ does: "boot" }];
    for (let boot = 0; boot < 3; boot++) {
      for (let reads = random.int(2); reads > 0; reads--)
        steps.push({ does: "recover", stamp: random.int(5) });
      for (let acts = random.int(4); acts > 0; acts--)
        steps.push({ does: random.pick(["sync", "show"] as const), stamp: random.int(5) });
      if (random.int(3) === 0) steps.push({ does: "damage" });
      steps.push({ does: "boot" });
    }
    steps.push({ does: "show", stamp: random.int(5) });
    const { verdict } = scenarioOf(steps).check("retained");
    verdicts[verdict]++;
    expect(verdict === "invalid", JSON.stringify(steps)).toBe(!isRetained(steps));
  }
  expect(verdicts.valid).toBeGreaterThan(sampleSize(50));
  expect(verdicts.invalid).toBeGreaterThan(sampleSize(50));
});
