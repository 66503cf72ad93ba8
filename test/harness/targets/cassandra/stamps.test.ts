import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createStamps, versionOf } from "../../../../harness/targets/cassandra/stamps.ts";

describe("createStamps", () => {
  it("gives stamps that are unique and grow, whatever the clock does", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 1.7e12, max: 1.9e12, noNaN: true })), (times) => {
        let at = 0;
        const stamps = createStamps("unique", () => times[at++] ?? 0);
        const given = times.map(() => stamps.next() ?? 0n);
        for (let i = 1; i < given.length; i++)
          expect((given[i] ?? 0n) > (given[i - 1] ?? 0n)).toBe(true);
      }),
    );
  });

  it("moves with the clients' clock", () => {
    const stamps = createStamps("unique", () => 1_000);
    stamps.setAheadMs(-250);
    expect(stamps.next()).toBe(750_000n);
  });

  it("ties within a millisecond where the setting says so", () => {
    const stamps = createStamps("milliseconds", () => 1_000.7);
    expect([stamps.next(), stamps.next()]).toEqual([1_000_000n, 1_000_000n]);
  });

  it("leaves stamps to the coordinator where the setting says so", () => {
    expect(createStamps("server").next()).toBeNull();
  });
});

describe("versionOf", () => {
  it("orders names as stamps", () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 63n - 1n), fc.bigInt(0n, 2n ** 63n - 1n), (a, b) => {
        expect(versionOf(a) < versionOf(b)).toBe(a < b);
      }),
    );
  });
});
