import { cutOff, preferred } from "./places.ts";
import {
  milliseconds,
  named,
  returns,
  type Case,
  type Scenario,
} from "../../../scenario/scenario.ts";
import { planOf, settingsOf } from "./plan-of.ts";
import type { StoreSettings } from "../../../../store/index.ts";

/**
 * Makes a case with a partition: one replica and two fallback nodes are on one side, and the other two replicas on the
 * other, so that under sloppy quorums both sides have a quorum.
 */
function caseOf(setting: string, allowed: boolean, changes: Partial<StoreSettings>): Case {
  const settings = { nodes: 5, ...changes };
  const { replicas, others } = preferred(settingsOf(settings));
  const [first = 0, , third = 0] = replicas;
  const operations = [
    { client: 0, afterMs: 3000, node: third, f: "write", key: 0 },
    { client: 1, afterMs: 4000, node: first, f: "read", key: 0 },
  ] as const;
  return {
    setting,
    allowed,
    plan: planOf({
      settings,
      clients: 2,
      operations,
      faults: [{ atMs: 100, durationMs: 6000, fault: cutOff([third, ...others]) }],
    }),
    find(history) {
      const write = history.operation(0);
      const read = history.operation(1);
      if (write.outcome !== "ok")
        return {
          happened: false,
          what: `${named(write)}: only replicas count towards W, and too few acknowledged the write`,
        };
      if (read.outcome !== "ok" || read.startUs <= write.endUs) return null;
      return {
        happened: !returns(read, "v0"),
        what: `${named(read)}, ${milliseconds(read.startUs - write.endUs)} after ${named(write)}`,
      };
    },
  };
}

export const sloppyQuorum: Scenario = {
  name: "sloppy-quorum",
  about:
    "A read of R replicas can miss a write that fallback nodes acknowledged, though R + W > N.",
  source:
    "Kleppmann, Designing Data-Intensive Applications (2017), chapter 5, Sloppy Quorums and Hinted Handoff; DeCandia et al., Dynamo (SOSP 2007), section 4.6",
  cases: [
    caseOf("sloppy quorums", true, { quorums: "sloppy", hints: true }),
    caseOf("strict quorums", false, {}),
  ],
};
