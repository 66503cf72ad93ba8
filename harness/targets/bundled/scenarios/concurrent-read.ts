import { halfWritten, halfWrittenPlan } from "./half-written.ts";
import {
  milliseconds,
  named,
  overlap,
  returns,
  type Scenario,
} from "../../../scenario/scenario.ts";

export const concurrentRead: Scenario = {
  name: "concurrent-read",
  about:
    "While a write is under way, some reads return the new value and some the old; once it is acknowledged, none returns the old one.",
  source:
    "Kleppmann, Designing Data-Intensive Applications (2017), chapter 5, Limitations of Quorum Consistency",
  cases: [
    {
      setting: "reads during the write",
      allowed: true,
      plan: halfWrittenPlan({}),
      find(history) {
        const write = history.operation(halfWritten.write);
        const reads = [
          history.operation(halfWritten.readWhereItIs),
          history.operation(halfWritten.readWhereItIsNot),
        ];
        if (reads.some((read) => read.outcome !== "ok" || !overlap(read, write))) return null;
        const newer = reads.filter((read) => returns(read, "v0")).length;
        return {
          happened: newer === 1,
          what: `${reads.map(named).join(", ")}, both while write 0 (v0) was under way`,
        };
      },
    },
    {
      setting: "a read after the write",
      allowed: false,
      plan: halfWrittenPlan({}),
      find(history) {
        const write = history.operation(halfWritten.write);
        const read = history.operation(halfWritten.readAfter);
        if (write.outcome !== "ok" || read.outcome !== "ok" || read.startUs <= write.endUs)
          return null;
        return {
          happened: !returns(read, "v0"),
          what: `${named(read)}, ${milliseconds(read.startUs - write.endUs)} after ${named(write)}`,
        };
      },
    },
  ],
};
