import { describe, expect, it } from "vitest";
import { median } from "../../../harness/hunt/median.ts";

describe("the median", () => {
  it("is the lower of the two in the middle", () => {
    expect(median([9, 1, 5, 3])).toBe(3);
    expect(median([])).toBeNull();
  });
});
