/** Tests session guarantees that some settings promise only for some pairs of operations. */
import { describe, expect, test } from "vitest";
import { of, Scenario, stampOf } from "../support.ts";

const mine = { client: "c1", process: 1 };
const hybrid = (claimed: readonly string[] = []): Scenario =>
  new Scenario({ stamps: "hybrid", promised: ["writes-follow-reads"], claimed: [...claimed] });

/** A client reads v5 through n1. Then it writes v3, whose stamp is older, through `node`. */
function writesBehind(scenario: Scenario, node = "n1"): Scenario {
  scenario.write("v5", 0, 1, { client: "c2", node: "n2" });
  scenario.read([of("v5")], 10, 11, { ...mine, node: "n1" });
  scenario.write("v3", 20, 21, { ...mine, node, version: stampOf("v3") });
  return scenario;
}

const verdictOf = (scenario: Scenario): string => scenario.check("writes-follow-reads").verdict;

describe("writes-follow-reads under hybrid stamps", () => {
  test("is broken where the coordinator of the write had answered the read", () => {
    expect(verdictOf(writesBehind(hybrid()))).toBe("invalid");
  });

  test("is not promised through another coordinator, and means that too where it is claimed", () => {
    expect(verdictOf(writesBehind(hybrid(), "n3"))).toBe("not-applicable");
    expect(verdictOf(writesBehind(hybrid(["writes-follow-reads"]), "n3"))).toBe("invalid");
  });

  test("holds the coordinator to what it had stored as a replica", () => {
    const stored = writesBehind(hybrid(), "n3");
    stored.boot("n3", 0, 1).sync("n3", 5, { key: "k0", versions: [stampOf("v5")] });
    stored.frame("sent", "n3", "c1", 21, {
      frame: "client-write-ok",
      trace: 2,
      key: "k0",
      versions: [stampOf("v3")],
    });
    expect(verdictOf(stored)).toBe("invalid");
  });

  test("forgives a coordinator that may have restarted between", () => {
    expect(verdictOf(writesBehind(hybrid()).fault(0, "kill", ["n1"], 12, 18))).toBe(
      "not-applicable",
    );
    expect(verdictOf(writesBehind(hybrid()).fault(0, "kill", ["n2"], 12, 18))).toBe("invalid");
  });

  test("forgives another boot that answered, by evidence", () => {
    const scenario = writesBehind(hybrid());
    const answer = { key: "k0", versions: [stampOf("v5")] };
    scenario.boot("n1", 0, 1);
    scenario.frame("sent", "n1", "c1", 11, { frame: "client-read-ok", trace: 1, ...answer });
    scenario.boot("n1", 15, 2);
    scenario.frame("sent", "n1", "c1", 21, { frame: "client-write-ok", trace: 2, ...answer }, 2);
    expect(verdictOf(scenario)).toBe("not-applicable");
  });
});

describe("read-your-writes under sloppy quorums", () => {
  const made = (pw: number | undefined, pr: number | undefined, claimed = false): string => {
    const scenario = new Scenario({
      quorums: "sloppy",
      promised: ["read-your-writes"],
      ...(claimed ? { claimed: ["read-your-writes"] } : {}),
    });
    scenario.write("v2", 2, 3, { ...mine, ...(pw === undefined ? {} : { pw }) });
    scenario.read([], 4, 5, { ...mine, ...(pr === undefined ? {} : { pr }) });
    return scenario.check("read-your-writes").verdict;
  };

  test("counts where PR + PW > N", () => {
    expect(made(2, 2)).toBe("invalid");
    expect(made(3, 1)).toBe("invalid");
    expect(made(2, 1)).toBe("not-applicable");
    expect(made(3, undefined)).toBe("not-applicable");
  });

  test("counts always where it is claimed", () => {
    expect(made(undefined, undefined, true)).toBe("invalid");
  });
});
