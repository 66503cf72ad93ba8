import { describe, expect, test } from "vitest";
import { of, Scenario } from "./support.ts";
import type { FrameSummary } from "../../checkers/index.ts";

/** Replicas that differ, or are equal too late, with evidence of each node. */
function differing(): Scenario {
  const scenario = new Scenario({ nodes: ["n1", "n2", "n3", "n4"] });
  scenario.write("v1", 0, 1);
  scenario.phase("ending", 90).phase("restarted", 100);
  for (const node of ["n1", "n2", "n3", "n4"]) scenario.frame("sent", node, node, 1, { frame: "other", detail: "alive" });
  for (const [node, held] of [["n1", [of("v1")]], ["n2", []], ["n3", [of("v1")]]] as const) scenario.inspect("final", 1200, node, held);
  return scenario;
}
const repair = (versions: readonly string[] = ["0001"], more: object = {}): FrameSummary => ({ frame: "replica-write", request: 1, cause: "anti-entropy", key: "k0", versions, ...more });
const because = (scenario: Scenario): readonly string[] | undefined => scenario.check("converged").anomalies[0]?.because;

// A witness of replicas that stay apart told what they held, not whether any repair had been at work, nor where it had gone.
describe("what repair did for replicas that still differ", () => {
  test("nothing at all", () => {
    expect(because(differing())).toEqual(["no repair sent any of n1, n2, n3 anything of k0 after 100.0 ms"]);
  });

  test("who was sent something, by what, and who was not", () => {
    const scenario = differing();
    const read = scenario.read([of("v1")], 150, 160);
    scenario.frame("sent", "n1", "n3", 200, repair(["0001"], { trace: read, cause: "read-repair" })).frame("sent", "n3", "n1", 150, repair());
    expect(because(scenario)).toEqual(["no repair sent n2 anything of k0 after 100.0 ms", "n3 sent n1 v1 (write 0) at 150.0 ms, by anti-entropy", "n1 sent n3 v1 (write 0) at 200.0 ms, by read-repair of read 1"]);
  });

  test("only from the restart to the final inspection, of this key", () => {
    const scenario = differing().frame("sent", "n1", "n2", 99, repair()).frame("sent", "n1", "n2", 1201, repair()).frame("sent", "n1", "n2", 300, repair(["0001"], { key: "k1" }));
    expect(because(scenario)).toEqual(["no repair sent any of n1, n2, n3 anything of k0 after 100.0 ms"]);
    expect(because(differing().frame("sent", "n1", "n2", 100, repair()).frame("sent", "n1", "n1", 1200, repair()))).toEqual([
      "no repair sent n3 anything of k0 after 100.0 ms", "n1 sent n2 v1 (write 0) at 100.0 ms, by anti-entropy", "n1 sent itself v1 (write 0) at 1200.0 ms, by anti-entropy",
    ]);
  });

  test("a node that does not replicate the key is no replica", () => {
    expect(because(differing().frame("sent", "n1", "n4", 300, repair()))).toEqual(["no repair sent any of n1, n2, n3 anything of k0 after 100.0 ms", "n1 sent n4, which is no replica of k0, v1 (write 0) at 300.0 ms, by anti-entropy"]);
  });

  test("the same on the same way is said once and counted, and after some ways the others are counted too", () => {
    const scenario = differing();
    for (const atMs of [300, 400, 500]) scenario.frame("sent", "n1", "n2", atMs, repair());
    for (const atMs of [310, 410]) scenario.frame("sent", "n2", "n1", atMs, repair());
    expect(because(scenario)?.slice(1)).toEqual(["n1 sent n2 v1 (write 0) at 300.0 ms, by anti-entropy, and 2 more times", "n2 sent n1 v1 (write 0) at 310.0 ms, by anti-entropy, and 1 more time"]);
    for (let i = 2; i < 9; i++) scenario.frame("sent", "n1", "n3", 600 + i, repair([`000${i}`])).frame("sent", "n1", "n3", 700 + i, repair([`000${i}`]));
    expect(because(scenario)).toHaveLength(7);
    expect(because(scenario)?.at(-1)).toBe("6 more repairs of k0 are not shown");
  });

  test("where evidence may be lost it is not said that nothing was sent", () => {
    expect(because(differing().gap("n2").frame("sent", "n2", "n2", 300, { frame: "other", detail: "alive" }))).toEqual([]);
  });
});
