/** Plots of the history over time: latency, throughput, divergence and repair traffic. Faults are shaded. */
import type { Exhibit } from "../campaign.ts";
import { clip, type Markup, markup } from "../markup.ts";
import { timeUpTo } from "../page/format.ts";
import { type Bar, bars, lines, type Point, scatter } from "../plot.ts";
import { type Divergence, divergences, type Replicas } from "../trace/replicas.ts";
import type { Trace, TraceOperation } from "../trace/trace-shape.ts";
import { count, durationsUpTo, number, samplesAtLeast } from "../report-messages.ts";

const pointsAtMost = 1_200;
const buckets = 80;

export function activity(
  exhibit: Exhibit,
  trace: Trace,
  held: ReadonlyMap<string, Replicas>,
): Markup {
  const shades = trace.faults.map(({ fromUs, toUs, label }) => ({
    from: fromUs,
    to: toUs,
    title: label,
  }));
  return markup`${latency(trace, shades)}${throughput(trace, shades)}${divergence(trace, held, shades)}${repairTraffic(exhibit, trace, shades)}`;
}

type Shades = Parameters<typeof scatter>[0]["shades"];

/**
 * The right end of the plots of operations. They leave out the final reads, since the final phase may last far longer
 * than everything before it.
 */
const operationsEndUs = (trace: Trace): number =>
  Math.max(
    1,
    trace.operations.reduce(
      (most, { startUs, endUs, final }) => (final ? most : Math.max(most, endUs ?? startUs)),
      0,
    ) * 1.02,
  );

function latency(trace: Trace, shades: Shades): Markup | undefined {
  const done = trace.operations.filter(({ endUs, final }) => endUs !== undefined && !final);
  if (done.length < samplesAtLeast) return undefined;
  const took = ({ startUs, endUs }: TraceOperation): number =>
    ((endUs ?? startUs) - startUs) / 1_000;
  const every = Math.ceil(done.length / pointsAtMost);
  const slow = new Set([...done].sort((a, b) => took(b) - took(a)).slice(0, every === 1 ? 0 : 200));
  const shown = done.filter((operation, index) => index % every === 0 || slow.has(operation));
  const duration = durationsUpTo(done.reduce((most, one) => Math.max(most, took(one)), 0));
  const endX = operationsEndUs(trace);
  const points = shown.map((operation) => point(operation, took(operation), duration));
  const succeeded = done.filter(({ outcome }) => outcome === "ok").map(took);
  return markup`<figure><figcaption><strong>Latency</strong> <span class="quiet">of each operation, by kind and outcome</span></figcaption>
${scatter({ label: `Latency of ${count(shown.length, "operation")} over time`, points, endX, xLabel: timeUpTo(endX), yLabel: duration, shades, rules: [] })}
<p class="quiet">○ read, □ write, △ delete; × failed or indeterminate (${quantiles(succeeded, duration)}).
Shaded: a fault.${every > 1 && ` Every ${every}th operation and the 200 slowest are drawn.`}</p></figure>`;
}

type Duration = ReturnType<typeof durationsUpTo>;

function point(operation: TraceOperation, ms: number, duration: Duration): Point {
  const { op, f, outcome, startUs } = operation;
  const title = `#${op} ${f}: ${outcome} after ${duration(ms)}`;
  if (outcome !== "ok")
    return {
      x: startUs,
      y: ms,
      title,
      shape: { form: "cross", tone: outcome === "fail" ? "fail" : "info" },
    };
  return {
    x: startUs,
    y: ms,
    title,
    ...(f === "read"
      ? {}
      : { shape: { form: f === "write" ? ("square" as const) : ("triangle" as const), tone: f } }),
  };
}

function quantiles(ms: readonly number[], duration: Duration): string {
  const sorted = [...ms].sort((a, b) => a - b);
  const at = (part: number): string => duration(sorted[Math.ceil(part * (sorted.length - 1))] ?? 0);
  return sorted.length < samplesAtLeast
    ? `${number(sorted.length)} succeeded`
    : `ok: half within ${at(0.5)}, 95 % within ${at(0.95)}, 99 % within ${at(0.99)}`;
}

function throughput(trace: Trace, shades: Shades): Markup | undefined {
  const endX = operationsEndUs(trace);
  const done = trace.operations.filter(({ endUs, final }) => endUs !== undefined && !final);
  if (done.length < samplesAtLeast) return undefined;
  const series = (["ok", "fail", "info"] as const).map((outcome) => ({
    name: outcome === "info" ? "indeterminate" : outcome === "fail" ? "failed" : "ok",
    steps: perSecond(
      done.filter((operation) => operation.outcome === outcome).map(({ endUs }) => endUs ?? 0),
      endX,
    ),
  }));
  return markup`<figure><figcaption><strong>Throughput</strong> <span class="quiet">operations completed a second</span></figcaption>
${lines({ label: "Operations completed a second, by outcome", series, endX, xLabel: timeUpTo(endX), yLabel: number, shades })}</figure>`;
}

function perSecond(times: readonly number[], endX: number): readonly (readonly [number, number])[] {
  const counts = new Array<number>(buckets).fill(0);
  for (const us of times) {
    const bucket = Math.min(buckets - 1, Math.floor((us / endX) * buckets));
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  return counts.map((amount, bucket) => [
    (bucket * endX) / buckets,
    Math.round((amount * buckets * 1e8) / endX) / 100,
  ]);
}

/** Plots the number of keys whose replicas differ. Each bucket shows its maximum, so that short peaks are visible. */
function divergence(
  trace: Trace,
  held: ReadonlyMap<string, Replicas>,
  shades: Shades,
): Markup | undefined {
  const all = [...held].flatMap(([key, replicas]) =>
    divergences(
      replicas,
      trace.owners?.filter((owner) => owner.key === clip(key)),
    ),
  );
  if (all.length === 0) return undefined;
  const changes = all
    .flatMap(({ fromUs, toUs }) => [
      [fromUs, 1] as const,
      ...(toUs === undefined ? [] : [[toUs, -1] as const]),
    ])
    .sort(([a], [b]) => a - b);
  const most = new Array<number>(2 * buckets).fill(0);
  let now = 0;
  let from = 0;
  const raise = (untilUs: number): void => {
    const until = Math.min(
      most.length - 1,
      Math.max(0, Math.floor((untilUs / trace.endUs) * most.length)),
    );
    for (let bucket = from; bucket <= until; bucket++)
      most[bucket] = Math.max(most[bucket] ?? 0, now);
    from = until;
  };
  for (const [us, by] of changes) {
    raise(us);
    now += by;
    raise(us);
  }
  raise(trace.endUs);
  const ended = new Map<string, number[]>();
  for (const { fromUs, toUs, last } of all) {
    const name = endedBy(toUs, last);
    const ms = ((toUs ?? trace.endUs) - fromUs) / 1_000;
    const known = ended.get(name);
    if (known === undefined) ended.set(name, [ms]);
    else known.push(ms);
  }
  const duration = durationsUpTo(Math.max(...[...ended.values()].flat()));
  const rows = [...ended].map(([name, ms]): Bar => {
    const sorted = ms.sort((a, b) => a - b);
    const median = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
    const longest = sorted.at(-1) ?? 0;
    const few = sorted.length < samplesAtLeast;
    return {
      name: name === "write" ? "the write itself" : name,
      value: few ? longest : median,
      text: `${few ? "" : `median ${duration(median)}, `}longest ${duration(longest)}, ${count(sorted.length, "time")}`,
    };
  });
  return markup`<figure><figcaption><strong>Divergence</strong> <span class="quiet">keys whose replicas held different versions, as the nodes’ evidence shows</span></figcaption>
${lines({ label: "Keys whose replicas differ, over time", series: [{ name: "keys that differ", steps: most.map((amount, bucket) => [(bucket * trace.endUs) / most.length, amount]) }], endX: trace.endUs, xLabel: timeUpTo(trace.endUs), yLabel: number, shades })}
<p><strong>How long the replicas of a key differed</strong>
<span class="quiet">each time from the first replica’s change until all held the same, by what made the last one equal</span></p>
${bars("Time to convergence, by mechanism", rows)}</figure>`;
}

function endedBy(toUs: number | undefined, last: Divergence["last"]): string {
  if (toUs === undefined) return "never ended";
  return last === undefined ? "a change of the ring" : (last.gone ?? last.cause ?? "unknown");
}

function repairTraffic(exhibit: Exhibit, trace: Trace, shades: Shades): Markup | undefined {
  const originUs = exhibit.events.reduce(
    (least, event) => ("atUs" in event ? Math.min(least, event.atUs) : least),
    Infinity,
  );
  const times: Record<
    "read-repair" | "handoff" | "anti-entropy" | "stream" | "exchange",
    number[]
  > = {
    "read-repair": [],
    handoff: [],
    "anti-entropy": [],
    stream: [],
    exchange: [],
  };
  for (const event of exhibit.events) {
    if (event.e !== "sent") continue;
    if (event.frame === "stream") times.stream.push(event.atUs - originUs);
    else if (event.frame === "exchange") times.exchange.push(event.atUs - originUs);
    else if (event.frame === "replica-write" && event.cause !== "write")
      times[event.cause].push(event.atUs - originUs);
  }
  const names = {
    "read-repair": "copies by read repair",
    handoff: "hints handed off",
    "anti-entropy": "copies by anti-entropy",
    stream: "messages that stream keys",
    exchange: "messages that compare replicas",
  } as const;
  const total = Object.values(times).reduce((sum, list) => sum + list.length, 0);
  if (total === 0) return undefined;
  return markup`<figure><figcaption><strong>Repair traffic</strong> <span class="quiet">${count(total, "message")} in all, drawn per second</span></figcaption>
${lines({ label: "Repair messages a second, by mechanism", series: (["read-repair", "handoff", "anti-entropy", "stream", "exchange"] as const).filter((kind) => kind !== "stream" || times.stream.length > 0).map((kind) => ({ name: `${names[kind]} (${number(times[kind].length)})`, steps: perSecond(times[kind], trace.endUs) })), endX: trace.endUs, xLabel: timeUpTo(trace.endUs), yLabel: number, shades })}</figure>`;
}
