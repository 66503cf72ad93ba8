/** Tests segments and their compaction, on a Host that keeps synced data and can stop after any step. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CommitLog } from "../../../store/replica/commit-log.ts";
import { SegmentedLog } from "../../../store/replica/segments.ts";
import { healthyParts, segmentName } from "../../../store/index.ts";
import type { Host, HostLog, LogFailure, LogRecord } from "../../../store/index.ts";

const recordBytes = 100;
const record = (key: string, stamp: number): LogRecord => ({
  key,
  state: { kind: "stamped", stamp: String(stamp).padStart(4, "0"), value: `${key}${stamp}` },
});

/** A disk whose operations are steps in a queue. The power may fail between two steps. */
class StepHost {
  readonly files = new Map<string, LogRecord[]>();
  readonly said: string[] = [];
  readonly halted: string[] = [];
  room = Infinity;
  #steps: (() => void)[] = [];
  #logs = new Map<string, HostLog>();

  /** Starts the next boot with the content of the disk. */
  reboot(): Host {
    this.#steps = [];
    this.#logs = new Map();
    const later = (act: () => void): void => void this.#steps.push(act);
    return {
      log: (name: string) => {
        const log = this.#logs.get(name) ?? this.#log(name, later);
        this.#logs.set(name, log);
        return log;
      },
      logNames: (done: (names: readonly string[]) => void) =>
        later(() => done([...this.files.keys()].sort())),
      removeLog: (name: string, done: (error: Error | null) => void) =>
        later(() => {
          this.files.delete(name);
          done(null);
        }),
      explain: ({ what, detail }: { what: string; detail?: string }) =>
        this.said.push(`${what}: ${detail}`),
      halt: (reason: string) => this.halted.push(reason),
    } as unknown as Host;
  }

  /** Makes the next step. Returns whether there was one. */
  step(): boolean {
    const next = this.#steps.shift();
    next?.();
    return next !== undefined;
  }

  finish(): void {
    while (this.step());
  }

  #log(name: string, later: (act: () => void) => void): HostLog {
    let appended: LogRecord[] = [];
    const { files } = this;
    const flush = (done: (failure: LogFailure | null) => void): void => {
      const records = appended;
      appended = [];
      later(() => {
        if (this.room < records.length) return done({ full: true, message: "ENOSPC" });
        this.room -= records.length;
        if (records.length > 0) files.set(name, [...(files.get(name) ?? []), ...records]);
        done(null);
      });
    };
    return {
      get bytes() {
        return ((files.get(name)?.length ?? 0) + appended.length) * recordBytes;
      },
      recover: (done) =>
        later(() => done((files.get(name) ?? []).map((each) => ({ whole: true, record: each })))),
      cut: (entries, done) =>
        later(() => {
          files.set(name, (files.get(name) ?? []).slice(0, entries));
          done(null);
        }),
      append: (each) => void appended.push(each),
      write: flush,
      sync: flush,
    };
  }
}

type Held = Map<string, LogRecord>;

const take = (held: Held, each: LogRecord): void => {
  const merged = healthyParts.merge(held.get(each.key)?.state ?? null, each.state);
  held.set(each.key, { key: each.key, state: merged });
};

/** The records that recovery reads from the disk, merged by key. */
function replayed(host: StepHost): Held {
  const held: Held = new Map();
  new SegmentedLog(host.reboot(), "store", 300, () => []).recover(healthyParts.recover, (records) =>
    records.forEach((each) => take(held, each)),
  );
  host.finish();
  return held;
}

/**
 * Writes records by group commit, for at most `steps` steps. Returns the confirmed ones. Up to `atOnce` records are
 * written without waiting for one another.
 */
function written(
  host: StepHost,
  records: readonly LogRecord[],
  { steps = Infinity, atOnce = 1 } = {},
): Held {
  const held = replayed(host);
  const node = host.reboot();
  const log = new SegmentedLog(node, "store", 300, () => held.values());
  const commitLog = new CommitLog(node, log, { sync: "group", syncIntervalMs: 100 });
  let left = steps;
  const go = (): boolean => left-- > 0 && host.step();
  let ready = false;
  log.recover(healthyParts.recover, () => (ready = true));
  while (!ready && go());
  let underWay = 0;
  const over = (): void => void underWay--;
  for (const each of ready ? records : []) {
    underWay++;
    commitLog.write(each, () => (take(held, each), over()), over);
    while (underWay >= atOnce && go());
    if (left < 0) return held;
  }
  while (go());
  return held;
}

const entries = (held: Held): unknown[] => [...held.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
const many = (count: number): LogRecord[] =>
  Array.from({ length: count }, (_, i) => record(`k${i % 3}`, i));

describe("a log in segments", () => {
  test("begins the next segment at its size, and compaction leaves one with what is live", () => {
    const host = new StepHost();
    const held = written(host, many(6));
    expect(host.said).toEqual([
      `log compacted: 3 records in ${segmentName("store", 4)} in place of 2 segments`,
    ]);
    expect([...host.files.keys()]).toEqual([segmentName("store", 4)]);
    expect(entries(replayed(host))).toEqual(entries(held));
  });

  test("goes on in the segment that it left off in, or behind a sealed one", () => {
    const host = new StepHost();
    written(host, many(2));
    written(host, many(1));
    expect([...host.files].map(([name, records]) => [name, records.length])).toEqual([
      [segmentName("store", 1), 3],
    ]);
    written(host, many(1));
    expect([...host.files.keys()]).toEqual([segmentName("store", 1), segmentName("store", 3)]);
  });

  test("stays bounded: its size follows what is live, not what was written", () => {
    const host = new StepHost();
    written(host, many(1000));
    expect([...host.files.values()].flat().length).toBeLessThan(15);
  });

  test("the power gone at any step: replay has all that was confirmed, and nothing that was not written", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 8 }),
        (count, steps, more, atOnce) => {
          const host = new StepHost();
          const held = written(host, many(count), { steps, atOnce });
          const after = replayed(host);
          for (const [key, each] of held)
            expect(healthyParts.merge(after.get(key)?.state ?? null, each.state)).toEqual(
              after.get(key)?.state,
            );
          for (const each of after.values()) expect(many(count)).toContainEqual(each);
          // The node must also be able to continue from this state.
          const later = written(host, many(count + 10).slice(count), { steps: more, atOnce });
          for (const [key, each] of later)
            expect(healthyParts.merge(replayed(host).get(key)?.state ?? null, each.state)).toEqual(
              replayed(host).get(key)?.state,
            );
          expect(host.halted).toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
  });

  test("compaction leaves alone a segment whose sync is under way", () => {
    const host = new StepHost();
    const held = written(host, many(100), { atOnce: 7 });
    expect(held.size).toBe(3);
    expect(entries(replayed(host))).toEqual(entries(held));
  });

  test("a sync waits for the segment that recovery went on in and that was sealed since", () => {
    const host = new StepHost();
    written(host, many(2));
    const node = host.reboot();
    const synced: string[] = [];
    const watched: Host = {
      ...node,
      log: (name) => {
        const log = node.log(name);
        return {
          ...log,
          get bytes() {
            return log.bytes;
          },
          sync: (done) =>
            log.sync((failure) => {
              synced.push(name);
              done(failure);
            }),
        };
      },
    };
    const log = new SegmentedLog(watched, "store", 300, () => []);
    log.recover(healthyParts.recover, () => {});
    host.finish();
    log.append(record("k0", 8));
    log.write(() => {});
    host.finish();
    log.append(record("k0", 9));
    log.write(() => {});
    log.sync(() => {});
    host.finish();
    const [recovered, next] = [segmentName("store", 1), segmentName("store", 3)];
    expect(synced).toEqual([recovered, recovered, next]);
  });

  test("old segments go oldest first, so that a tombstone outlives what it deleted", () => {
    for (let steps = 0; steps < 60; steps++) {
      const host = new StepHost();
      const buried: LogRecord = {
        key: "k0",
        state: { kind: "stamped", stamp: "0009", value: null },
      };
      const log = new SegmentedLog(host.reboot(), "store", 300, () => []);
      let ready = false;
      log.recover(healthyParts.recover, () => (ready = true));
      while (!ready && host.step());
      const all = [...many(5), buried, ...many(1)];
      for (const each of all) {
        let confirmed = false;
        log.append(each);
        log.sync(() => (confirmed = true));
        while (!confirmed && host.step());
      }
      for (let i = 0; i < steps && host.step(); i++);
      // The key was reaped, so the snapshot contains nothing of it. But an old value must not come back without the
      // tombstone.
      const state = replayed(host).get("k0")?.state;
      expect(
        state === undefined ||
          (state.kind === "stamped" && (state.value === null || state.stamp === "0000")),
      ).toBe(true);
    }
  });

  test("without room for a snapshot the old segments stay", () => {
    const host = new StepHost();
    host.room = 7;
    const held = written(host, many(6));
    expect(host.said).toEqual(["compaction given up: ENOSPC"]);
    expect(host.halted).toEqual([]);
    expect(entries(replayed(host))).toEqual(entries(held));
  });
});
