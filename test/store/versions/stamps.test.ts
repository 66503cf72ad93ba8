import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { defaultSettings, type Host } from "../../../store/index.ts";
import { stampClock, stampQuorum } from "../../../store/versions/stamps.ts";

/** A Host with only the members that a stamp clock uses. Its wall clock shows `walls` in turn. */
function host(node: string, boot: number, walls: readonly number[]): Host {
  let turn = 0;
  return { node, boot, wallUs: () => walls[turn++ % walls.length] } as unknown as Host;
}

const walls = fc.array(fc.integer({ min: 0, max: 1_800_000_000_000_000 }), {
  minLength: 1,
  maxLength: 10,
});

describe("stamps", () => {
  test("are unique and of one width, whatever the clocks do", () => {
    fc.assert(
      fc.property(walls, fc.constantFrom("wall", "hybrid", "quorum"), (readings, kind) => {
        const clocks = ["n1", "n2", "n9"].flatMap((node) =>
          [1, 2, 36 ** 6 - 1].map((boot) => stampClock(host(node, boot, readings), kind)),
        );
        const stamps = clocks.flatMap((clock) => Array.from({ length: 40 }, () => clock.next()));
        expect(new Set(stamps).size).toBe(stamps.length);
        expect(new Set(stamps.map((stamp) => stamp.length)).size).toBe(1);
      }),
    );
  });

  test("hybrid: each is above all that the clock gave or saw, and the clock is followed when it is ahead", () => {
    fc.assert(
      fc.property(walls, walls, (readings, others) => {
        const clock = stampClock(host("n1", 1, readings), "hybrid");
        const peer = stampClock(host("n2", 1, others), "hybrid");
        let last = "";
        for (let i = 0; i < 30; i++) {
          const seen = peer.next();
          clock.observe(seen);
          const stamp = clock.next();
          expect(stamp > last && stamp > seen).toBe(true);
          expect(Number(stamp.slice(0, 16))).toBeGreaterThanOrEqual(
            readings[i % readings.length] ?? 0,
          );
          last = stamp;
        }
      }),
    );
  });

  test("wall: takes the clock as it is, backwards too", () => {
    const clock = stampClock(host("n1", 1, [2_000, 1_000]), "wall");
    const [first, second] = [clock.next(), clock.next()];
    expect(second < first).toBe(true);
  });

  test("quorum: above the stamp that it is given, whatever clocks and other keys say", () => {
    fc.assert(
      fc.property(walls, fc.nat(1_000_000), (readings, steps) => {
        const clock = stampClock(host("n1", 1, readings), "quorum");
        const other = stampClock(host("n9", 2, readings), "quorum");
        const seen = `${String(steps).padStart(16, "0")}.n9.zzzzzz.zzzzzz`;
        expect(clock.next() < other.next(clock.next(seen))).toBe(true);
        expect(clock.next(seen) > seen).toBe(true);
        expect(Number(clock.next(seen).slice(0, 16))).toBe(steps + 1);
      }),
    );
  });

  test("a quorum stamp is read from enough replicas to meet acknowledged writes and what reads wrote back", () => {
    for (let n = 1; n <= 5; n++)
      for (let r = 1; r <= n; r++)
        for (let w = 1; w <= n; w++) {
          const asked = stampQuorum({ ...defaultSettings, n, r, w });
          expect(asked + w).toBeGreaterThan(n);
          expect(asked + (n - r + 1)).toBeGreaterThan(n);
          expect(asked).toBeLessThanOrEqual(n);
        }
  });

  test("a boot that does not fit is refused", () => {
    expect(() => stampClock(host("n1", 36 ** 6, [1]), "wall")).toThrow(RangeError);
  });
});
