import { expect, test } from "vitest";
import { leftOpen, WorkloadFindings } from "../../../checkers/language/workload-findings.ts";

test("a result leaves open what it could not decide, not that nothing happened", () => {
  expect(leftOpen(new WorkloadFindings().conclude(0))).toEqual([]);
  expect(leftOpen(new WorkloadFindings().conclude(3))).toEqual([]);
  const unread = new WorkloadFindings();
  unread.undecided("No read of the set succeeded.");
  expect(leftOpen(unread.conclude(0))).toEqual(["No read of the set succeeded."]);
});
