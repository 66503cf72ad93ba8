import { describe, expect, test } from "vitest";
import { of, Scenario } from "../support.ts";
import type { DurableRecord, StoreCause, VersionedValue } from "../../../checkers/index.ts";

type Held = readonly [versions: readonly VersionedValue[], context?: DurableRecord["context"]];

/** v1 and then v2 are written to k0. n1, n2 and n3 are restarted, and in the end hold the states `held`. */
const differing = (versions: "stamps" | "siblings", held: readonly Held[]): Scenario => {
  const scenario = new Scenario({
    versions,
    ...(versions === "siblings" ? { stamps: "none" } : {}),
  });
  const named = (stamp: string, dot: string): { version: string } => ({
    version: versions === "stamps" ? stamp : dot,
  });
  scenario.write("v1", 0, 1, named("0001", "a:1"));
  scenario.write("v2", 2, 3, named("0002", "b:1"));
  scenario.phase("final-phase", 90).phase("restarted", 100);
  for (const node of ["n1", "n2", "n3"])
    scenario.frame("sent", node, "x", 101, { frame: "other", detail: "x" }, 2);
  held.forEach(([state, context], i) =>
    scenario.inspect("final", 1200, `n${i + 1}`, state, context),
  );
  return scenario;
};
const sent = (
  scenario: Scenario,
  to: string,
  from: string,
  atMs: number,
  cause: StoreCause,
  versions: readonly string[],
  boot = 2,
): Scenario =>
  scenario.frame(
    "received",
    to,
    from,
    atMs,
    { frame: "replica-write", request: atMs, cause, key: "k0", versions },
    boot,
  );
const because = (scenario: Scenario): unknown =>
  scenario.check("converged").anomalies.map((anomaly) => anomaly.because);

describe("a replica that lacks what others hold", () => {
  const two: readonly Held[] = [[[of("v2")]], [[of("v1")]], [[]]];

  test("was sent it in vain, or was not sent it", () => {
    const scenario = differing("stamps", two);
    sent(scenario, "n2", "n1", 300, "anti-entropy", ["0002"]);
    sent(scenario, "n2", "n3", 500, "read-repair", ["0002"]);
    sent(scenario, "n2", "n3", 700, "handoff", ["0001"]);
    expect(because(scenario)).toEqual([
      [
        "n3 last sent n2 v2 (write 1) at 500.0 ms, by read-repair, and n2 still lacks that version, although the stamp of that version, 0002, is above 0001, the stamp of v1",
        "n3 did not receive v2 (write 1) after the last restart",
      ],
    ]);
  });

  test("before its last start, or after all was over, does not count; where evidence is lost nothing is said", () => {
    const scenario = differing("stamps", two);
    sent(scenario, "n3", "n1", 50, "anti-entropy", ["0002"], 1);
    sent(scenario, "n3", "n1", 1300, "anti-entropy", ["0002"]);
    expect(because(scenario)).toEqual([
      ["n2 and n3 did not receive v2 (write 1) after the last restart"],
    ]);
    const lost = differing("stamps", two).gap("n2", 2);
    lost.frame("sent", "n2", "x", 800, { frame: "other", detail: "x" }, 2);
    expect(because(lost)).toEqual([["n3 did not receive v2 (write 1) after the last restart"]]);
  });

  test("of siblings each that its context does not know", () => {
    const scenario = differing("siblings", [
      [[of("v1", "a:1"), of("v2", "b:1")], { a: 1, b: 1 }],
      [[of("v2", "b:1")], { a: 1, b: 1 }],
      [[], {}],
    ]);
    sent(scenario, "n3", "n1", 400, "anti-entropy", ["a:1", "b:1"]);
    expect(because(scenario)).toEqual([
      [
        "n1 last sent n3 v1 (write 0) at 400.0 ms, by anti-entropy, and n3 still lacks that version",
        "n1 last sent n3 v2 (write 1) at 400.0 ms, by anti-entropy, and n3 still lacks that version",
      ],
    ]);
  });
});
