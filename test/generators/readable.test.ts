import { expect, it } from "vitest";
import { readable } from "../../generators/index.ts";
import { smallPlan } from "./support.ts";

it("tells a plan step by step, in the order of time", () => {
  expect(readable(smallPlan)).toEqual([
    "c1 writes v0 to k0 through n1 (W=1)",
    "at 10 ms: isolate n3 for 800 ms",
    "at 15 ms: part n1, n2 from the rest for 100 ms",
    "c2, 20 ms later, reads k0 through n5 (R=3)",
    "at 25 ms: drop what n4 sends to n5 for 100 ms",
    "c1, 30 ms later, writes v2 to k0 through n2, with the context of its last operation there",
    "c2, 40 ms later, deletes k1 through n3",
    "at 200 ms: kill n1, n4 for 50 ms",
    "at 300 ms: pause n2 for 60 ms",
  ]);
});
