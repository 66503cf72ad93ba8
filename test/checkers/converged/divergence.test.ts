import { expect, test } from "vitest";
import { divergencesOf } from "../../../checkers/converged/divergence.ts";
import { modelOf } from "../../../checkers/model/model.ts";
import { type RunOverrides, Scenario } from "../support.ts";
import type { StoreCause } from "../../../checkers/index.ts";

const store = (cause: StoreCause, versions: readonly string[], key = "k0") =>
  ({ frame: "replica-write", request: 1, cause, key, versions }) as const;
const divergences = (scenario: Scenario, key = "k0") =>
  divergencesOf(modelOf(scenario.events()), key);

/** The write makes v1 durable on n1 at 2 ms and on n2 at 3 ms. */
function written(overrides: RunOverrides = {}): Scenario {
  const scenario = new Scenario(overrides);
  scenario.write("v1", 0, 10);
  return scenario
    .frame("received", "n1", "n1", 1, store("write", ["0001"]))
    .sync("n1", 2, { key: "k0", versions: ["0001"] })
    .frame("received", "n2", "n1", 1, store("write", ["0001"]))
    .sync("n2", 3, { key: "k0", versions: ["0001"] });
}

test("a replica that the write did not reach was behind from the first sync elsewhere to its own", () => {
  const healed = written()
    .frame("received", "n3", "n1", 19, store("anti-entropy", ["0001"]))
    .sync("n3", 20, { key: "k0", versions: ["0001"] });
  expect(divergences(healed)).toEqual([
    { node: "n3", version: "0001", mechanism: "anti-entropy", behindUs: 18_000, atUs: 20_000 },
  ]);
  expect(divergences(written())).toEqual([]);
  expect(divergences(healed, "k9")).toEqual([]);
  const elsewhere = written({ preference: {} }).sync("n3", 20, { key: "k0", versions: ["0001"] });
  expect(divergences(elsewhere)).toEqual([]);
});

test("several, in the order of their ends", () => {
  const scenario = written();
  scenario.write("v2", 4, 12);
  scenario
    .frame("received", "n3", "n1", 5, store("handoff", ["0002"]))
    .sync("n3", 6, { key: "k0", versions: ["0002"] });
  scenario
    .frame("received", "n2", "n1", 30, store("read-repair", ["0002"]))
    .sync("n2", 31, { key: "k0", versions: ["0002"] });
  expect(
    divergences(scenario).map(
      ({ node, version, mechanism, behindUs }) => `${node} ${version} ${mechanism} ${behindUs}`,
    ),
  ).toEqual(["n3 0001 handoff 4000", "n3 0002 handoff 0", "n2 0002 read-repair 25000"]);
});

test("what brought it is the last request of that boot before the sync that carried it", () => {
  const brought = (
    ...requests: readonly (readonly [
      atMs: number,
      cause: StoreCause,
      versions: readonly string[],
      boot?: number,
    ])[]
  ) => {
    const scenario = written();
    for (const [atMs, cause, versions, boot] of requests)
      scenario.frame("received", "n3", "n1", atMs, store(cause, versions), boot);
    scenario.sync("n3", 20, { key: "k0", versions: ["0001"] }, 2);
    return divergences(scenario).map(({ mechanism }) => mechanism);
  };
  expect(brought([18, "handoff", ["0001"], 2], [19, "anti-entropy", ["0001"], 2])).toEqual([
    "anti-entropy",
  ]);
  expect(brought([18, "handoff", ["0001"], 2], [19, "anti-entropy", ["0000"], 2])).toEqual([
    "handoff",
  ]);
  // The anti-entropy frame has an older and a newer version than the synced one, and counts by the newer.
  expect(brought([18, "handoff", ["0001"], 2], [19, "anti-entropy", ["0000", "0007"], 2])).toEqual([
    "anti-entropy",
  ]);
  expect(brought([18, "handoff", ["0001"], 1])).toEqual(["unknown"]);
  expect(brought()).toEqual(["unknown"]);
});

test("among siblings a request carries it by name, or by what the sync made durable", () => {
  const brought = (versions: readonly string[], record: readonly string[]) => {
    const scenario = new Scenario({ versions: "siblings" });
    scenario.write("v1", 0, 10, { version: "a:1" });
    scenario
      .frame("received", "n1", "n1", 1, store("write", ["a:1"]))
      .sync("n1", 2, { key: "k0", versions: ["a:1"] });
    scenario
      .frame("received", "n3", "n1", 19, store("handoff", versions))
      .sync("n3", 20, { key: "k0", versions: record, context: { a: 1 } });
    return divergences(scenario).map(({ mechanism }) => mechanism);
  };
  expect(brought(["a:1"], ["a:1"])).toEqual(["handoff"]);
  expect(brought(["b:1"], ["b:1"])).toEqual(["handoff"]);
  expect(brought(["z:9"], ["b:1"])).toEqual(["unknown"]);
});

test("of several records of one sync, that of the key", () => {
  const scenario = new Scenario({ versions: "siblings" });
  scenario.write("v1", 0, 10, { version: "a:1" });
  scenario
    .frame("received", "n1", "n1", 1, store("write", ["a:1"]))
    .sync("n1", 2, { key: "k0", versions: ["a:1"] });
  scenario
    .frame("received", "n3", "n1", 18, store("anti-entropy", ["b:1"]))
    .frame("received", "n3", "n1", 19, store("handoff", ["c:1"]));
  const events = scenario
    .sync("n3", 20, { key: "k0", versions: ["b:1"], context: { a: 1 } })
    .events()
    .map((event) =>
      event.e === "sync" && event.node === "n3"
        ? { ...event, records: [...event.records, { key: "k1", versions: ["c:1"] }] }
        : event,
    );
  expect(divergencesOf(modelOf(events), "k0").map(({ mechanism }) => mechanism)).toEqual([
    "anti-entropy",
  ]);
});
