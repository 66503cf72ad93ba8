import { cutOff } from "./places.ts";
import { named, returns, type Scenario } from "../../../scenario/scenario.ts";
import { planOf } from "./plan-of.ts";

const operations = [
  { client: 0, afterMs: 3000, node: 0, f: "write", key: 0 },
  { client: 1, afterMs: 9000, node: 1, f: "read", key: 0, r: 3 },
] as const;

export const partialWrite: Scenario = {
  name: "partial-write",
  about:
    "A write that fewer than W replicas stored is not acknowledged, is rolled back nowhere, and may be read later; a write that was refused is never read.",
  source:
    "Kleppmann, Designing Data-Intensive Applications (2017), chapter 5, Limitations of Quorum Consistency",
  cases: [
    {
      setting: "the coordinator does not know yet that it is cut off",
      allowed: true,
      // The write begins while the cut is in force, and times out long before its links would be given up.
      plan: planOf({
        settings: { requestTimeoutMs: 1000, silenceMs: 20_000 },
        clients: 2,
        operations,
        faults: [{ atMs: 1000, durationMs: 4500, fault: cutOff([0]) }],
      }),
      find(history) {
        const write = history.operation(0);
        const read = history.reads.find((one) => one.outcome === "ok" && one.startUs > write.endUs);
        if (write.outcome !== "info" || read === undefined) return null;
        const later = history.reads.find((one) => returns(one, "v0")) ?? read;
        return {
          happened: returns(later, "v0"),
          what: `${named(write)}, and later ${named(later)}`,
        };
      },
    },
    {
      setting: "the coordinator knows that it is cut off, and sends nothing",
      allowed: false,
      plan: planOf({
        settings: {},
        clients: 2,
        operations,
        faults: [{ atMs: 300, durationMs: 5200, fault: cutOff([0]) }],
      }),
      find(history) {
        const write = history.operation(0);
        const last = history.reads.findLast((one) => one.outcome === "ok");
        if (write.outcome !== "fail" || last === undefined) return null;
        const back = history.reads.find((one) => returns(one, "v0"));
        return {
          happened: back !== undefined,
          what: `${named(write)}, and later ${named(back ?? last)}`,
        };
      },
    },
  ],
};
