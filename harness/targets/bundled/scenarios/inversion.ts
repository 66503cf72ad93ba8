import { halfWritten, halfWrittenPlan } from "./half-written.ts";
import {
  milliseconds,
  named,
  returns,
  type Case,
  type Scenario,
} from "../../../scenario/scenario.ts";
import type { StoreSettings } from "../../../../store/index.ts";

function caseOf(setting: string, allowed: boolean, changes: Partial<StoreSettings>): Case {
  return {
    setting,
    allowed,
    plan: halfWrittenPlan(changes),
    find(history) {
      const first = history.operation(halfWritten.readWhereItIs);
      const second = history.operation(halfWritten.readWhereItIsNot);
      if (
        first.outcome !== "ok" ||
        second.outcome !== "ok" ||
        !returns(first, "v0") ||
        second.startUs <= first.endUs
      )
        return null;
      return {
        happened: !returns(second, "v0"),
        what: `${named(first)}, and ${milliseconds(second.startUs - first.endUs)} later ${named(second)}`,
      };
    },
  };
}

export const inversion: Scenario = {
  name: "new-old-inversion",
  about:
    "With strict quorums a read can return the new value and a later one the old: quorums alone are not linearizable.",
  source:
    "Kleppmann, Designing Data-Intensive Applications (2017), chapter 9, Linearizability and quorums; Attiya, Bar-Noy, Dolev, Sharing Memory Robustly (JACM 1995)",
  cases: [
    caseOf("strict quorums, no write-back", true, { stamps: "quorum" }),
    caseOf("reads write back to N − R + 1 replicas before they answer", false, {
      stamps: "quorum",
      readRepair: "blocking",
    }),
  ],
};
