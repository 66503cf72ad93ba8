import { describe, expect, test } from "vitest";
import type { HistoryEvent, InspectEvent, RingEvent } from "../../../checkers/index.ts";
import { modelOf } from "../../../checkers/model/model.ts";
import { judgeBy, of, Scenario } from "../support.ts";

const nodes = ["n1", "n2", "n3", "n4"];
const on = (...replicas: readonly string[]): RingEvent["reads"] => ({
  n: 3,
  r: 2,
  w: 2,
  preference: { k0: replicas },
});
const before = on("n1", "n2", "n3");
const after = on("n2", "n3", "n4");

/**
 * The event of a node that uses version `version` of the ring from `atMs` on. In these tests n4 joins and takes n1's
 * place for k0.
 */
const ring = (node: string, version: number, atMs: number): RingEvent =>
  ({
    e: "ring",
    atUs: atMs * 1000,
    node,
    version,
    members: nodes,
    ...[
      { reads: before, writes: [before, after], under: "add n4, step writes" },
      { reads: after, writes: [before, after], under: "add n4, step reads" },
      { reads: after, writes: [after], under: "add n4, step drop" },
      { reads: after, writes: [after] },
    ][version - 1],
  }) as RingEvent;

const everyNode = (version: number, atMs: number): readonly RingEvent[] =>
  nodes.map((node) => ring(node, version, atMs));

/** A history in which n4 is a newcomer and not a member at first. */
const joining = (): Scenario => new Scenario({ nodes, newcomers: ["n4"] });

/** The events of the scenario and `more`, in the order of their times. */
function withEvents(scenario: Scenario, more: readonly HistoryEvent[]): HistoryEvent[] {
  const [run, ...rest] = scenario.events();
  const atUs = (event: HistoryEvent): number => ("atUs" in event ? event.atUs : -1);
  return [run as HistoryEvent, ...[...rest, ...more].sort((a, b) => atUs(a) - atUs(b))];
}

const verdictOf = (
  guarantee: "acknowledged" | "handed-over" | "ring-agreed" | "converged" | "durable",
  events: readonly HistoryEvent[],
): string => judgeBy(guarantee, modelOf(events)).verdict;

/** A write of v1 from 10 to 20 ms, coordinated by n1. The nodes `confirmed` sync it and then confirm it. */
function written(scenario: Scenario, confirmed: readonly string[]): Scenario {
  const op = scenario.write("v1", 10, 21);
  const record = { key: "k0", versions: ["0001"] };
  confirmed.forEach((node, index) => {
    const request = index + 1;
    const write = {
      frame: "replica-write",
      trace: op,
      request,
      cause: "write",
      ...record,
    } as const;
    const ok = { frame: "replica-write-ok", trace: op, request, key: "k0" } as const;
    scenario.frame("sent", "n1", node, 11, write);
    scenario.frame("received", node, "n1", 12, write);
    scenario.sync(node, 13, record);
    scenario.frame("sent", node, "n1", 14, ok);
    scenario.frame("received", "n1", node, 15, ok);
  });
  scenario.frame("sent", "n1", "c", 20, { frame: "client-write-ok", trace: op, ...record });
  return scenario;
}

describe("acknowledged while membership changes", () => {
  test("a write needs its quorum of the old and of the new owners", () => {
    const both = written(joining(), ["n1", "n2", "n3"]);
    expect(verdictOf("acknowledged", withEvents(both, everyNode(1, 5)))).toBe("valid");
    const oldOnly = written(joining(), ["n1", "n2"]);
    expect(verdictOf("acknowledged", withEvents(oldOnly, everyNode(1, 5)))).toBe("invalid");
    const newOnly = written(joining(), ["n2", "n4"]);
    expect(verdictOf("acknowledged", withEvents(newOnly, everyNode(2, 5)))).toBe("invalid");
  });

  test("a quorum of the old owners is enough before, one of the new after", () => {
    expect(verdictOf("acknowledged", written(joining(), ["n1", "n2"]).events())).toBe("valid");
    const newOnly = written(joining(), ["n2", "n4"]);
    expect(verdictOf("acknowledged", withEvents(newOnly, everyNode(4, 5)))).toBe("valid");
    const oldOnly = written(joining(), ["n1", "n2"]);
    expect(verdictOf("acknowledged", withEvents(oldOnly, everyNode(4, 5)))).toBe("invalid");
  });

  test("a coordinator that goes over while it writes may end by the ring that it began with", () => {
    const scenario = written(joining(), ["n1", "n2"]);
    expect(verdictOf("acknowledged", withEvents(scenario, [ring("n1", 1, 12)]))).toBe("valid");
    expect(verdictOf("acknowledged", withEvents(scenario, [ring("n1", 1, 9)]))).toBe("invalid");
    // The coordinator is n1, so it does not matter which ring n2 uses.
    expect(verdictOf("acknowledged", withEvents(scenario, [ring("n2", 1, 9)]))).toBe("valid");
  });
});

/** The events of a fault in which the disk of `node` loses synced data, from 5 to 8 ms. */
const losing = (node: string): readonly HistoryEvent[] =>
  (["inject", "injected", "heal", "healed"] as const).map((phase, index) => ({
    e: "fault",
    atUs: 5000 + 1000 * index,
    phase,
    fault: 0,
    kind: "disk",
    nodes: [node],
    effects: ["node-down", "synced-data-lost"],
  }));

describe("a node whose disk forgot the newest version of the ring", () => {
  test("may coordinate by the one before, until it takes the next", () => {
    const scenario = written(joining(), ["n1", "n2"]);
    const forgot = [ring("n1", 1, 4), ...losing("n1")];
    expect(verdictOf("acknowledged", withEvents(scenario, forgot))).toBe("valid");
    expect(verdictOf("acknowledged", withEvents(scenario, [ring("n1", 1, 4)]))).toBe("invalid");
    const again = [...forgot, ring("n1", 1, 9)];
    expect(verdictOf("acknowledged", withEvents(scenario, again))).toBe("invalid");
  });
});

describe("handed-over", () => {
  const dropped = (
    syncs: readonly (readonly [node: string, atMs: number, version: string])[],
  ): string => {
    const scenario = joining();
    scenario.write("v1", 10, 20);
    scenario.sync("n1", 15, { key: "k0", versions: ["0001"] });
    for (const [node, atMs, version] of syncs)
      scenario.sync(node, atMs, { key: "k0", versions: [version] });
    scenario.sync("n1", 50, { key: "k0", versions: [], dropped: true });
    return verdictOf("handed-over", withEvents(scenario, everyNode(3, 30)));
  };

  test("holds where every owner had what the node held, or what is newer, before it dropped it", () => {
    expect(
      dropped([
        ["n2", 16, "0001"],
        ["n3", 17, "0001"],
        ["n4", 40, "0001"],
      ]),
    ).toBe("valid");
    expect(
      dropped([
        ["n2", 16, "0001"],
        ["n3", 17, "0001"],
        ["n4", 40, "0002"],
      ]),
    ).toBe("valid");
  });

  test("is broken where an owner lacks it, has something older, or has it only later", () => {
    expect(
      dropped([
        ["n2", 16, "0001"],
        ["n3", 17, "0001"],
        ["n4", 60, "0001"],
      ]),
    ).toBe("invalid");
    expect(
      dropped([
        ["n2", 16, "0001"],
        ["n3", 17, "0000"],
        ["n4", 40, "0001"],
      ]),
    ).toBe("invalid");
  });

  test("is not applicable where nothing was dropped", () => {
    expect(verdictOf("handed-over", joining().events())).toBe("not-applicable");
  });

  /**
   * Returns the verdict where n1 syncs v1 at 15 ms, all nodes learn of the change at 20 ms, and reads can ask n4 from
   * 40 ms on.
   */
  const moved = (
    syncs: readonly (readonly [node: string, atMs: number, version: string])[],
    more: readonly HistoryEvent[] = [],
  ): string => {
    const scenario = joining();
    scenario.write("v1", 10, 20);
    scenario.sync("n1", 15, { key: "k0", versions: ["0001"] });
    for (const [node, atMs, version] of syncs)
      scenario.sync(node, atMs, { key: "k0", versions: [version] });
    for (const node of nodes) scenario.sync(node, 20, { key: "", versions: [], ring: {} });
    const rings = [...everyNode(1, 20), ...everyNode(2, 40), ...everyNode(4, 70)];
    return verdictOf("handed-over", withEvents(scenario, [...rings, ...more]));
  };

  test("holds where a new owner had what each earlier owner had before reads could ask it", () => {
    expect(moved([["n4", 39, "0001"]])).toBe("valid");
    expect(moved([["n4", 39, "0002"]])).toBe("valid");
  });

  test("is broken where a new owner lacks it, has something older, or has it only later", () => {
    expect(moved([])).toBe("invalid");
    expect(moved([["n4", 39, "0000"]])).toBe("invalid");
    expect(moved([["n4", 41, "0001"]])).toBe("invalid");
  });

  test("demands nothing that an earlier owner got after it had learned of the change", () => {
    expect(
      moved([
        ["n4", 39, "0001"],
        ["n2", 25, "0002"],
      ]),
    ).toBe("valid");
    expect(
      moved([
        ["n4", 39, "0001"],
        ["n2", 19, "0002"],
      ]),
    ).toBe("invalid");
  });

  test("demands nothing of a node whose disk lost data", () => {
    expect(moved([], losing("n1"))).toBe("not-applicable");
  });
});

describe("ring-agreed", () => {
  const final = (
    node: string,
    version: number,
    keys: readonly string[],
    leftovers?: number,
  ): InspectEvent => ({
    e: "inspect",
    atUs: 100_000,
    node,
    when: "final",
    state: Object.fromEntries(keys.map((key) => [key, { versions: [of("v1")] }])),
    ring: version,
    ...(leftovers === undefined ? {} : { leftovers }),
  });
  const ended = (finals: readonly InspectEvent[], version = 4): string =>
    verdictOf("ring-agreed", withEvents(joining(), [...everyNode(version, 30), ...finals]));
  const owners = ["n2", "n3", "n4"].map((node) => final(node, 4, ["k0"]));

  test("holds where all go by the last version and each key is on its owners alone", () => {
    expect(ended([final("n1", 4, []), ...owners])).toBe("valid");
    expect(ended([final("n1", 4, ["k0"], 1), ...owners])).toBe("valid");
  });

  test("is broken by an outdated ring, a leftover key, an incomplete change", () => {
    expect(ended([final("n1", 3, []), ...owners])).toBe("invalid");
    expect(ended([final("n1", 4, ["k0"]), ...owners])).toBe("invalid");
    expect(
      ended(
        nodes.map((node) => final(node, 2, ["k0"])),
        2,
      ),
    ).toBe("invalid");
  });

  test("does not apply where every disk that held the last version lost data", () => {
    const alone = (more: readonly HistoryEvent[]): string =>
      verdictOf(
        "ring-agreed",
        withEvents(joining(), [
          ring("n1", 3, 1),
          ring("n1", 4, 3),
          ...more,
          ring("n1", 3, 30),
          final("n1", 3, []),
        ]),
      );
    expect(alone([])).toBe("invalid");
    expect(alone(losing("n1"))).toBe("not-applicable");
  });

  test("is unknown where a member was not inspected, and not applicable where nothing changed", () => {
    expect(ended(owners)).toBe("unknown");
    expect(
      verdictOf(
        "ring-agreed",
        joining()
          .finalPhase(50, [of("v1")])
          .events(),
      ),
    ).toBe("not-applicable");
  });
});

describe("the replicas of the end", () => {
  test("are the owners of the last ring: a former owner need not hold anything", () => {
    const scenario = joining();
    scenario.write("v1", 10, 20);
    scenario.phase("restarted", 40);
    for (const node of ["n2", "n3", "n4"]) scenario.inspect("final", 90, node, [of("v1")]);
    scenario.inspect("final", 90, "n1", []);
    expect(verdictOf("converged", withEvents(scenario, everyNode(4, 30)))).toBe("valid");
    expect(verdictOf("durable", withEvents(scenario, everyNode(4, 30)))).toBe("valid");
    // Without a change of the ring, n1 would have to hold v1, but the history ended before the repair bound.
    expect(verdictOf("converged", scenario.events())).toBe("unknown");
  });
});
