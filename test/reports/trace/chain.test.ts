import { describe, expect, test } from "vitest";
import type { Anomaly, FaultEvent, HistoryEvent } from "../../../checkers/index.ts";
import { viewOf } from "../../../reports/exhibit-view.ts";
import { nothingSmaller } from "../../../reports/index.ts";
import { causalChain } from "../../../reports/trace/chain.ts";
import { faultPart } from "../../../reports/trace/fault-part.ts";
import { campaign, exhibit, small } from "../support.ts";

const shown = exhibit(small);
const run = shown.events.find((event) => event.e === "run") as HistoryEvent;
const anomaly: Anomaly = { guarantee: "durable", explanation: "gone", operations: [1], key: "k0" };
const version = "v";

const boot = (
  node: string,
  number: number,
  phase: "start" | "end",
  atUs: number,
): HistoryEvent => ({
  e: "boot",
  node,
  boot: number,
  seq: atUs,
  atUs,
  phase,
});
const fault = (
  phase: FaultEvent["phase"],
  atUs: number,
  more: Partial<FaultEvent>,
): HistoryEvent => ({
  e: "fault",
  fault: 0,
  kind: "partition",
  nodes: [],
  phase,
  atUs,
  ...more,
});
const sync = (
  node: string,
  atUs: number,
  versions: readonly string[] = [version],
): HistoryEvent => ({
  e: "sync",
  node,
  boot: 1,
  seq: atUs,
  atUs,
  records: [{ key: "k0", versions }],
  hash: "",
});
/** A message of the write: n1 sends it to another node, or that node receives it. */
const message = (
  e: "sent" | "received",
  [node, peer]: readonly [string, string],
  atUs: number,
  hintFor?: string,
): HistoryEvent => ({
  e,
  node,
  peer,
  boot: 1,
  seq: atUs,
  atUs,
  frame: "replica-write",
  request: 1,
  trace: 1,
  cause: "write",
  key: "k0",
  versions: [version],
  ...(hintFor !== undefined && { hintFor }),
});

/** c1 writes v1 to k0 through n1. n1 and n2 sync the write. The other events say what becomes of n3. */
const history = (others: readonly HistoryEvent[]): readonly HistoryEvent[] => [
  run,
  ...["n1", "n2", "n3"].map((node) => boot(node, 1, "start", 0)),
  ...[
    {
      e: "invoke",
      atUs: 1_000,
      op: 1,
      client: "c1",
      process: 0,
      node: "n1",
      f: "write",
      key: "k0",
      value: "v1",
    },
    message("sent", ["n1", "n2"], 1_100),
    sync("n1", 1_300),
    sync("n2", 1_400),
    { e: "ok", atUs: 2_000, op: 1, versions: [{ version, value: "v1" }] },
    ...others,
  ]
    .map((event) => event as HistoryEvent & { readonly atUs: number })
    .sort((a, b) => a.atUs - b.atUs),
  { e: "end", atUs: 90_000 },
];
const chain = (...others: readonly HistoryEvent[]): string =>
  causalChain(viewOf({ ...shown, events: history(others) }, 0), anomaly)
    .map(({ text }) => text)
    .join(" ");

describe("why a replica lacks a write", () => {
  test("it was down, so that the coordinator sent a hint to another node", () => {
    expect(
      chain(
        fault("inject", 500, { kind: "kill", nodes: ["n3"] }),
        boot("n3", 1, "end", 500),
        message("sent", ["n1", "n4"], 1_150, "n3"),
        boot("n3", 2, "start", 50_000),
      ),
    ).toContain(
      "By 2.0 ms, n1 and n2 had the write on disk. n3 never had the write on disk: n1 sent the write as a hint for n3 to n4 at 1.1 ms: n3 was down from 0.5 ms to 50.0 ms.",
    );
  });

  test("a partition cut it off", () => {
    const cuts = [["n1", "n3"] as const];
    expect(
      chain(
        fault("inject", 500, { nodes: ["n1", "n3"], cuts }),
        fault("injected", 500, { nodes: ["n1", "n3"], cuts }),
        message("sent", ["n1", "n3"], 1_150),
      ),
    ).toContain(
      "n3 never had the write on disk: n1 sent the write at 1.1 ms, but the message did not arrive: partition n1 ↛ n3 cut the link.",
    );
  });

  test("it was paused", () => {
    const pause = { kind: "pause", nodes: ["n3"] };
    expect(
      chain(
        fault("inject", 500, pause),
        fault("injected", 500, pause),
        message("sent", ["n1", "n3"], 1_150),
        fault("healed", 3_000, pause),
      ),
    ).toContain("but the message did not arrive: n3 was paused from 0.5 ms to 3.0 ms.");
  });

  test("the coordinator had lost its connection to it", () => {
    expect(
      chain({
        e: "explain",
        node: "n1",
        boot: 1,
        seq: 1,
        atUs: 700,
        what: "link down",
        detail: "n3: connection reset",
      }),
    ).toContain(
      "n1 did not send the write: n1 had lost its connection to n3 at 0.7 ms (connection reset).",
    );
  });

  test("it refused the write", () => {
    expect(
      chain(message("sent", ["n1", "n3"], 1_150), message("received", ["n3", "n1"], 1_200), {
        e: "sent",
        node: "n3",
        peer: "n1",
        boot: 1,
        seq: 9,
        atUs: 1_210,
        frame: "replica-error",
        request: 1,
        trace: 1,
        code: "disk-full",
      }),
    ).toContain(
      "n3 never had the write on disk: n3 received the write at 1.2 ms and refused the write with disk-full.",
    );
  });

  test("its disk was full", () => {
    expect(
      chain(message("sent", ["n1", "n3"], 1_150), message("received", ["n3", "n1"], 1_200), {
        e: "sent",
        node: "n3",
        peer: "n1",
        boot: 1,
        seq: 9,
        atUs: 1_210,
        frame: "other",
        detail: "request 1 for k0 refused: the disk is full",
      }),
    ).toContain(
      "n3 received the write at 1.2 ms and refused to store the write: the disk is full.",
    );
  });

  test("it ended before it had synced the write", () => {
    expect(
      chain(
        message("sent", ["n1", "n3"], 1_150),
        message("received", ["n3", "n1"], 1_200),
        boot("n3", 1, "end", 1_250),
        boot("n3", 2, "start", 1_900),
      ),
    ).toContain(
      "n3 received the write at 1.2 ms, but its process ended at 1.3 ms, before the write was synced.",
    );
  });

  test("it synced the write late", () => {
    expect(chain(message("received", ["n3", "n1"], 1_200), sync("n3", 8_000))).toContain(
      "n3 received the write at 1.2 ms and synced it only at 8.0 ms.",
    );
  });

  test("it already held something else", () => {
    expect(chain(sync("n3", 900, ["w"]), message("received", ["n3", "n1"], 1_200))).toContain(
      "n3 received the write at 1.2 ms, when it already held w, and did not sync the write.",
    );
  });

  test("the evidence does not show why", () => {
    expect(chain(message("sent", ["n1", "n3"], 1_150))).toContain(
      "but the message did not arrive: the evidence does not show why.",
    );
    expect(
      chain(
        {
          ...message("received", ["n3", "n2"], 5_000),
          cause: "anti-entropy",
        } as HistoryEvent,
        sync("n3", 5_100),
      ),
    ).toContain(
      "n3 had the write on disk only at 5.1 ms, by anti-entropy. n3 did not have the write before: n1 did not send the write: the evidence does not show why.",
    );
  });
});

describe("what changed between an anomaly's operations", () => {
  const read: Anomaly = { ...anomaly, operations: [1, 2] };
  const asked: HistoryEvent = {
    e: "invoke",
    atUs: 60_000,
    op: 2,
    client: "c2",
    process: 1,
    node: "n1",
    f: "read",
    key: "k0",
  };
  const told = (...others: readonly HistoryEvent[]): readonly string[] =>
    causalChain(viewOf({ ...shown, events: history([...others, asked]) }, 0), read)
      .map(({ text }) => text)
      .slice(1, -1);
  const dropped = (node: string, atUs: number): HistoryEvent => ({
    e: "explain",
    node,
    boot: 1,
    seq: atUs,
    atUs,
    what: "tombstone dropped",
    key: "k0",
  });

  test("drops of tombstones at about the same time share a link", () => {
    expect(told(dropped("n1", 20_000), dropped("n2", 20_300))).toEqual([
      "n1 and n2 dropped the tombstone of k0, and then held nothing of k0.",
    ]);
  });

  test("a repair names its sender and what the replica held before", () => {
    const repair = { ...message("received", ["n3", "n2"], 30_000), cause: "anti-entropy" };
    expect(told(repair as HistoryEvent, sync("n3", 30_100))).toEqual([
      "n3 stored v1 from n2, by anti-entropy. Before, n3 held nothing.",
    ]);
  });

  test("messages that the network lost or held are told one by one, or counted if they are many", () => {
    const sent = (
      index: number,
      more: { readonly fate?: "lost"; readonly delayUs?: number },
    ): HistoryEvent => ({
      e: "sent",
      node: "n1",
      peer: "n2",
      boot: 1,
      seq: index,
      atUs: 10_000 + index,
      frame: "message",
      message: index,
      body: { type: "gossip" },
      ...more,
    });
    expect(
      told(sent(1, { fate: "lost" }), sent(2, { delayUs: 12_000 }), sent(3, { delayUs: 90 })),
    ).toEqual([
      "The network lost the message “gossip” from n1 to n2.",
      "The network held the message “gossip” from n1 to n2 for 12.0 ms, until 22.0 ms.",
    ]);
    const many = Array.from({ length: 9 }, (_, index) => sent(index, { fate: "lost" }));
    expect(told(...many)).toEqual([
      "From here on, the network lost 9 messages. The list of messages below the diagram says what the network did to each.",
    ]);
  });
});

describe("whether a read asked a replica, and why that replica gave no answer", () => {
  const read: Anomaly = { ...anomaly, operations: [2] };
  const asks = (node: string, atUs: number): HistoryEvent => ({
    e: "sent",
    node: "n1",
    peer: node,
    boot: 1,
    seq: atUs,
    atUs,
    frame: "replica-read",
    request: atUs,
    trace: 2,
    key: "k0",
  });
  const events = history([
    { e: "invoke", atUs: 6_000, op: 2, client: "c2", process: 1, node: "n1", f: "read", key: "k0" },
    asks("n1", 6_100),
    asks("n2", 6_101),
    {
      e: "received",
      node: "n1",
      peer: "n1",
      boot: 1,
      seq: 6_200,
      atUs: 6_200,
      frame: "replica-read-ok",
      request: 6_100,
      trace: 2,
      key: "k0",
      versions: [version],
    },
    boot("n2", 1, "end", 5_000),
    { e: "ok", atUs: 7_000, op: 2, versions: [{ version, value: "v1" }] },
  ]);

  test("is told with the answers", () => {
    expect(causalChain(viewOf({ ...shown, events }, 0), read).at(-1)?.text).toBe(
      "c2 read k0 through n1 and got v1. One replica answered: n1 with v1. n2 was asked, but the request did not arrive: n2 was down from 5.0 ms on. n1 did not ask n3.",
    );
  });
});

describe("a read of a node whose messages the harness carries", () => {
  const message = (node: string, peer: string, atUs: number): HistoryEvent => ({
    e: "sent",
    node,
    peer,
    boot: 1,
    seq: atUs,
    atUs,
    frame: "message",
    message: atUs,
    body: { type: "some" },
  });
  const told = (...others: readonly HistoryEvent[]): string | undefined =>
    causalChain(
      viewOf(
        {
          ...shown,
          events: history([
            {
              e: "invoke",
              atUs: 6_000,
              op: 2,
              client: "c2",
              process: 1,
              node: "n1",
              f: "read",
              key: "k0",
            },
            ...others,
            message("n1", "c2", 6_900),
            { e: "ok", atUs: 7_000, op: 2, versions: [] },
          ]),
        },
        0,
      ),
      { ...anomaly, operations: [2] },
    ).at(-1)?.text;

  test("was answered by the node alone if it sent no message to another node", () => {
    const alone = "n1 sent no message to another node during this read";
    expect(told()).toContain(alone);
    expect(told(message("n1", "n2", 6_100))).not.toContain(alone);
  });
});

describe("whether the faults mattered", () => {
  const kill = { kind: "kill", nodes: ["n3"] };
  const view = viewOf(
    {
      ...shown,
      events: history([fault("inject", 500, kill), fault("healed", 50_000, kill)]),
    },
    0,
  );
  const shrunk = { ...campaign("invalid").shrunk, ended: nothingSmaller } as NonNullable<
    ReturnType<typeof campaign>["shrunk"]
  >;

  test("says what each fault touched, and when", () => {
    expect(faultPart(view, anomaly, undefined).faults).toEqual([
      "kill n3, from 0.5 ms to 50.0 ms: in force while #1 ran; of the replicas of k0, the fault touches n3.",
    ]);
  });

  test("a fault is in force only when the nemesis has made it", () => {
    const late = (injectedUs: number): string =>
      faultPart(
        viewOf(
          {
            ...shown,
            events: history([
              fault("inject", 500, kill),
              fault("injected", injectedUs, kill),
              fault("heal", 40_000, kill),
              fault("healed", 50_000, kill),
            ]),
          },
          0,
        ),
        anomaly,
        undefined,
      ).faults.join();
    expect(late(1_500)).toContain(
      "kill n3, from 0.5 ms to 50.0 ms, certainly in force from 1.5 ms on: in force while #1 ran;",
    );
    expect(late(9_000)).toContain(
      ": it began while #1 ran, so it may not have been in force then;",
    );
  });

  test("the failure needs a fault without which shrinking saw none", () => {
    expect(faultPart(view, anomaly, shrunk).conclusion).toEqual([
      "Shrinking left out this fault, and then the case did not fail in the same way: the failure needs it.",
    ]);
  });

  test("nobody knows if shrinking ended early or never began", () => {
    expect(faultPart(view, anomaly, { ...shrunk, ended: "interrupted" }).conclusion).toEqual([
      "Shrinking ended early (interrupted), so the evidence does not show whether the failure needs it.",
    ]);
    expect(faultPart(view, anomaly, undefined).conclusion.join()).toContain(
      "quorate did not try to leave out this fault",
    );
  });

  test("a restart in the final phase counts only if the failure showed after it", () => {
    const restarts = history([
      { e: "phase", atUs: 10_000, phase: "healed" },
      { e: "phase", atUs: 20_000, phase: "restarted" },
    ]);
    const restarted = viewOf({ ...shown, events: restarts }, 0);
    expect(faultPart(restarted, anomaly, shrunk).conclusion).toEqual([
      "No fault was injected, so the failure needs no fault.",
    ]);
    expect(faultPart(restarted, { ...anomaly, atUs: 30_000 }, shrunk).conclusion).toEqual([
      "No fault was injected, so the failure needs no fault.",
      "The final phase restarted all nodes from 10.0 ms on, before the failure showed. Every history of this target has this restart, so no history without the restart was tried.",
    ]);
  });
});
