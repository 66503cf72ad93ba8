import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LogRecord } from "../../../store/index.ts";
import { decodeLog, encodeEntries } from "../../../store/real/log-format.ts";

const arbitraryRecord: fc.Arbitrary<LogRecord> = fc.record({
  key: fc.string({ unit: "binary", maxLength: 8 }),
  state: fc.record({
    kind: fc.constant("stamped" as const),
    stamp: fc.string({ maxLength: 8 }),
    value: fc.option(fc.string({ unit: "binary", maxLength: 20 }), { nil: null }),
  }),
});
const arbitraryRecords = fc.array(arbitraryRecord, { minLength: 1, maxLength: 8 });
const written = (records: readonly LogRecord[]): Buffer => encodeEntries(records).bytes;
const whole = (log: Buffer): LogRecord[] =>
  decodeLog(log).flatMap(({ entry }) => (entry.whole ? [entry.record] : []));

describe("the log's format", () => {
  it("gives back what was written", () => {
    fc.assert(
      fc.property(arbitraryRecords, (records) => {
        expect(whole(written(records))).toEqual(records);
      }),
    );
  });

  it("cut anywhere: keeps exactly the entries that lie whole before the cut, and reports a rest as the damaged last one", () => {
    fc.assert(
      fc.property(arbitraryRecords, fc.nat(), (records, where) => {
        const log = written(records);
        const at = where % (log.length + 1);
        const ends = records.map((_, i) => written(records.slice(0, i + 1)).length);
        const kept = ends.filter((end) => end <= at).length;
        const decoded = decodeLog(log.subarray(0, at));
        expect(whole(log.subarray(0, at))).toEqual(records.slice(0, kept));
        const torn = at > (ends[kept - 1] ?? 0);
        expect(decoded).toHaveLength(kept + (torn ? 1 : 0));
        if (torn) expect(decoded.at(-1)?.entry).toMatchObject({ whole: false, last: true });
      }),
    );
  });

  it("one byte changed anywhere: loses that entry alone, and never takes it for whole", () => {
    fc.assert(
      fc.property(
        arbitraryRecords,
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (records, where, flip) => {
          const log = written(records);
          const at = where % log.length;
          const hit = records.findIndex((_, i) => at < written(records.slice(0, i + 1)).length);
          log[at] = (log[at] ?? 0) ^ flip;
          expect(whole(log)).toEqual(records.filter((_, i) => i !== hit));
          const damaged = decodeLog(log).filter(({ entry }) => !entry.whole);
          expect(damaged).toHaveLength(1);
          expect(damaged[0]?.entry).toMatchObject({ last: hit === records.length - 1 });
        },
      ),
    );
  });

  it("says what a careless reader would make of a torn record: a value that nobody wrote", () => {
    const record: LogRecord = {
      key: "k",
      state: { kind: "stamped", stamp: "s1", value: "a long value" },
    };
    const log = encodeEntries([record]).bytes;
    const [torn] = decodeLog(log.subarray(0, log.length - 6));
    expect(torn?.entry).toEqual({
      whole: false,
      last: true,
      bytes: log.length - 6,
      partial: { key: "k", state: { kind: "stamped", stamp: "s1", value: "a long va" } },
    });
  });
});
