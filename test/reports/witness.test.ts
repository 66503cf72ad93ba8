import { describe, expect, test } from "vitest";
import type { HistoryEvent } from "../../checkers/index.ts";
import { renderHtml } from "../../reports/index.ts";
import { divergences, heldByKey, valuesOfVersions } from "../../reports/trace/replicas.ts";
import { buildTrace } from "../../reports/trace/trace.ts";
import { witnessOf } from "../../reports/trace/witness.ts";
import { campaign, exhibit, large, small } from "./support.ts";

const at = (node: string, seq: number, atUs: number) => ({ node, boot: 1, seq, atUs });
const sync = (node: string, atUs: number, version: string): HistoryEvent => ({
  e: "sync",
  ...at(node, atUs, atUs),
  records: [{ key: "k", versions: [version] }],
  hash: "",
});

/** n1 and n2 get version 1, and a read repair brings it to n3. Then n1 gets version 2, which stays on n1. */
const events: readonly HistoryEvent[] = [
  sync("n1", 100, "1"),
  sync("n2", 130, "1"),
  {
    e: "received",
    ...at("n3", 1, 890),
    peer: "n1",
    frame: "replica-write",
    request: 4,
    cause: "read-repair",
    key: "k",
    versions: ["1"],
  },
  sync("n3", 900, "1"),
  sync("n3", 950, "1"),
  sync("n1", 2_000, "2"),
];

describe("what replicas hold", () => {
  const replicas = heldByKey(events, 100).get("k") ?? new Map();

  test("changes with the syncs of their logs, and knows what brought it", () => {
    expect(replicas.get("n1")).toEqual([
      { fromUs: 0, versions: ["1"] },
      { fromUs: 1_900, versions: ["2"] },
    ]);
    expect(replicas.get("n3")).toEqual([{ fromUs: 800, versions: ["1"], cause: "read-repair" }]);
  });

  test("diverges from the first change to the last replica's, whose cause ended it", () => {
    expect(divergences(replicas)).toEqual([
      { fromUs: 0, toUs: 800, last: { node: "n3", cause: "read-repair" } },
      { fromUs: 1_900 },
    ]);
  });

  test("ends when the replica drops a tombstone, and the record of the drop brings nothing back", () => {
    const explain = (node: string, atUs: number, what: string): HistoryEvent => ({
      e: "explain",
      ...at(node, atUs, atUs),
      what,
      key: "k",
    });
    const held = heldByKey(
      [
        sync("n1", 100, "1"),
        sync("n2", 110, "1"),
        explain("n1", 500, "tombstone dropped"),
        sync("n1", 510, "1"),
        sync("n1", 900, "1"),
      ],
      0,
    ).get("k");
    expect(held?.get("n1")).toEqual([
      { fromUs: 100, versions: ["1"] },
      { fromUs: 500, versions: [], gone: "tombstone dropped" },
      { fromUs: 900, versions: ["1"] },
    ]);
    expect(divergences(held ?? new Map())).toEqual([
      { fromUs: 100, toUs: 110, last: { node: "n2" } },
    ]);
  });

  const boot = (number: number, atUs: number, recovered: readonly string[]): HistoryEvent[] => [
    { e: "boot", node: "n1", boot: number, seq: 0, atUs, phase: "start" },
    ...recovered.map((version, index): HistoryEvent => ({
      e: "sync",
      node: "n1",
      boot: number,
      seq: index + 1,
      atUs: atUs + 10,
      records: [{ key: "k", versions: [version] }],
      hash: "",
      recovered: true,
    })),
    { e: "explain", node: "n1", boot: number, seq: 9, atUs: atUs + 20, what: "ready" },
  ];
  const heldAfter = (recovered: readonly string[]) =>
    heldByKey([...boot(1, 0, []), sync("n1", 100, "2"), ...boot(2, 500, recovered)], 0)
      .get("k")
      ?.get("n1");

  test("stays if a restart reads older segments of the log before the newest one", () => {
    expect(heldAfter(["1", "2"])).toEqual([{ fromUs: 100, versions: ["2"] }]);
  });

  test("ends at a restart that does not find the key in the log", () => {
    expect(heldAfter([])).toEqual([
      { fromUs: 100, versions: ["2"] },
      { fromUs: 520, versions: [], gone: "not found at the restart" },
    ]);
  });

  test("is what an inspection shows, unless the inspection may be older than the last sync", () => {
    const inspect = (atUs: number, version: string): HistoryEvent => ({
      e: "inspect",
      atUs,
      node: "n1",
      when: "final",
      state: { k: { versions: [{ version, value: version }] } },
    });
    const seen = (atUs: number) =>
      heldByKey([sync("n1", 100, "1"), sync("n1", 200, "2"), inspect(atUs, "1")], 0)
        .get("k")
        ?.get("n1")
        ?.slice(2);
    expect(seen(900_000)).toEqual([]);
    expect(seen(2_000_000)).toEqual([{ fromUs: 2_000_000, versions: ["1"], inspected: true }]);
    const answer: HistoryEvent = {
      e: "sent",
      ...at("n1", 300, 300),
      peer: "inspector",
      frame: "other",
      detail: "inspected",
    };
    expect(
      heldByKey([sync("n1", 100, "1"), sync("n1", 200, "2"), answer, inspect(400, "1")], 0)
        .get("k")
        ?.get("n1")
        ?.at(-1),
    ).toEqual({ fromUs: 400, versions: ["1"], inspected: true });
  });

  test("is named by what clients wrote, acknowledged or not", () => {
    const values = valuesOfVersions([
      {
        e: "invoke",
        atUs: 1,
        op: 1,
        client: "c1",
        process: 0,
        node: "n1",
        f: "write",
        key: "k",
        value: "a",
      },
      { e: "ok", atUs: 2, op: 1, versions: [{ version: "1", value: "a" }] },
      { e: "invoke", atUs: 3, op: 2, client: "c1", process: 0, node: "n1", f: "delete", key: "k" },
      {
        e: "sent",
        ...at("n1", 1, 4),
        peer: "n2",
        frame: "replica-write",
        request: 1,
        cause: "write",
        trace: 2,
        key: "k",
        versions: ["2"],
      },
    ]);
    expect([...values]).toEqual([
      ["1", "a"],
      ["2", "(deleted)"],
    ]);
  });
});

describe("the witness of an anomaly", () => {
  const shown = exhibit(large);
  const [found] = shown.verdict.guarantees["regular-stamped"]?.anomalies ?? [];
  if (found === undefined) throw new Error("the made-up history has lost its stale read");
  const { trace, originUs } = buildTrace(shown);
  const witness = witnessOf(shown, trace, heldByKey(shown.events, originUs), found, originUs);

  test("holds its operations, their messages, the key's replicas, and no more time than it needs", () => {
    expect(
      found.operations.every((op) =>
        witness?.trace.operations.some((operation) => operation.op === op),
      ),
    ).toBe(true);
    expect([...(witness?.replicas.keys() ?? [])]).toHaveLength(3);
    const first = Math.min(
      ...shown.events.flatMap((event) =>
        event.e === "invoke" && found.operations.includes(event.op) ? [event.atUs] : [],
      ),
    );
    expect(witness?.originUs).toBeGreaterThan(
      first - originUs - 0.05 * (witness?.trace.endUs ?? 0) - 51,
    );
    expect(
      witness?.trace.messages.every(({ sentUs }) => sentUs <= (witness?.trace.endUs ?? 0)),
    ).toBe(true);
  });

  test("is drawn beside the sentence: an arrow a message, a tag a change of state, nothing outside of the picture", () => {
    const html = renderHtml(campaign("invalid"), [shown]);
    const drawing = html.slice(
      html.indexOf('<svg class="space-time wide"'),
      html.indexOf("</svg>", html.indexOf('<svg class="space-time wide"')),
    );
    expect(drawing.match(/<g class="message /g)?.length).toBeGreaterThan(5);
    expect(drawing).toContain('class="message request"');
    expect(drawing).toContain('class="message reply"');
    expect(drawing).toContain('class="state"');
    for (const [, x] of drawing.matchAll(/ x="(-?[\d.]+)"/g))
      expect(Number(x)).toBeGreaterThanOrEqual(0);
    for (const [, x] of drawing.matchAll(/ x="(-?[\d.]+)"/g))
      expect(Number(x)).toBeLessThanOrEqual(1_100);
    expect(drawing).not.toMatch(/NaN|undefined|Infinity/);
    expect(html).toContain("What each replica held of <bdi>");
  });

  test("shows inspections, and claims nothing of the time before, where nobody saw what nodes synced", () => {
    const state = (version: string, value: string) => ({ k0: { versions: [{ version, value }] } });
    const key = found.key ?? "k0";
    const seen = shown.events.flatMap((event): HistoryEvent[] => {
      if (event.e === "run")
        return [{ ...event, capabilities: { ...event.capabilities, evidence: false } }];
      return event.e === "sync" || event.e === "inspect" ? [] : [event];
    });
    const endUs = Math.max(...seen.map((event) => ("atUs" in event ? event.atUs : 0)));
    const inspect = (node: string, atUs: number, value: string): HistoryEvent => ({
      e: "inspect",
      atUs,
      node,
      when: "poll",
      state: { [key]: state(value, value).k0 },
    });
    const events = [...seen, inspect("n1", endUs + 1, "old"), inspect("n2", endUs + 1, "new")];
    const html = renderHtml(campaign("invalid"), [{ ...shown, events }]);
    expect(html).toContain(`What each replica held of <bdi>${key}</bdi> in the final phase`);
    expect(html).toMatch(/n1<\/th><td>old<.*n2<\/th><td>new</s);
    expect(html).not.toContain("holds nothing");
    const unseen = events.filter((event) => event.e !== "boot");
    expect(renderHtml(campaign("invalid"), [{ ...shown, events: unseen }])).not.toMatch(/boot 0/);
  });

  /** Two adds, then gossip, then a read through n2 that shows neither. The anomaly names only the read. */
  const missed = (gossip: number): HistoryEvent[] => {
    const [run, end] = [exhibit(small).events.at(0), exhibit(small).events.at(-1)] as [
      HistoryEvent,
      HistoryEvent,
    ];
    const asked = (op: number, node: string, atUs: number, f: string): HistoryEvent[] => [
      { e: "invoke", atUs, op, client: "c1", process: 0, node, f, key: "k0" },
      {
        e: "received",
        ...at(node, atUs, atUs + 1),
        peer: "c1",
        frame: "message",
        message: 2 * op,
        trace: op,
        body: { type: f },
      },
      {
        e: "sent",
        ...at(node, atUs + 1, atUs + 8),
        peer: "c1",
        frame: "message",
        message: 2 * op + 1,
        trace: op,
        body: { type: `${f}_ok`, in_reply_to: 1 },
      },
      { e: "ok", atUs: atUs + 9, op, result: 0 },
    ];
    const talk = Array.from({ length: gossip }, (_, index): HistoryEvent => ({
      e: "sent",
      ...at("n1", 100 + index, 100 + index),
      peer: "n2",
      frame: "message",
      message: 1_000 + index,
      body: { type: "gossip" },
    }));
    return [
      run,
      ...asked(0, "n1", 10, "add"),
      ...asked(1, "n1", 40, "add"),
      ...talk,
      ...asked(2, "n2", 9_000, "read"),
      { ...end, atUs: 10_000 } as HistoryEvent,
    ];
  };
  const messagesIn = (gossip: number): readonly number[] => {
    const made = { ...exhibit(small), events: missed(gossip) };
    const built = buildTrace(made);
    const anomaly = {
      guarantee: "counter-complete",
      explanation: "x",
      operations: [2],
      key: "k0",
    } as const;
    const { trace: drawn } = witnessOf(made, built.trace, new Map(), anomaly, built.originUs) ?? {};
    expect(drawn?.operations.map(({ op }) => op)).toEqual([0, 1, 2]);
    return [0, 1, 2].map((which) => drawn?.messages.filter(({ op }) => op === which).length ?? 0);
  };

  test("shows the writes that a read missed, with their messages", () => {
    expect(messagesIn(3)).toEqual([2, 2, 2]);
  });

  test.each([200, 6_000])("keeps the operations' messages among %i of the nodes' own", (gossip) => {
    expect(messagesIn(gossip)).toEqual([2, 2, 2]);
  });

  test("is left out where an anomaly names no operation that is there", () => {
    const bare = exhibit(small);
    const other = buildTrace(bare);
    expect(
      witnessOf(
        bare,
        other.trace,
        heldByKey(bare.events, other.originUs),
        { guarantee: "converged", explanation: "x", operations: [] },
        other.originUs,
      ),
    ).toBeUndefined();
  });
});
