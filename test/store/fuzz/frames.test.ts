import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { StoreSettings } from "../../../store/index.ts";
import { change, frameOf } from "./mutate.ts";
import { type Fate, Target } from "./targets.ts";

/**
 * The number of frames in all tests of this file together. The default takes seconds. Set QUORATE_FRAMES to 200000 for
 * a long test.
 */
const frames = Number(process.env["QUORATE_FRAMES"] ?? 20_000);
const atOnce = 50;
const seed = 20_261_124;

const kinds: readonly (readonly [name: string, settings: Partial<StoreSettings>])[] = [
  ["stamps", { versions: "stamps" }],
  ["siblings", { versions: "siblings" }],
];

describe.each(kinds)("random and mutated frames, %s", (_, settings) => {
  /**
   * Sends frames to a target. Each must be answered correctly, and the node must survive. Returns how often each
   * outcome occurred.
   */
  const offer = (
    some: Partial<StoreSettings>,
    to: (target: Target, text: string) => Fate,
  ): ReadonlyMap<Fate, number> => {
    const target = new Target({ ...settings, ...some });
    const fates = new Map<Fate, number>();
    const text = fc.oneof(
      { weight: 40, arbitrary: change.map(frameOf) },
      { weight: 1, arbitrary: fc.string() },
      { weight: 1, arbitrary: fc.json() },
    );
    const property = fc.property(
      fc.array(text, { minLength: atOnce, maxLength: atOnce, size: "max" }),
      (texts) => {
        for (const each of texts) {
          const fate = to(target, each);
          fates.set(fate, (fates.get(fate) ?? 0) + 1);
        }
        target.expectAlive();
      },
    );
    fc.assert(property, { seed, numRuns: Math.ceil(frames / 4 / atOnce), endOnFailure: true });
    return fates;
  };

  test("of a client: a coded error, or what it validly says", () => {
    const fates = offer({}, (target, text) => target.asClient(text));
    for (const fate of ["no message", "refused", "done"] as const)
      expect(fates.get(fate), fate).toBeGreaterThan(frames / 200);
  });

  test("of a peer: its reply, or the link is closed", () => {
    const fates = offer(
      { deletes: "reap", graceMs: 50, reapedMs: 1000, hintLimit: 50 },
      (target, text) => target.asPeer(text),
    );
    for (const fate of ["no message", "cut off", "done"] as const)
      expect(fates.get(fate), fate).toBeGreaterThan(frames / 200);
  });
});
