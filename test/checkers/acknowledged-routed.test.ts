import { describe, expect, test } from "vitest";
import { of, Scenario } from "./support.ts";

const record = { key: "k0", versions: ["0001"] };

interface Step {
  readonly replica: string;
  readonly syncMs: number;
  readonly replyMs: number;
}

/** Every node was alive and recorded it: what is not there did not happen. */
function scenarioOf(): Scenario {
  const scenario = new Scenario({ routing: "client" });
  for (const node of ["n1", "n2", "n3"]) scenario.frame("sent", node, "c0", 0, { frame: "other", detail: "alive" });
  return scenario;
}

function written(steps: readonly Step[], w = 2): Scenario {
  const scenario = scenarioOf();
  scenario.write("v1", 0, 10, { w });
  for (const { replica, syncMs, replyMs } of steps) {
    const reply = { frame: "replica-write-ok", trace: 0, request: 0, key: "k0" } as const;
    if (syncMs <= replyMs) scenario.sync(replica, syncMs, record).frame("sent", replica, "c0", replyMs, reply);
    else scenario.frame("sent", replica, "c0", replyMs, reply).sync(replica, syncMs, record);
  }
  return scenario;
}

describe("acknowledged, where the client counts: a write", () => {
  const verdict = (steps: readonly Step[], w?: number): string => written(steps, w).check("acknowledged").verdict;

  test("W replicas synced and then confirmed before the client went on", () => {
    expect(verdict([{ replica: "n1", syncMs: 1, replyMs: 2 }, { replica: "n2", syncMs: 1, replyMs: 2 }])).toBe("valid");
    expect(verdict([{ replica: "n1", syncMs: 1, replyMs: 2 }])).toBe("invalid");
    expect(verdict([{ replica: "n1", syncMs: 1, replyMs: 2 }, { replica: "n2", syncMs: 3, replyMs: 2 }])).toBe("invalid");
    expect(verdict([{ replica: "n1", syncMs: 1, replyMs: 2 }, { replica: "n2", syncMs: 1, replyMs: 11 }])).toBe("invalid");
    expect(verdict([{ replica: "n1", syncMs: 1, replyMs: 2 }, { replica: "n1", syncMs: 1, replyMs: 3 }])).toBe("invalid");
  });

  test("the replica that gave it its version is one of them, a hint is none", () => {
    const master = written([{ replica: "n2", syncMs: 1, replyMs: 2 }]).sync("n1", 1, record).frame("sent", "n1", "c0", 2, { frame: "client-write-ok", trace: 0, ...record });
    expect(master.check("acknowledged").verdict).toBe("valid");
    const hinted = written([{ replica: "n2", syncMs: 1, replyMs: 2 }]).sync("n1", 1, { ...record, hintFor: "n3" }).frame("sent", "n1", "c0", 2, { frame: "replica-write-ok", trace: 0, request: 1, key: "k0" });
    expect(hinted.check("acknowledged").verdict).toBe("invalid");
  });
});

test("a replica whose evidence is lost leaves it open", () => {
  expect(written([{ replica: "n1", syncMs: 1, replyMs: 2 }]).gap("n2").frame("sent", "n2", "c0", 3, { frame: "other", detail: "alive" }).check("acknowledged").verdict).toBe("unknown");
});

describe("acknowledged, where the client counts: a read", () => {
  const verdict = (told: readonly (readonly [replica: string, version: string, atMs: number])[], returned: string): string => {
    const scenario = scenarioOf();
    scenario.read([of(returned)], 5, 20, { r: 2 });
    for (const [replica, version, atMs] of told) scenario.frame("sent", replica, "c0", atMs, { frame: "replica-read-ok", trace: 0, request: 0, key: "k0", versions: [version] });
    return scenario.check("acknowledged").verdict;
  };

  test("the merge of any R of the replies, which may have come in any order", () => {
    const told = [["n1", "0001", 7], ["n2", "0003", 8], ["n3", "0002", 9]] as const;
    expect(verdict(told, "v3")).toBe("valid");
    expect(verdict(told, "v2")).toBe("valid");
    expect(verdict(told, "v1")).toBe("invalid");
  });

  test("by R replicas that replied while it lasted", () => {
    expect(verdict([["n1", "0001", 7]], "v1")).toBe("invalid");
    expect(verdict([["n1", "0001", 7], ["n1", "0001", 8]], "v1")).toBe("invalid");
    expect(verdict([["n1", "0001", 7], ["n2", "0001", 4]], "v1")).toBe("invalid");
    expect(verdict([["n1", "0001", 7], ["n2", "0001", 21]], "v1")).toBe("invalid");
  });
});
