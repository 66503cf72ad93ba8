import { expect, test } from "vitest";
import { modelOf } from "../../../checkers/model/model.ts";
import { repairsOf } from "../../../checkers/messages/repairs.ts";
import { of, Scenario } from "../support.ts";

const sent = (
  scenario: Scenario,
  from: string,
  to: string,
  atMs: number,
  more: object = {},
): Scenario =>
  scenario.frame("sent", from, to, atMs, {
    frame: "replica-write",
    request: 1,
    cause: "anti-entropy",
    key: "k0",
    versions: ["0001"],
    ...more,
  });
const repairs = (scenario: Scenario): readonly string[] =>
  repairsOf(modelOf(scenario.events()), "k0", "0001", [100_000, 1_200_000]);
const begun = (): Scenario => {
  const scenario = new Scenario({ nodes: ["n1", "n2", "n3", "n4"] });
  scenario.write("v1", 0, 1);
  return scenario;
};

test("who sent the version to whom, by what, in the order of time", () => {
  const scenario = begun();
  const read = scenario.read([of("v1")], 150, 160);
  sent(scenario, "n1", "n3", 200, { trace: read, cause: "read-repair" });
  sent(scenario, "n3", "n1", 150, { versions: ["0001", "0002"] });
  sent(scenario, "n4", "n4", 180);
  expect(repairs(scenario)).toEqual([
    "n3 sent n1 v1 (write 0), the version 0002 (made for no operation) at 150.0 ms, by anti-entropy",
    "n4 sent itself v1 (write 0) at 180.0 ms, by anti-entropy",
    "n1 sent n3 v1 (write 0) at 200.0 ms, by read-repair of read 1",
  ]);
  expect(repairs(sent(begun(), "n1", "n4", 300))).toEqual([
    "n1 sent n4, which is no replica of k0, v1 (write 0) at 300.0 ms, by anti-entropy",
  ]);
});

test("the first to each, and nothing before, after, of another version or of another key", () => {
  const scenario = begun();
  for (const atMs of [99, 400, 300, 1201]) sent(scenario, "n1", "n2", atMs);
  sent(scenario, "n3", "n2", 350);
  sent(scenario, "n1", "n3", 300, { versions: ["0002"] });
  sent(scenario, "n1", "n3", 300, { key: "k1" });
  sent(scenario, "n1", "n3", 1200);
  expect(repairs(scenario)).toEqual([
    "n1 sent n2 v1 (write 0) at 300.0 ms, by anti-entropy",
    "n1 sent n3 v1 (write 0) at 1200.0 ms, by anti-entropy",
  ]);
});
