/**
 * Makes up small histories for tests of reports, from a seed: with evidence, faults and one stale read. They are not
 * made by a model of the store.
 */
import {
  type Anomaly,
  builtInCheckers,
  type GuaranteeName,
  type GuaranteeVerdict,
  type HistoryEvent,
  type Measurement,
  type Outcome,
  type Verdict,
} from "../../checkers/index.ts";
import type { Plan } from "../../generators/index.ts";
import type { Campaign, Exhibit, GuaranteeTotals } from "../../reports/index.ts";
import { defaultSettings } from "../../store/index.ts";

export interface Shape {
  readonly operations: number;
  readonly clients: number;
  readonly keys: number;
  readonly seed: number;
  readonly title: string;
  /** The mean time in ms between two operations of a client. */
  readonly gapMs?: number;
  readonly evidence?: false;
}

export const large: Shape = {
  operations: 320,
  clients: 5,
  keys: 4,
  seed: 7,
  title: "The whole history 12",
};
export const small: Shape = {
  operations: 7,
  clients: 3,
  keys: 1,
  seed: 3,
  title: "The smallest failing history",
};

const nodes = ["n1", "n2", "n3", "n4", "n5"];
const keyName = (index: number): string => `k${index}`;

/** Pseudo-random numbers (mulberry32), since the histories must be the same in every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A stale read, with the measurements that the checker of staleness makes. */
type StaleRow = {
  readonly op: number;
  readonly missed: number;
  readonly behindMs: number;
  readonly versions: number;
};

function stalenessMeasured({
  reads,
  stale,
}: {
  readonly reads: number;
  readonly stale: readonly StaleRow[];
}): Record<string, Measurement> {
  const sorted = stale.map(({ behindMs }) => behindMs).sort((a, b) => a - b);
  const at = (part: number): number => sorted[Math.ceil(part * (sorted.length - 1))] ?? 0;
  return {
    reads,
    stale: stale.length,
    behindMs: { p0: at(0), p50: at(0.5), p95: at(0.95), p99: at(0.99), p100: at(1) },
    versionsBehind: { p0: 1, p50: 1, p95: 1, p99: 1, p100: 1 },
    staleReads: stale,
  };
}

const convergedKey = (key: number): Measurement => ({
  promised: true,
  equal: true,
  timeToEqualMs: 120 + 260 * key,
  replicas: Object.fromEntries(
    nodes.slice(key % 3, (key % 3) + 3).map((node, index) => [
      node,
      {
        settledMs: 120 * index,
        lastDivergence:
          index === 0
            ? null
            : {
                mechanism: "anti-entropy",
                version: "0000000000000012-n1-1-3",
                behindMs: 41.2,
                atMs: 900,
              },
      },
    ]),
  ),
});

interface Held {
  readonly version: string;
  readonly value: string;
  readonly ackUs: number;
}

// oxlint-disable-next-line eslint/complexity -- Draws each part of a history once, in one pass.
export function exhibit(shape: Shape, change: { readonly verdict?: Outcome } = {}): Exhibit {
  const draw = random(shape.seed);
  const gapUs = (shape.gapMs ?? 60) * 1_000;
  const timed: HistoryEvent[] = [];
  const sequence = new Map<string, number>();
  const boots = new Map<string, number>(nodes.map((node) => [node, 1]));
  const newest = new Map<string, Held[]>();
  const freeUs = Array.from({ length: shape.clients }, () => 100_000 + draw() * gapUs);
  const processes = Array.from({ length: shape.clients }, (_, client) => client);
  const endUs = 100_000 + (shape.operations / shape.clients) * (gapUs + 12_000);
  const faultsAt = [0.15, 0.42, 0.7].map((part) => part * endUs);
  const lasts = endUs * 0.14;
  const stale: StaleRow[] = [];
  let reads = 0;
  let staleRead: Anomaly | undefined;
  let request = 0;

  const host = (node: string): { node: string; boot: number; seq: number } => {
    const seq = (sequence.get(node) ?? 0) + 1;
    sequence.set(node, seq);
    return { node, boot: boots.get(node) ?? 1, seq };
  };
  const down = (node: string, atUs: number): boolean => {
    const [partition = 0, kill = 0, pause = 0] = faultsAt;
    const within = (fromUs: number): boolean => atUs >= fromUs && atUs <= fromUs + lasts;
    return (
      (within(partition) && (node === "n1" || node === "n2")) ||
      (within(kill) && node === "n3") ||
      (within(pause) && node === "n4")
    );
  };

  for (const node of nodes) timed.push({ e: "boot", phase: "start", atUs: 1_000, ...host(node) });
  timed.push(
    { e: "phase", phase: "started", atUs: 60_000 },
    { e: "phase", phase: "operations", atUs: 100_000 },
  );

  for (let op = 0; op < shape.operations; op++) {
    const client = freeUs.indexOf(Math.min(...freeUs));
    const startUs = Math.round(freeUs[client] ?? 0);
    const key = keyName(Math.floor(draw() * shape.keys));
    const coordinator = nodes[Math.floor(draw() * nodes.length)] ?? "n1";
    const kind = op === 0 ? 0.5 : draw();
    const f = kind < 0.48 ? "read" : kind < 0.95 ? "write" : "delete";
    const replicas = nodes.slice(Number(key.slice(1)) % 3).slice(0, 3);
    const live = replicas.filter((node) => !down(node, startUs) && !down(coordinator, startUs));
    const name = `c${client}`;
    timed.push({
      e: "invoke",
      atUs: startUs,
      op,
      client: name,
      process: processes[client] ?? client,
      node: coordinator,
      f,
      key,
      ...(f === "write" && { value: `v${op}` }),
    });
    const tookUs = Math.round(2_000 + draw() * 9_000);
    let doneUs = startUs + tookUs;
    const version = `${String(startUs).padStart(16, "0")}-${coordinator}-1-${op}`;
    const held = newest.get(key) ?? [];
    if (shape.evidence !== false) {
      timed.push({
        e: "received",
        peer: name,
        frame: f === "read" ? "client-read" : "client-write",
        trace: op,
        key,
        atUs: startUs + 300,
        ...host(coordinator),
      });
      for (const node of replicas) {
        request++;
        const out = startUs + 500;
        const arrives = out + Math.round(300 + draw() * (tookUs / 3));
        const back = arrives + Math.round(500 + draw() * (tookUs / 3));
        const record = {
          key,
          versions: f === "read" ? held.slice(-1).map((one) => one.version) : [version],
        };
        const asks =
          f === "read"
            ? ({ frame: "replica-read", request, trace: op, key } as const)
            : ({ frame: "replica-write", cause: "write", request, trace: op, ...record } as const);
        const answers =
          f === "read"
            ? ({ frame: "replica-read-ok", request, trace: op, ...record } as const)
            : ({ frame: "replica-write-ok", request, trace: op, key } as const);
        timed.push({ e: "sent", peer: node, atUs: out, ...asks, ...host(coordinator) });
        if (!live.includes(node)) continue;
        timed.push({ e: "received", peer: coordinator, atUs: arrives, ...asks, ...host(node) });
        if (f !== "read")
          timed.push({
            e: "sync",
            atUs: arrives + 300,
            records: [record],
            hash: "0".repeat(64),
            ...host(node),
          });
        timed.push({
          e: "sent",
          peer: coordinator,
          atUs: arrives + 400,
          ...answers,
          ...host(node),
        });
        timed.push({ e: "received", peer: node, atUs: back, ...answers, ...host(coordinator) });
      }
    }
    const roll = draw();
    if (live.length < 2 && roll < 0.5) {
      timed.push({
        e: "fail",
        atUs: doneUs,
        op,
        code: "not-enough-replicas",
        message: "fewer replicas are reachable than the quorum needs; nothing was done",
      });
    } else if (live.length < 2) {
      doneUs = startUs + Math.round(gapUs * 4);
      timed.push({ e: "info", atUs: doneUs, op, code: "timeout" });
      processes[client] = (processes[client] ?? 0) + shape.clients;
    } else if (f === "read") {
      const last = held.findLastIndex((one) => one.ackUs < startUs);
      const latest = held[last];
      const previous =
        held[held.findLastIndex((one, index) => index < last && one.ackUs < startUs)];
      const behind =
        latest !== undefined &&
        previous !== undefined &&
        (staleRead === undefined ? op > shape.operations * 0.55 : draw() < 0.06);
      const returned = behind ? previous : latest;
      reads++;
      if (behind)
        stale.push({
          op,
          missed: Number(latest.value.slice(1)),
          behindMs: (startUs - latest.ackUs) / 1_000,
          versions: 1,
        });
      if (behind && staleRead === undefined)
        staleRead = anomaly(
          op,
          key,
          name,
          doneUs,
          Number(previous.value.slice(1)),
          Number(latest.value.slice(1)),
        );
      timed.push({
        e: "ok",
        atUs: doneUs,
        op,
        versions:
          returned === undefined ? [] : [{ version: returned.version, value: returned.value }],
      });
    } else {
      newest.set(key, held);
      held.push({ version, value: `v${op}`, ackUs: doneUs });
      timed.push({
        e: "ok",
        atUs: doneUs,
        op,
        versions: [{ version, value: f === "write" ? `v${op}` : null }],
      });
    }
    if (shape.evidence !== false && doneUs === startUs + tookUs)
      timed.push({
        e: "sent",
        peer: name,
        frame: f === "read" ? "client-read-ok" : "client-write-ok",
        trace: op,
        key,
        versions: [version],
        atUs: doneUs - 300,
        ...host(coordinator),
      });
    freeUs[client] = doneUs + gapUs * (0.4 + draw() * 1.2);
  }

  timed.push(...faultEvents(faultsAt, lasts));
  const quietUs = Math.max(...freeUs) + 800_000;
  for (const node of nodes) {
    boots.set(node, 2);
    timed.push({ e: "boot", phase: "start", atUs: quietUs - 400_000, ...host(node) });
  }
  // The final reads come late, and they take long.
  timed.push(
    {
      e: "invoke",
      final: true,
      atUs: quietUs + 200,
      op: shape.operations,
      client: "sweeper",
      process: 1_000_000,
      node: "n1",
      f: "read",
      key: "k0",
    },
    { e: "ok", atUs: quietUs + 700, op: shape.operations, versions: [] },
  );
  timed.push(
    { e: "phase", phase: "final-phase", atUs: quietUs - 600_000 },
    { e: "phase", phase: "restarted", atUs: quietUs - 350_000 },
    { e: "phase", phase: "quiet", atUs: quietUs },
  );
  const sorted = timed.sort((a, b) => ("atUs" in a ? a.atUs : 0) - ("atUs" in b ? b.atUs : 0));
  const events: readonly HistoryEvent[] = [
    opening(shape),
    ...sorted,
    { e: "end", atUs: quietUs + 1_000 },
  ];
  return {
    title: shape.title,
    plan: plan(shape),
    events,
    verdict: verdict(change.verdict ?? "invalid", staleRead, { reads, stale }, shape),
  };
}

function faultEvents(
  [partition = 0, kill = 0, pause = 0]: readonly number[],
  lasts: number,
): readonly HistoryEvent[] {
  const cuts = ["n1", "n2"].flatMap((a) =>
    ["n3", "n4", "n5"].flatMap((b) => [[a, b] as const, [b, a] as const]),
  );
  const spans = [
    { fault: 0, kind: "partition", nodes: ["n1", "n2"], atUs: partition, cuts },
    { fault: 1, kind: "kill", nodes: ["n3"], atUs: kill },
    { fault: 2, kind: "pause", nodes: ["n4"], atUs: pause },
  ];
  return spans.flatMap(({ atUs, ...fault }) =>
    (
      [
        ["inject", 0],
        ["injected", 20_000],
        ["heal", lasts],
        ["healed", lasts + 30_000],
      ] as const
    ).map(([phase, after]): HistoryEvent => ({
      e: "fault",
      phase,
      ...fault,
      atUs: Math.round(atUs + after),
    })),
  );
}

function anomaly(
  op: number,
  key: string,
  client: string,
  atUs: number,
  old: number,
  newer: number,
): Anomaly {
  return {
    guarantee: "regular-stamped",
    explanation: `read ${op} of ${key} by ${client} returned v${old}, although write ${newer} (v${newer}), which outranks it, had been acknowledged before the read began`,
    operations: [old, newer, op],
    key,
    atUs,
    because: [
      `n3 held v${old} until 412.0 ms after the read; kill n3 overlapped write ${newer}`,
      "read repair wrote the newer version back to n3",
    ],
  };
}

const opening = (shape: Shape): HistoryEvent => ({
  e: "run",
  format: "quorate-history/2",
  target: { name: "bundled", version: "0", settings: {} },
  on: "sim",
  workload: "register",
  capabilities: { versions: "stamps", inspection: true, evidence: shape.evidence ?? true },
  nodes,
  n: 3,
  r: 2,
  w: 2,
  preference: Object.fromEntries(
    Array.from({ length: shape.keys }, (_, key) => [
      keyName(key),
      nodes.slice(key % 3, (key % 3) + 3),
    ]),
  ),
  promised: ["no-thin-air", "regular-stamped", "converged"],
  claimed: [],
  bounds: { convergeUs: 9_000_000, skewUs: 0, reconnectUs: 1_000_000 },
  stamps: "hybrid",
  repair: { read: "async", antiEntropy: true },
});

const plan = (shape: Shape): Plan => ({
  format: "quorate-plan/2",
  target: { name: "bundled", version: "0.1.0" },
  workload: "register",
  worldSeed: 1234,
  settings: defaultSettings,
  clients: shape.clients,
  keys: shape.keys,
  operations: Array.from({ length: shape.operations }, (_, index) => ({
    client: index % shape.clients,
    afterMs: 10,
    node: index % 5,
    f: "read" as const,
    key: index % shape.keys,
  })),
  faults: [{ atMs: 100, durationMs: 500, fault: { kind: "kill", nodes: [2] } }],
  claimed: [],
});

function verdict(
  outcome: Outcome,
  found: Anomaly | undefined,
  measured: { readonly reads: number; readonly stale: readonly StaleRow[] },
  shape: Shape,
): Verdict {
  const good = (promised: boolean): GuaranteeVerdict => ({
    verdict: "valid",
    promised,
    anomalies: [],
    judged: 10,
    meaning: "what it means",
  });
  const broken = found !== undefined && outcome === "invalid";
  return {
    format: "quorate-verdict/2",
    verdict: outcome,
    reasons:
      outcome === "valid"
        ? []
        : [
            broken
              ? "regular-stamped is broken: 1 anomaly"
              : "converged could not be judged: the history was cut off",
          ],
    guarantees: {
      "no-thin-air": good(true),
      acknowledged: good(true),
      "regular-stamped": broken
        ? { ...good(true), verdict: "invalid", anomalies: [found], judged: 12 }
        : good(true),
      regular: broken
        ? {
            ...good(false),
            verdict: "invalid",
            anomalies: [{ ...found, guarantee: "regular" }],
            judged: 12,
          }
        : good(false),
      staleness: { ...good(false), measurements: stalenessMeasured(measured) },
      converged: {
        ...good(true),
        measurements: {
          keys: Object.fromEntries(
            Array.from({ length: shape.keys }, (_, key) => [keyName(key), convergedKey(key)]),
          ),
          timeToEqualMs: { p0: 0, p50: 120, p95: 900, p99: 900, p100: 900 },
          divergencesEndedBy: { "anti-entropy": 6, "read-repair": 3 },
        },
      },
    },
    stress: { operations: shape.operations, ok: shape.operations, fail: 0, info: 0, faults: {} },
  };
}

const meaningOf = (name: GuaranteeName): string =>
  builtInCheckers.find((checker) => checker.name === name)?.meaning ?? "";

export function totals(
  promised: boolean,
  result: GuaranteeTotals["verdict"],
  name: GuaranteeName,
): GuaranteeTotals {
  return {
    meaning: meaningOf(name),
    promised,
    verdict: result,
    promisedIn: promised ? 13 : 0,
    judgedIn: result === "not-applicable" ? 0 : 13,
    brokenIn: result === "invalid" ? 1 : 0,
    observed: { judgedIn: promised ? 4 : 13, brokenIn: result === "invalid" ? 3 : 0 },
  };
}

export function campaign(outcome: Outcome, change: Partial<Campaign> = {}): Campaign {
  const broken = outcome === "invalid";
  const anomalies = broken ? [anomaly(9, "k0", "c1", 2_000_000, 3, 5)] : [];
  return {
    format: "quorate-campaign/2",
    target: { name: "bundled", version: "0.1.0" },
    verdict: outcome,
    reasons:
      outcome === "valid"
        ? []
        : broken
          ? ["regular-stamped was broken in history 12"]
          : ["2 of 13 histories are unknown, more than 1 %"],
    on: "sim",
    seed: 20251123,
    ...(broken && { bug: "merge-of-first" }),
    command: "quorate run --on sim --histories 500 --seed 20251123",
    replay: "npx quorate replay runs/20261123-201500-20251123",
    version: "0.1.0",
    startedAt: "2026-11-23T20:15:00.000Z",
    elapsedMs: 14_230,
    asked: 500,
    histories: Array.from({ length: 13 }, (_, index) => ({
      index,
      hash: String(index).padStart(64, "3fb2"),
      verdict:
        broken && index === 12
          ? ("invalid" as const)
          : outcome === "unknown" && index > 10
            ? ("unknown" as const)
            : ("valid" as const),
      operations: 320,
      elapsedMs: 90,
      ...(index > 10 && { folder: `histories/${index}` }),
    })),
    operations: { total: 4160, ok: 3391, fail: 402, info: 367 },
    faults: {
      partition: { injected: 21, overlapped: 611 },
      kill: { injected: 17, overlapped: 240 },
      pause: { injected: 9, overlapped: 130 },
    },
    coverage: {
      tried: { read: 2800, write: 1360, delete: 0 },
      met: {
        partition: { read: 400, write: 211, delete: 0 },
        kill: { read: 240, write: 0, delete: 0 },
        pause: { read: 100, write: 30, delete: 0 },
        clock: { read: 0, write: 0, delete: 0 },
      },
      settings: { hints: { false: 13, true: 0 }, r: { 2: 13 } },
    },
    guarantees: {
      "no-thin-air": totals(true, "valid", "no-thin-air"),
      acknowledged: totals(true, "valid", "acknowledged"),
      durable: totals(true, outcome === "unknown" ? "unknown" : "valid", "durable"),
      "regular-stamped": totals(true, broken ? "invalid" : "valid", "regular-stamped"),
      converged: totals(true, "valid", "converged"),
      regular: totals(false, broken ? "invalid" : "valid", "regular"),
      staleness: totals(false, "valid", "staleness"),
      "no-resurrection": totals(false, "not-applicable", "no-resurrection"),
    },
    anomalies,
    ...(broken && {
      shrunk: {
        folder: "shrunk",
        from: { operations: 320, faults: 3, clients: 5, keys: 4, nodes: 5 },
        to: { operations: 7, faults: 3, clients: 3, keys: 1, nodes: 5 },
        tries: 148,
        ended: "nothing smaller fails",
      },
    }),
    ...change,
  };
}
