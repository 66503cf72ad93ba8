/**
 * Faults that consist of several steps or change over time, and what each must show in the history, on virtual time and
 * in containers. Each is observed by its own means: records of the nodes' Hosts, or stamps of a node's clock.
 */
import type { FaultEvent, HistoryEvent } from "../../checkers/index.ts";
import { type Fault, parsePlan, type Plan } from "../../generators/index.ts";
import { bundledPlans } from "../../harness/targets/bundled/index.ts";

export interface Sequence {
  /** All faults in one history: they may overlap, and each run takes seconds in containers. */
  readonly plan: Plan;
  /** Each line names something that was wrong. */
  readonly checks: readonly (readonly [
    name: string,
    wrong: (events: readonly HistoryEvent[]) => string[],
  ])[];
}

type Planned = readonly [atMs: number, durationMs: number, fault: Fault];

/**
 * Three replicas that exchange messages all the time, with writes through each in turn for as long as the faults take.
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

/** When each of these faults (by number in the plan) was certainly in force, in the order of their begins. */
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

/** Messages under way when a cut came arrive a little later. */
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
    // No other cut has this direction, so it may carry messages until the first one holds: on a busy machine nothing
    // may be under way at its start.
    ...(heard(events, "n2", "n1", spans[0]?.fromUs ?? 0, spans[0]?.toUs)
      ? []
      : ["the other direction is silent too"]),
  ];
}

const saidIn = (events: readonly HistoryEvent[], node: string, { fromUs, toUs }: Span): number =>
  events.filter(
    (event) => "boot" in event && event.node === node && event.atUs > fromUs && event.atUs < toUs,
  ).length;

/**
 * A node's start takes an unknown time, so only the order counts, and there is never more than one boot for each kill.
 */
function killed(events: readonly HistoryEvent[], numbers: readonly number[]): string[] {
  const spans = spansOf(events, numbers);
  if (spans.length < numbers.length) return ["not all injected"];
  // In the final phase all nodes are killed and started again, whatever happened to them before.
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

/** Less than the distance of two faults. */
const longUs = 1_000_000;

interface Stamp {
  readonly atUs: number;
  /** How far a stamp is ahead of its write's begin: the clock's offset, and the duration of the write. */
  readonly aheadMs: number;
}

/** The stamps of writes through the node. */
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
  // The wall clock and the history's clock differ by a constant.
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
  // Far more than a write takes.
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
