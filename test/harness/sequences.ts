/**
 * Sequences of faults that have several steps or change over time, and checks of what the history must show about each.
 * They run in virtual time and in containers. The checks use the records of the nodes' Hosts, or the stamps of a node's
 * clock.
 */
import type { FaultEvent, HistoryEvent } from "../../checkers/index.ts";
import { type Fault, parsePlan, type Plan } from "../../generators/index.ts";
import { bundledPlans } from "../../harness/targets/bundled/index.ts";

export interface Sequence {
  /** The plan with all faults. They share one history, since each run takes seconds in containers. They may overlap. */
  readonly plan: Plan;
  /** Each check returns a line for everything that was wrong. */
  readonly checks: readonly (readonly [
    name: string,
    wrong: (events: readonly HistoryEvent[]) => string[],
  ])[];
}

type Planned = readonly [atMs: number, durationMs: number, fault: Fault];

/**
 * Three replicas that exchange messages all the time. Clients write through each of them for as long as the faults
 * last.
 */
function planOf(faults: readonly Planned[], settings: object = {}): Plan {
  const endMs = Math.max(...faults.map(([atMs, durationMs]) => atMs + durationMs)) + 1500;
  return parsePlan(
    {
      format: "quorate-plan/1",
      worldSeed: 3,
      settings: { nodes: 3, n: 3, r: 2, w: 2, stamps: "wall", ...settings },
      clients: 3,
      keys: 1,
      claimed: [],
      operations: Array.from({ length: Math.ceil(endMs / 100) }, () =>
        [0, 1, 2].map((node) => ({ client: node, afterMs: 100, node, f: "write", key: 0 })),
      ).flat(),
      faults: faults.map(([atMs, durationMs, fault]) => ({ atMs, durationMs, fault })),
    },
    bundledPlans,
  );
}

interface Span {
  readonly nodes: readonly string[];
  readonly cuts: readonly (readonly [string, string])[];
  readonly fromUs: number;
  readonly toUs: number;
  readonly healedUs: number;
}

/**
 * The times at which these faults (by their numbers in the plan) were certainly in force, in the order in which they
 * began.
 */
function spansOf(events: readonly HistoryEvent[], numbers: readonly number[]): Span[] {
  const faults = events
    .filter((event) => event.e === "fault")
    .filter(({ fault }) => numbers.includes(fault));
  return faults
    .filter(({ phase }) => phase === "injected")
    .map(({ fault, nodes, cuts = [], atUs }) => {
      const when = (wanted: FaultEvent["phase"]): number =>
        faults.find((event) => event.fault === fault && event.phase === wanted)?.atUs ?? Number.NaN;
      return { nodes, cuts, fromUs: atUs, toUs: when("heal"), healedUs: when("healed") };
    });
}

/** Messages that were under way when a cut began arrive within this time. */
const underWayUs = 200_000;

const heard = (
  events: readonly HistoryEvent[],
  from: string,
  to: string,
  afterUs: number,
  beforeUs = Infinity,
): boolean =>
  events.some(
    (event) =>
      event.e === "received" &&
      event.node === to &&
      event.peer === from &&
      event.atUs > afterUs &&
      event.atUs < beforeUs,
  );

/** The time at which `to` last received something from `from` before `beforeUs`. */
const lastHeardUs = (
  events: readonly HistoryEvent[],
  from: string,
  to: string,
  beforeUs = Infinity,
): number =>
  events.reduce(
    (last, event) =>
      event.e === "received" && event.node === to && event.peer === from && event.atUs < beforeUs
        ? Math.max(last, event.atUs)
        : last,
    0,
  );

function silence(events: readonly HistoryEvent[], spans: readonly Span[]): string[] {
  return spans.flatMap(({ cuts, fromUs, toUs }) => [
    ...(cuts.length > 0 && toUs - fromUs > 2 * underWayUs
      ? []
      : ["a cut too short to show anything"]),
    ...cuts
      .filter(([from, to]) => heard(events, from, to, fromUs + underWayUs, toUs))
      .map((cut) => `heard in a cut: ${cut.join(">")}`),
    ...cuts
      .filter(([from, to]) => !heard(events, from, to, toUs))
      .map((cut) => `never heard again: ${cut.join(">")}`),
  ]);
}

function flapping(events: readonly HistoryEvent[], numbers: readonly number[]): string[] {
  const spans = spansOf(events, numbers);
  const [first, second] = spans;
  if (first === undefined || second === undefined) return ["not injected twice"];
  return [
    ...silence(events, spans),
    ...(heard(events, "n1", "n3", first.toUs, second.fromUs)
      ? []
      : ["nothing got through in between"]),
  ];
}

function clogging(events: readonly HistoryEvent[], numbers: readonly number[]): string[] {
  const spans = spansOf(events, numbers);
  const released = [...spans].sort((a, b) => a.toUs - b.toUs).map(({ cuts }) => cuts.join());
  return [
    ...silence(events, spans),
    ...(released.join(" ") === "n2,n3 n3,n1 n1,n2"
      ? []
      : [`released in the order ${released.join(" ")}`]),
    // n1 must hear n2 after n2 has last heard n1. The cut's confirmation does not count as its begin: on a busy machine
    // it comes late, when n2 may have closed the silent link already.
    ...(heard(
      events,
      "n2",
      "n1",
      lastHeardUs(events, "n1", "n2", spans[0]?.toUs) + 50_000,
      spans[0]?.toUs,
    )
      ? []
      : ["the other direction is silent too"]),
  ];
}

const saidIn = (events: readonly HistoryEvent[], node: string, { fromUs, toUs }: Span): number =>
  events.filter(
    (event) => "boot" in event && event.node === node && event.atUs > fromUs && event.atUs < toUs,
  ).length;

/**
 * Checks kills. It is not known how long a node's start takes, so only the order counts. There must be no more than one
 * boot for each kill.
 */
function killed(events: readonly HistoryEvent[], numbers: readonly number[]): string[] {
  const spans = spansOf(events, numbers);
  if (spans.length < numbers.length) return ["not all injected"];
  // From then on, all nodes are killed and started again, whatever happened to them before.
  const endUs =
    events.flatMap((event) =>
      event.e === "phase" && event.phase === "healed" ? [event.atUs] : [],
    )[0] ?? Infinity;
  const starts = events.flatMap((event) =>
    event.e === "boot" && event.phase === "start" && event.atUs < endUs ? [event] : [],
  );
  return [
    ...spans.flatMap((span) =>
      span.nodes.flatMap((node) => {
        const before = starts.filter(
          (start) => start.node === node && start.atUs < span.fromUs,
        ).length;
        const again = starts.some(
          (start) => start.node === node && start.atUs > span.toUs && start.boot > before,
        );
        return [
          ...(saidIn(events, node, span) === 0 ? [] : [`${node} went on`]),
          ...(again ? [] : [`${node} did not start again`]),
        ];
      }),
    ),
    ...starts
      .filter(
        ({ node, boot, atUs }) =>
          boot > 1 + spans.filter(({ nodes, toUs }) => nodes.includes(node) && toUs < atUs).length,
      )
      .map(({ node, boot }) => `${node} started for the ${boot}th time unasked`),
  ];
}

function paused(events: readonly HistoryEvent[], number: number): string[] {
  const [span] = spansOf(events, [number]);
  const node = span?.nodes[0];
  if (span === undefined || node === undefined) return ["not injected"];
  const boots = new Set(
    events.flatMap((event) =>
      "boot" in event &&
      event.node === node &&
      event.atUs > span.fromUs - longUs &&
      event.atUs < span.toUs + longUs
        ? [event.boot]
        : [],
    ),
  );
  return [
    ...(saidIn(events, node, span) === 0 ? [] : [`${node} went on`]),
    ...(boots.size === 1 ? [] : [`${node} ran as boots ${[...boots].join()}`]),
    ...["n1", "n2", "n3"]
      .filter((other) => other !== node && saidIn(events, other, span) === 0)
      .map((other) => `${other} was silent, though nothing befell it`),
  ];
}

/** A time that is shorter than the time between two faults. */
const longUs = 1_000_000;

interface Stamp {
  readonly atUs: number;
  /**
   * By how much the stamp is ahead of the write's begin, compared with the history's first write. That is about the
   * offset of the clock plus the time until the write got its stamp.
   */
  readonly aheadMs: number;
}

/** The stamps of the writes through one node. */
function stampsOf(events: readonly HistoryEvent[], node: string): Stamp[] {
  const stampUs = new Map(
    events.flatMap((event) =>
      event.e === "ok"
        ? [[event.op, Number(event.versions?.[0]?.version?.slice(0, 16) ?? Number.NaN)] as const]
        : [],
    ),
  );
  const all = events.flatMap((event) =>
    event.e === "invoke" && event.f === "write" && stampUs.has(event.op)
      ? [
          {
            node: event.node,
            atUs: event.atUs,
            aheadMs: ((stampUs.get(event.op) ?? Number.NaN) - event.atUs) / 1000,
          },
        ]
      : [],
  );
  // The wall clock and the clock of the history differ by this constant.
  const apartMs = all[0]?.aheadMs ?? Number.NaN;
  return all
    .filter((stamp) => stamp.node === node)
    .map(({ atUs, aheadMs }) => ({ atUs, aheadMs: aheadMs - apartMs }));
}

const hourMs = 3_600_000;

function strobing(events: readonly HistoryEvent[], number: number): string[] {
  const [span] = spansOf(events, [number]);
  if (span === undefined) return ["not injected"];
  const hours = (node: string, fromUs: number, toUs: number): string =>
    stampsOf(events, node)
      .filter(({ atUs }) => atUs >= fromUs && atUs < toUs)
      .map(({ aheadMs }) => Math.round(aheadMs / hourMs) || 0)
      .filter((hour, at, all) => hour !== all[at - 1])
      .join();
  return [
    ...(hours("n1", span.fromUs, span.toUs).startsWith("1,0,1")
      ? []
      : [`while it strobes: ${hours("n1", span.fromUs, span.toUs)}`]),
    ...(hours("n1", span.healedUs, Infinity) === "0"
      ? []
      : [`once healed: ${hours("n1", span.healedUs, Infinity)}`]),
    ...(hours("n3", 0, Infinity) === "0" ? [] : [`of another node: ${hours("n3", 0, Infinity)}`]),
  ];
}

function drifting(events: readonly HistoryEvent[], number: number): string[] {
  const [span] = spansOf(events, [number]);
  if (span === undefined) return ["not injected"];
  const aheadMs = (fromUs: number, toUs: number): number[] =>
    stampsOf(events, "n2")
      .filter(({ atUs }) => atUs >= fromUs && atUs < toUs)
      .map((stamp) => stamp.aheadMs);
  const during = aheadMs(span.fromUs, span.toUs);
  const after = aheadMs(span.healedUs, Infinity);
  const third = Math.floor(during.length / 3);
  const [early = Number.NaN, middle = Number.NaN, late = Number.NaN] = [
    during[third],
    during[2 * third],
    during.at(-1),
  ];
  // 3000 ms is far more than a write takes.
  return [
    ...(early + 3000 < middle && middle + 3000 < late
      ? []
      : [`while it drifts: ${during.map(Math.round).join()}`]),
    ...(after.length > 0 && after.every((ms) => Math.abs(ms) < 3000)
      ? []
      : [`once healed: ${after.map(Math.round).join()}`]),
  ];
}

const isolate: Fault = { kind: "partition", partition: { shape: "isolate", node: 2 } };
const oneWay = (from: number, to: number): Fault => ({
  kind: "partition",
  partition: { shape: "one-way", from, to },
});
const kill = (...nodes: number[]): Fault => ({ kind: "kill", nodes });

export const sequences: readonly Sequence[] = [
  {
    plan: planOf([
      [300, 900, isolate],
      [4000, 900, isolate],
      [
        500,
        4000,
        { kind: "clock", nodes: [0], clock: { shape: "strobe", byMs: hourMs, everyMs: 430 } },
      ],
      [500, 3000, { kind: "clock", nodes: [1], clock: { shape: "drift", msPerS: 10_000 } }],
      [5500, 3500, oneWay(0, 1)],
      [6200, 1200, oneWay(1, 2)],
      [6900, 1800, oneWay(2, 0)],
    ]),
    checks: [
      [
        "a partition that flaps: nothing gets through while it holds, something in between",
        (events) => flapping(events, [0, 1]),
      ],
      [
        "a clock that strobes: an hour ahead and true by turns, and true once it is healed",
        (events) => strobing(events, 2),
      ],
      [
        "a clock that drifts: further and further ahead, and true once it is healed",
        (events) => drifting(events, 3),
      ],
      [
        "links clogged one by one and released in another order: each one way only, each for its own time",
        (events) => clogging(events, [4, 5, 6]),
      ],
    ],
  },
  {
    plan: planOf([
      [300, 600, kill(0, 1, 2)],
      [2800, 600, kill(1, 2)],
      [5300, 600, kill(0)],
      [7800, 600, kill(1)],
      [10_300, 600, kill(2)],
      [12_800, 3000, { kind: "pause", nodes: [1] }],
    ]),
    checks: [
      [
        "kills of all, of a majority, of a minority, and a rolling restart: exactly these die, and start again once",
        (events) => killed(events, [0, 1, 2, 3, 4]),
      ],
      [
        "a pause longer than any timeout: the node does nothing, and goes on in the same boot",
        (events) => paused(events, 5),
      ],
    ],
  },
];
