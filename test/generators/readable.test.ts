import { expect, it } from "vitest";
import { readable, triggerText } from "../../generators/index.ts";
import { bundledPlans } from "../../harness/targets/bundled/index.ts";
import { smallPlan } from "./support.ts";

it("tells a plan step by step, in the order of time", () => {
  expect(readable(smallPlan, { target: bundledPlans })).toEqual([
    "c1 writes v0 to k0 through n1 (W=1)",
    "at 10 ms: isolate n3 for 800 ms",
    "at 15 ms: separate n1, n2 from the other nodes for 100 ms",
    "c2, 20 ms later, reads k0 through n5 (R=3)",
    "at 25 ms: drop what n4 sends to n5 for 100 ms",
    "c1, 30 ms later, writes v2 to k0 through n2, with the context of the client's last operation on the key",
    "c2, 40 ms later, deletes k1 through n3",
    "at 200 ms: kill n1, n4 for 50 ms",
    "at 300 ms: pause n2 for 60 ms",
    "at 310 ms: drop what n1 sends to n2, n5 sends to n1 for 60 ms",
    "at 320 ms: delay the packets to and from n1, n2 by 40 ms and up to 10 ms more for 60 ms",
    "at 330 ms: let each link carry at most 5000 bytes a second of the packets to n3 for 60 ms",
    "at 340 ms: send 7 % of the packets from n3 twice for 60 ms",
    "at 350 ms: delay 8 % of the packets from n3 by up to 30 ms, so that later packets can overtake them, for 60 ms",
    "at 360 ms: lose 9 % of the packets to n3 for 60 ms",
    "at 370 ms: drop the packets from all clients to n4, n5 for 60 ms",
    "at 371 ms: leave no room on the disk of n2, n3 for 60 ms",
    "at 372 ms: slow down each fsync of n5 for 60 ms",
    "at 373 ms: cut the power of n3 for 60 ms",
    "at 374 ms: kill n4, put an older copy of its disk back, for 60 ms",
    "at 375 ms: limit n5 to 10 % of a processor and 128 MiB of memory for 60 ms",
    "from 380 ms on, just after n5 synced a hint, for the 2nd time: kill n5 for 60 ms",
  ]);
});

it.each([
  [1, ""],
  [3, ", for the 3rd time"],
  [12, ", for the 12th time"],
  [21, ", for the 21st time"],
])("writes event %i of a trigger as an ordinal", (count, times) => {
  const text = triggerText({ event: "synced", node: 0, count }, () => "n1");
  expect(text).toBe(`just after a sync of n1${times}`);
});

it("says whether the final phase restarts all nodes, where the plan does", () => {
  const lastStep = (restart: boolean) =>
    readable({ ...smallPlan, restart }, { target: bundledPlans }).at(-1);
  expect(lastStep(true)).toBe("final phase: restart all nodes");
  expect(lastStep(false)).toBe("final phase: start only dead nodes");
});
