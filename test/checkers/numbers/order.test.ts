import { expect, test } from "vitest";
import { orderOf } from "../../../checkers/numbers/order.ts";
import { chance } from "../support.ts";
import { sampleSize } from "../sample-size.ts";

test("indices by time, equal times in their order, nearly sorted or not, of any size", () => {
  const histories = sampleSize(600);
  for (let seed = 0; seed < histories; seed++) {
    const { int } = chance(seed);
    const size = int(300);
    const disorder = int(3) === 0 ? 1000 : 1 + int(20);
    const times = Float64Array.from({ length: size }, (_, i) =>
      int(30) === 0 ? Infinity : int(40) === 0 ? -Infinity : i + int(disorder),
    );
    const wanted = [...times.keys()].sort((a, b) =>
      (times[a] as number) < (times[b] as number)
        ? -1
        : (times[a] as number) > (times[b] as number)
          ? 1
          : a - b,
    );
    expect([...orderOf(times)], `seed ${seed}`).toEqual(wanted);
    const some = Int32Array.from(times.keys()).filter((i) => i % 3 !== 0);
    expect([...orderOf(times, some)], `seed ${seed}, some`).toEqual(
      wanted.filter((i) => i % 3 !== 0),
    );
  }
});
