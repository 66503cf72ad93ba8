import { expect, test } from "vitest";
import { chance, of, Scenario, tombstone } from "../support.ts";
import { sampleSize } from "../sample-size.ts";
import { isLinearizable, isRegular } from "./register-oracle.ts";
import type { Tiny, TinyRead, TinyWrite } from "./register-oracle.ts";

const histories = sampleSize(24_000);

interface Random {
  readonly tiny: Tiny;
  /** For each write, whether it is a delete. */
  readonly deletes: readonly boolean[];
}

function random(seed: number): Random {
  const { int } = chance(seed);
  const span = 6 + int(10);
  const interval = (): { startMs: number; endMs: number } => {
    const startMs = int(span);
    return { startMs, endMs: startMs + int(6) };
  };
  const writes: TinyWrite[] = Array.from({ length: 1 + int(4) }, () =>
    int(5) === 0 ? { ...interval(), endMs: Infinity } : interval(),
  );
  const reads: TinyRead[] = Array.from({ length: 1 + int(4) }, () => ({
    value: int(writes.length + 1) - 1,
    ...interval(),
  }));
  return { tiny: { writes, reads }, deletes: writes.map(() => int(6) === 0) };
}

function scenarioOf({ tiny, deletes }: Random): Scenario {
  const scenario = new Scenario();
  const version = (i: number) => (deletes[i] === true ? tombstone(`d${i}`) : of(`v${i}`));
  tiny.writes.forEach(({ startMs, endMs }, i) => {
    const info = endMs === Infinity;
    // An indeterminate delete becomes a write here: its tombstone would look like that of another delete. Another test
    // covers such deletes.
    if (deletes[i] === true && !info) scenario.delete(`d${i}`, startMs, endMs);
    else scenario.write(`v${i}`, startMs, info ? 99 : endMs, { outcome: info ? "info" : "ok" });
  });
  for (const { value, startMs, endMs } of tiny.reads)
    scenario.read(value < 0 ? [] : [version(value)], startMs, endMs);
  return scenario;
}

test(`the ladder agrees with an exhaustive search on ${histories} small histories at every level`, () => {
  const verdicts = { valid: 0, invalid: 0 };
  for (let seed = 0; seed < histories; seed++) {
    const drawn = random(seed);
    const { tiny } = drawn;
    const deletes = drawn.deletes.map(
      (isDelete, i) => isDelete && tiny.writes[i]?.endMs !== Infinity,
    );
    // If there are deletes, a read of nothing may have seen the initial value or any delete. The oracle tries each
    // choice for one such read, so histories with several of them get no deletes.
    const ambiguous =
      tiny.reads.filter(({ value }) => value < 0).length > 0 && deletes.includes(true);
    if (ambiguous && tiny.reads.filter(({ value }) => value < 0).length > 1) deletes.fill(false);
    const choices =
      ambiguous && deletes.includes(true)
        ? [-1, ...deletes.flatMap((isDelete, i) => (isDelete ? [i] : []))]
        : [-1];
    const readings = choices.map((choice) => ({
      ...tiny,
      reads: tiny.reads.map((read) => (read.value < 0 ? { ...read, value: choice } : read)),
    }));
    const expected = {
      "regular-stamped": readings.some((one) => isRegular(one, false)),
      regular: readings.some((one) => isRegular(one, true)),
      linearizable: readings.some(isLinearizable),
    };
    const scenario = scenarioOf({ tiny, deletes });
    for (const level of ["regular-stamped", "regular", "linearizable"] as const) {
      const { verdict, anomalies } = scenario.check(level);
      const wanted = expected[level] ? "valid" : "invalid";
      if (verdict !== wanted)
        expect.fail(
          `seed ${seed}, ${level}: ${verdict}, but it is ${wanted}: ${JSON.stringify({ tiny, deletes })} ${anomalies[0]?.explanation ?? ""}`,
        );
      verdicts[wanted]++;
    }
  }
  // Both verdicts must have occurred often.
  expect(Math.min(verdicts.valid, verdicts.invalid)).toBeGreaterThan(histories / 4);
});
