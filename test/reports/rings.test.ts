/** Tests how reports show the owners of keys over time. */
import { describe, expect, test } from "vitest";
import type { HistoryEvent, Placement, RingEvent } from "../../checkers/index.ts";
import { keysSection } from "../../reports/sections/keys.ts";
import { ringNote, ringSection } from "../../reports/sections/ring.ts";
import { divergences, heldByKey } from "../../reports/trace/replicas.ts";
import { buildTrace } from "../../reports/trace/trace.ts";
import { stepsOf } from "../../reports/steps.ts";
import { exhibit, small } from "./support.ts";

const on = (...owners: readonly string[]): Placement => ({
  n: 2,
  r: 1,
  w: 2,
  preference: { k: owners },
});
const old = on("n1", "n2");
const next = on("n1", "n3");
const ring = (
  node: string,
  atUs: number,
  version: number,
  rest: Pick<RingEvent, "reads" | "writes" | "members" | "under">,
): RingEvent => ({ e: "ring", node, atUs, version, ...rest });
const both = ["n1", "n2", "n3"];
const sync = (node: string, atUs: number, versions: readonly string[]): HistoryEvent => ({
  e: "sync",
  node,
  boot: 1,
  seq: atUs,
  atUs,
  records: [versions.length === 0 ? { key: "k", versions, dropped: true } : { key: "k", versions }],
  hash: "",
});

/** The steps in which n3 takes the key from n2. n2 learns of each step 10 µs later. */
const steps = [
  { under: "replace n2 n3, step writes", reads: old, writes: [old, next], members: both },
  { under: "replace n2 n3, step reads", reads: next, writes: [old, next], members: both },
  { under: "replace n2 n3, step drop", reads: next, writes: [next], members: both },
  { reads: next, writes: [next], members: ["n1", "n3"] },
] as const;
const shown = exhibit(small);
const events: readonly HistoryEvent[] = [
  ...shown.events.flatMap((event): readonly HistoryEvent[] =>
    event.e === "run"
      ? [{ ...event, ...old, nodes: both, newcomers: ["n3"], preference: old.preference }]
      : [],
  ),
  {
    e: "fault",
    atUs: 90,
    phase: "inject",
    fault: 0,
    kind: "membership",
    nodes: ["n2"],
    detail: "replace n2 by n3 through n1",
  },
  { e: "fault", atUs: 91, phase: "injected", fault: 0, kind: "membership", nodes: ["n2"] },
  sync("n1", 20, ["1"]),
  sync("n2", 30, ["1"]),
  sync("n3", 250, ["1"]),
  sync("n2", 420, []),
  ...steps.flatMap((step, index) => [
    ring("n1", 100 * (index + 1), index + 1, step),
    ring("n2", 100 * (index + 1) + 10, index + 1, step),
  ]),
  { e: "phase", atUs: 900, phase: "healed" },
];
const { trace } = buildTrace({ ...shown, events });
const held = heldByKey(events, 0);

describe("the ring in a trace", () => {
  test("is each version from its first node on to the next one's", () => {
    expect(trace.rings).toMatchObject([
      { version: 0, members: ["n1", "n2"], toUs: 100 },
      { version: 1, under: "replace n2 n3, step writes", fromUs: 100, everyUs: 110, toUs: 200 },
      { version: 2, under: "replace n2 n3, step reads", fromUs: 200, toUs: 300 },
      { version: 3, under: "replace n2 n3, step drop", fromUs: 300, toUs: 400 },
      { version: 4, members: ["n1", "n3"], fromUs: 400, toUs: 900 },
    ]);
  });

  test("tells owners from nodes that only get writes, as long as each is one", () => {
    expect(trace.owners).toMatchObject([
      { node: "n1", role: "owner", toUs: 900 },
      { node: "n2", role: "owner", toUs: 200 },
      { node: "n2", role: "writes", fromUs: 200, toUs: 300 },
      { node: "n3", role: "writes", fromUs: 100, toUs: 200 },
      { node: "n3", role: "owner", fromUs: 200, toUs: 900 },
    ]);
  });

  test("is not there where membership never changed", () => {
    const { rings, owners } = buildTrace(shown).trace;
    expect({ rings, owners }).toEqual({});
  });
});

describe("what owners hold", () => {
  test("is shown of later owners too, and what was dropped is nothing", () => {
    expect([...(held.get("k")?.keys() ?? [])]).toEqual(["n1", "n2", "n3"]);
    expect(held.get("k")?.get("n2")).toMatchObject([{ versions: ["1"] }, { versions: [] }]);
  });

  test("differs between the owners of that time alone", () => {
    const replicas = held.get("k") ?? new Map();
    expect(divergences(replicas, trace.owners)).toEqual([
      { fromUs: 20, toUs: 30, last: { node: "n2" } },
      { fromUs: 200, toUs: 250, last: { node: "n3" } },
    ]);
  });
});

describe("the page", () => {
  test("says who was a member before, during and after", () => {
    expect(ringNote(trace)).toBe("1 change, 5 versions");
    const text = ringSection(trace)?.text ?? "";
    expect(text).toContain("before any change");
    expect(text).toContain("replace n2 n3, step reads");
    expect(text).toContain("<strong>+n3</strong>");
    expect(text).toContain("without n2");
  });

  test("says of each key who owned it when", () => {
    const text = keysSection(trace, held, new Map(), new Set())?.text ?? "";
    expect(text).toContain("Who owned <bdi>k</bdi> when");
    expect(text).toMatch(/2: replace n2 n3, step reads<\/td><td>n1, n3<\/td><td>n2/);
    expect(text).toContain("gets the key’s writes, but no reads");
  });

  test("names the change among the steps", () => {
    expect(stepsOf({ ...shown, events })[0]?.text).toBe(
      "membership n2, replace n2 by n3 through n1: begins",
    );
  });
});
