import { expect, it } from "vitest";
import { attack } from "./attack.ts";

/** The number of attacks in this test. `npm run attack` makes ten times as many. */
const attacks = 20;

it.each(Array.from({ length: attacks }, (_, index) => index))(
  "whatever ends a run, clean, report and the next run work (attack %i)",
  async (index) => {
    const { what, ended, problems } = await attack(index, 16, "sim");
    expect(problems, `${what}, ended with ${ended}`).toEqual([]);
  },
);
