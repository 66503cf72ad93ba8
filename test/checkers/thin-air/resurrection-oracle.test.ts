import { expect, test } from "vitest";
import { chance, of, Scenario, stampOf, tombstone } from "../support.ts";
import { sampleSize } from "../sample-size.ts";
import type { OperationOptions } from "../support.ts";

const histories = sampleSize(20_000);

test(`no-resurrection by stamp agrees with its definition on ${histories} small histories`, () => {
  const counts = { valid: 0, invalid: 0, "not-applicable": 0 };
  for (let seed = 0; seed < histories; seed++) {
    const { int, pick } = chance(seed);
    const scenario = new Scenario();
    const span = 4 + int(16);
    const interval = (): [number, number] => {
      const startMs = int(span);
      return [startMs, startMs + int(5)];
    };
    const outcome = (): NonNullable<OperationOptions["outcome"]> =>
      int(4) === 0 ? pick(["info", "fail", "open"]) : "ok";
    const writes = Array.from({ length: 1 + int(3) }, (_, i) => ({
      value: `v${i}`,
      stamp: stampOf(`v${int(8)}${i}`),
    }));
    for (const { value, stamp } of writes) scenario.write(value, ...interval(), { version: stamp });
    const deletes = Array.from({ length: int(4) }, (_, i) => {
      const [startMs, endMs] = interval();
      const one = { stamp: stampOf(`v${int(8)}${i + 5}`), outcome: outcome(), endMs };
      return { ...one, op: scenario.delete(one.stamp, startMs, endMs, { outcome: one.outcome }) };
    });
    const reads = Array.from({ length: 1 + int(4) }, () => {
      const [startMs, endMs] = interval();
      const written = pick([...writes, ...writes, null, undefined]);
      // A value that is shown under another version counts as old as its own version says. A value that nobody wrote
      // counts as old as the version under which it is shown.
      const stray = stampOf(`v${int(8)}9`);
      const shown =
        written === undefined
          ? []
          : written === null
            ? [int(2) === 0 ? tombstone(stray) : of("v9", stray)]
            : [of(written.value, int(5) === 0 ? stray : written.stamp)];
      const ok = int(6) > 0;
      const op = scenario.read(shown, startMs, endMs, { outcome: ok ? "ok" : "info" });
      const stamp =
        shown[0] === undefined || shown[0].value === null ? undefined : (written?.stamp ?? stray);
      return { op, ok, startMs, stamp };
    }).filter(({ ok }) => ok);
    const judged = reads.flatMap((read) => {
      const earlier = deletes
        .filter((one) => one.outcome === "ok" && one.endMs < read.startMs)
        .sort((a, b) => (a.stamp < b.stamp ? -1 : 1));
      const newest = earlier.at(-1);
      return newest === undefined ? [] : [{ ...read, newest }];
    });
    const broken = judged
      .filter(({ stamp, newest }) => stamp !== undefined && stamp < newest.stamp)
      .map(({ op, newest }) => `${newest.op} ${op}`)
      .sort();
    const wanted = judged.length === 0 ? "not-applicable" : broken.length > 0 ? "invalid" : "valid";
    const got = scenario.check("no-resurrection");
    const shown = got.anomalies.map(({ operations }) => operations.slice(-2).join(" ")).sort();
    if (got.verdict !== wanted || got.judged !== judged.length || shown.join() !== broken.join()) {
      expect.fail(
        `seed ${seed}: ${got.verdict} of ${got.judged} (${shown.join()}), but it is ${wanted} of ${judged.length} (${broken.join()}): ${JSON.stringify({ writes, deletes, reads })}`,
      );
    }
    counts[wanted]++;
  }
  expect(Math.min(...Object.values(counts))).toBeGreaterThan(histories / 10);
});
