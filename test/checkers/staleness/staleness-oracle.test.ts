import { expect, test } from "vitest";
import { chance, of, Scenario, stampOf, tombstone } from "../support.ts";
import { sampleSize } from "../sample-size.ts";
import type { VersionedValue } from "../../../checkers/index.ts";

const histories = sampleSize(20_000);

interface Write {
  readonly op: number;
  readonly stamp: string;
  readonly shown: VersionedValue;
  readonly isDelete: boolean;
  readonly outcome: "ok" | "info" | "fail" | "open";
  readonly startMs: number;
  readonly endMs: number;
}

interface Read {
  readonly op: number;
  /** The write that the read returned. Null if its origin is unknown, undefined if the read returned nothing. */
  readonly write: Write | null | undefined;
  readonly stamp: string;
  readonly startMs: number;
  readonly endMs: number;
}

const effectEndMs = ({ outcome, endMs }: Write): number => (outcome === "ok" ? endMs : Infinity);

/** The writes that were acknowledged before the read began. */
const before = (writes: readonly Write[], read: Read): Write[] =>
  writes.filter(({ outcome, endMs }) => outcome === "ok" && endMs < read.startMs);

test(`which reads are stale, by what and how much, agrees with the definition on ${histories} small histories`, () => {
  const counts = { stale: 0, byTime: 0, fresh: 0 };
  for (let seed = 0; seed < histories; seed++) {
    // Clients cannot tell which delete a read of nothing has met. So it counts as the newest delete that it may have
    // met, whether or not tombstones are removed in time.
    const tombstonesGo = seed % 3 === 0;
    const drawn = random(seed, tombstonesGo);
    const { scenario, writes } = drawn;
    const reads = drawn.reads.map((read) =>
      read.write === undefined ? { ...read, stamp: absence(writes, read) } : read,
    );
    const { anomalies, measurements } = scenario.check("staleness");
    const stale = reads.flatMap((read) => {
      const missed = before(writes, read).filter(({ stamp }) => stamp > read.stamp);
      const newest = missed.reduce<Write | undefined>(
        (a, b) => (a === undefined || b.stamp > a.stamp ? b : a),
        undefined,
      );
      return newest === undefined
        ? []
        : [
            {
              op: read.op,
              missed: newest.op,
              behindMs: read.startMs - Math.min(...missed.map(({ endMs }) => endMs)),
              versions: missed.length,
            },
          ];
    });
    const irregular = reads.flatMap((read) => {
      if (read.write === null) return [];
      const latest = Math.max(...before(writes, read).map(({ startMs }) => startMs));
      // A read of nothing shows the initial value, or the effect of any delete that had begun.
      const perhaps =
        read.write === undefined
          ? writes.filter(
              ({ isDelete, outcome, startMs }) =>
                isDelete && outcome !== "fail" && startMs <= read.endMs,
            )
          : [read.write];
      const ends = perhaps.map(effectEndMs);
      const current = perhaps[ends.indexOf(Math.max(...ends))];
      return Math.max(-Infinity, ...ends) < latest ? [{ read, current, latest }] : [];
    });
    const byTime = irregular.filter(({ read }) => !stale.some((one) => one.op === read.op));
    const byOp = (a: { op: number }, b: { op: number }): number => a.op - b.op;
    const wanted = {
      reads: reads.length,
      stale: [...stale].sort(byOp),
      byTime: byTime
        .map(({ read: { op }, current, latest }) => ({ op, current: current?.op, latest }))
        .sort(byOp),
      missedByTime: irregular.length,
    };
    const shownByTime = anomalies
      .filter(({ explanation }) => explanation.includes("begun after"))
      .map(({ operations }) => {
        const [missed, op] = operations.slice(-2) as [number, number];
        return {
          op,
          current: operations.length === 3 ? operations[0] : undefined,
          latest: writes.find((write) => write.op === missed)?.startMs,
        };
      });
    const listed = measurements?.["staleReads"] as { op: number }[];
    const got = {
      reads: measurements?.["reads"],
      stale: [...listed].sort(byOp),
      byTime: shownByTime.sort(byOp),
      missedByTime: measurements?.["missedByTime"],
    };
    if (JSON.stringify(got) !== JSON.stringify(wanted))
      expect.fail(
        `seed ${seed}: ${JSON.stringify(got)}, but it is ${JSON.stringify(wanted)}: ${JSON.stringify({ writes, reads })}`,
      );
    expect(anomalies).toHaveLength(stale.length + byTime.length);
    counts.stale += stale.length;
    counts.byTime += byTime.length;
    counts.fresh += reads.length - stale.length - byTime.length;
  }
  expect(Math.min(counts.stale, counts.byTime, counts.fresh)).toBeGreaterThan(histories / 50);
});

const absence = (writes: readonly Write[], read: Read): string =>
  writes
    .filter((one) => one.isDelete && one.outcome !== "fail" && one.startMs <= read.endMs)
    .map(({ outcome, stamp }) => (outcome === "ok" ? stamp : "~"))
    .reduce((a, b) => (b > a ? b : a), "");

/**
 * Draws up to six writes and deletes, some of them indeterminate or refused, and up to five reads. Their times are in
 * no order.
 */
function random(
  seed: number,
  tombstonesGo: boolean,
): { scenario: Scenario; writes: readonly Write[]; reads: readonly Read[] } {
  const { int, pick } = chance(seed);
  const scenario = new Scenario({
    promised: ["regular", "staleness"],
    ...(tombstonesGo ? { deletes: "reap" } : {}),
  });
  const span = 6 + int(14);
  const writes: Write[] = [];
  const reads: Read[] = [];
  const stamps = Array.from({ length: 6 }, (_, i) => stampOf(`v${10 + int(8)}${i}`));
  const write = (i: number): void => {
    const stamp = stamps[i] as string;
    const startMs = int(span);
    const endMs = startMs + int(6);
    const outcome = int(4) === 0 ? pick(["info", "fail", "open"] as const) : "ok";
    const isDelete = outcome === "ok" ? int(6) === 0 : int(12) === 0;
    const op = isDelete
      ? scenario.delete(stamp, startMs, endMs, { outcome })
      : scenario.write(`v${i}`, startMs, endMs, { outcome, version: stamp });
    writes.push({
      op,
      stamp,
      shown: isDelete ? tombstone(stamp) : of(`v${i}`, stamp),
      isDelete,
      outcome,
      startMs,
      endMs,
    });
  };
  for (let i = 0; i < 1 + int(6); i++) write(i);
  for (let i = int(6); i > 0; i--) {
    const startMs = int(span + 6);
    const endMs = startMs + int(5);
    const written = pick<Write | null | undefined>([...writes, ...writes, null, undefined]);
    const seen = written?.isDelete === true && written.outcome !== "ok" ? null : written;
    const stray = stampOf(`v${10 + int(8)}9`);
    // An acknowledged value may be shown under another version than its own. It then counts as old as its own version
    // says.
    const shown =
      seen === undefined
        ? []
        : seen === null
          ? [tombstone(stray)]
          : [
              seen.outcome === "ok" && !seen.isDelete && int(5) === 0
                ? { ...seen.shown, version: stray }
                : seen.shown,
            ];
    if (int(8) === 0) {
      scenario.read(shown, startMs, endMs, { outcome: pick(["info", "open"]) });
      continue;
    }
    const op = scenario.read(shown, startMs, endMs);
    reads.push({
      op,
      write: seen,
      stamp: seen === undefined ? "" : seen === null ? stray : seen.stamp,
      startMs,
      endMs,
    });
  }
  return { scenario, writes, reads };
}
