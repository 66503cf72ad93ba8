/** Finds the versions of the ring in a history: when nodes used each version, and which node owned which key when. */
import type { HistoryEvent, Key, NodeName, Placement, RunEvent } from "../../checkers/index.ts";
import { clip } from "../markup.ts";
import type { TraceOwner, TraceRing } from "./trace-shape.ts";

/** A version of the ring, from its first use to the first use of the next version. */
interface Span {
  readonly version: number;
  readonly members: readonly NodeName[];
  readonly reads: Placement;
  readonly writes: readonly Placement[];
  readonly under?: string;
  readonly fromUs: number;
  readonly everyUs: number;
  readonly toUs: number;
}

/** The membership in a trace. Both fields are absent if membership never changed. */
export interface RingTrace {
  readonly rings?: readonly TraceRing[];
  readonly owners?: readonly TraceOwner[];
}

/**
 * The versions of the ring and the owners of each key. Times are relative to `originUs`. The last version lasts until
 * `endUs`.
 */
export function traceRings(
  events: readonly HistoryEvent[],
  run: RunEvent | undefined,
  { originUs, fromUs, endUs }: Readonly<Record<"originUs" | "fromUs" | "endUs", number>>,
): RingTrace {
  const spans = spansOf(events, run, { originUs, fromUs, endUs });
  if (spans.length < 2) return {};
  const keys = Object.keys(spans[0]?.reads.preference ?? {});
  return {
    rings: spans.map(({ version, members, under, fromUs: since, everyUs, toUs }) => ({
      version,
      members: members.map((node) => clip(node, 60)),
      ...(under === undefined ? {} : { under: clip(under, 120) }),
      fromUs: since,
      everyUs,
      toUs,
    })),
    owners: keys.flatMap((key) => ownersOf(spans, key)),
  };
}

/**
 * Every node that ever owned the key or got its writes, in the order in which they first did. Empty if the history does
 * not tell.
 */
export function everOwners(events: readonly HistoryEvent[], key: Key): readonly NodeName[] {
  const nodes = events.flatMap((event): readonly NodeName[] => {
    if (event.e === "run") return event.preference?.[key] ?? [];
    if (event.e !== "ring") return [];
    return [event.reads, ...event.writes].flatMap(({ preference }) => preference[key] ?? []);
  });
  return [...new Set(nodes)];
}

function spansOf(
  events: readonly HistoryEvent[],
  run: RunEvent | undefined,
  { originUs, fromUs, endUs }: Readonly<Record<"originUs" | "fromUs" | "endUs", number>>,
): readonly Span[] {
  if (run?.preference === undefined) return [];
  const { preference, n = 0, r = 0, w = 0, newcomers = [] } = run;
  const placement: Placement = { n, r, w, preference };
  const versions = new Map<number, Omit<Span, "toUs">>([
    [
      0,
      {
        version: 0,
        members: run.nodes.filter((node) => !newcomers.includes(node)),
        reads: placement,
        writes: [placement],
        fromUs,
        everyUs: fromUs,
      },
    ],
  ]);
  const begun = new Set<string>();
  for (const event of events) {
    if (event.e !== "ring") continue;
    const { node, version, members, reads, writes, under } = event;
    const atUs = event.atUs - originUs;
    const known = versions.get(version);
    // A node that restarts uses the version that it had used before.
    if (begun.has(`${node} ${version}`)) continue;
    begun.add(`${node} ${version}`);
    versions.set(version, {
      version,
      members,
      reads,
      writes,
      ...(under === undefined ? {} : { under }),
      fromUs: Math.min(known?.fromUs ?? Infinity, atUs),
      everyUs: Math.max(known?.everyUs ?? -Infinity, atUs),
    });
  }
  const sorted = [...versions.values()].sort((a, b) => a.version - b.version);
  return sorted.map((span, index) => ({
    ...span,
    toUs: Math.max(span.fromUs, sorted[index + 1]?.fromUs ?? endUs),
  }));
}

/** The roles of nodes for the key over time. Neighbouring spans in which a node has the same role become one. */
function ownersOf(spans: readonly Span[], key: Key): readonly TraceOwner[] {
  const nodes = new Set(
    spans.flatMap(({ reads, writes }) =>
      [reads, ...writes].flatMap(({ preference }) => preference[key] ?? []),
    ),
  );
  return [...nodes].flatMap((node) => {
    const owned: TraceOwner[] = [];
    for (const span of spans) {
      const role = roleOf(span, key, node);
      const last = owned.at(-1);
      if (role === undefined) continue;
      if (last?.role === role && last.toUs === span.fromUs)
        owned[owned.length - 1] = { ...last, toUs: span.toUs };
      else
        owned.push({
          key: clip(key),
          node: clip(node, 60),
          role,
          fromUs: span.fromUs,
          toUs: span.toUs,
        });
    }
    return owned;
  });
}

function roleOf({ reads, writes }: Span, key: Key, node: NodeName): TraceOwner["role"] | undefined {
  if (reads.preference[key]?.includes(node) === true) return "owner";
  return writes.some(({ preference }) => preference[key]?.includes(node) === true)
    ? "writes"
    : undefined;
}
