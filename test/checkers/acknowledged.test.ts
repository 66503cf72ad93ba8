import { describe, expect, test } from "vitest";
import { of, Scenario } from "./support.ts";
import type { DurableRecord } from "../../checkers/index.ts";

const record = (version: string, context?: DurableRecord["context"]): DurableRecord => ({ key: "k0", versions: version === "" ? [] : [version], ...(context === undefined ? {} : { context }) });

interface StoreStep {
  readonly replica: string;
  readonly request?: number;
  /** When it was made durable; absent: never. */
  readonly syncMs?: number;
  readonly replyMs: number;
  readonly version?: string;
}

/** One request to store, its sync and its reply, coordinated by n1. */
function store(scenario: Scenario, trace: number, { replica, request = Number(replica.slice(1)), syncMs, replyMs, version = "0001" }: StoreStep, coordinator = "n1"): void {
  scenario.frame("sent", coordinator, replica, 0.1, { frame: "replica-write", trace, request, cause: "write", ...record("0001") });
  if (syncMs !== undefined && syncMs <= replyMs) scenario.sync(replica, syncMs, record(version));
  scenario.frame("sent", replica, coordinator, replyMs, { frame: "replica-write-ok", trace, request, key: "k0" });
  if (syncMs !== undefined && syncMs > replyMs) scenario.sync(replica, syncMs, record(version));
  scenario.frame("received", coordinator, replica, replyMs + 0.1, { frame: "replica-write-ok", trace, request, key: "k0" });
}

const answerWrite = (scenario: Scenario, atMs: number, trace = 0): Scenario => scenario.frame("sent", "n1", "c0", atMs, { frame: "client-write-ok", trace, ...record("0001") });

function written(steps: readonly StoreStep[], w?: number): Scenario {
  const scenario = new Scenario();
  scenario.write("v1", 0, 10, w === undefined ? {} : { w });
  for (const step of steps) store(scenario, 0, step);
  return answerWrite(scenario, 9);
}

describe("acknowledged writes", () => {
  test("W replicas synced and then replied, the coordinator's own by loopback", () => {
    expect(written([{ replica: "n1", syncMs: 1, replyMs: 2 }, { replica: "n2", syncMs: 1, replyMs: 2 }]).check("acknowledged")).toMatchObject({ verdict: "valid", judged: 1 });
  });

  test("one replica too few", () => {
    const { verdict, anomalies } = written([{ replica: "n1", syncMs: 1, replyMs: 2 }]).check("acknowledged");
    expect(verdict).toBe("invalid");
    expect(anomalies[0]).toMatchObject({ operations: [0], because: ["n2 had not answered the coordinator", "n3 had not answered the coordinator"] });
  });

  test("the request's own W counts, not the cluster's", () => {
    expect(written([{ replica: "n1", syncMs: 1, replyMs: 2 }], 1).check("acknowledged").verdict).toBe("valid");
    expect(written([{ replica: "n1", syncMs: 1, replyMs: 2 }, { replica: "n2", syncMs: 1, replyMs: 2 }], 3).check("acknowledged").verdict).toBe("invalid");
  });

  test("a reply sent before its sync does not count, though the sync comes before the acknowledgement", () => {
    expect(written([{ replica: "n1", syncMs: 1, replyMs: 2 }, { replica: "n2", syncMs: 3, replyMs: 2 }]).check("acknowledged").verdict).toBe("invalid");
  });

  test("a sync of something else does not count, a sync of a larger stamp does", () => {
    expect(written([{ replica: "n1", syncMs: 1, replyMs: 2 }, { replica: "n2", syncMs: 1, replyMs: 2, version: "0000" }]).check("acknowledged").verdict).toBe("invalid");
    expect(written([{ replica: "n1", syncMs: 1, replyMs: 2 }, { replica: "n2", syncMs: 1, replyMs: 2, version: "0002" }]).check("acknowledged").verdict).toBe("valid");
  });

  test("a second reply of the same replica is no second replica", () => {
    expect(written([{ replica: "n2", syncMs: 1, replyMs: 2 }, { replica: "n2", request: 7, syncMs: 1, replyMs: 3 }]).check("acknowledged").verdict).toBe("invalid");
  });

  test("a reply that arrives after the acknowledgement does not count", () => {
    const scenario = new Scenario();
    scenario.write("v1", 0, 10);
    store(scenario, 0, { replica: "n1", syncMs: 1, replyMs: 2 });
    answerWrite(scenario, 3);
    store(scenario, 0, { replica: "n2", syncMs: 4, replyMs: 5 });
    expect(scenario.check("acknowledged").verdict).toBe("invalid");
  });

  test("a node that does not replicate the key is no replica", () => {
    const scenario = new Scenario({ nodes: ["n1", "n2", "n3", "n4"] });
    scenario.write("v1", 0, 10);
    for (const replica of ["n1", "n4"]) store(scenario, 0, { replica, syncMs: 1, replyMs: 2 });
    expect(answerWrite(scenario, 9).check("acknowledged").verdict).toBe("invalid");
  });

  test("hints count under sloppy quorums, each from a node of its own, synced before it replied; under strict ones never", () => {
    const hinted = (keeper: string, quorums: "strict" | "sloppy", syncMs = 1, kept = true): string => {
      const scenario = new Scenario({ nodes: ["n1", "n2", "n3", "n4", "n5"], quorums });
      scenario.write("v1", 0, 10);
      store(scenario, 0, { replica: "n1", syncMs: 1, replyMs: 2 });
      scenario.frame("sent", "n1", keeper, 0.1, { frame: "replica-write", trace: 0, request: 9, cause: "write", ...record("0001"), hintFor: "n3" });
      scenario.sync(keeper, syncMs, kept ? { ...record("0001"), hintFor: "n3" } : record("0001"));
      scenario.frame("sent", keeper, "n1", 2, { frame: "replica-write-ok", trace: 0, request: 9, key: "k0" });
      scenario.frame("received", "n1", keeper, 3, { frame: "replica-write-ok", trace: 0, request: 9, key: "k0" });
      return answerWrite(scenario, 9).check("acknowledged").verdict;
    };
    expect(hinted("n4", "sloppy")).toBe("valid");
    expect(hinted("n4", "strict")).toBe("invalid");
    // A replica's own copy is counted as such, not once more for another.
    expect(hinted("n2", "sloppy")).toBe("invalid");
    expect(hinted("n2", "strict")).toBe("invalid");
    // Something else than a hint was synced.
    expect(hinted("n4", "sloppy", 1, false)).toBe("invalid");
  });

  test("PW: stand-ins fill up W, not PW", () => {
    const hinted = (pw: number): string => {
      const scenario = new Scenario({ nodes: ["n1", "n2", "n3", "n4"], quorums: "sloppy" });
      scenario.write("v1", 0, 10, { w: 2, pw });
      store(scenario, 0, { replica: "n1", syncMs: 1, replyMs: 2 });
      scenario.frame("sent", "n1", "n4", 0.1, { frame: "replica-write", trace: 0, request: 9, cause: "write", ...record("0001"), hintFor: "n2" });
      scenario.sync("n4", 1, { ...record("0001"), hintFor: "n2" });
      scenario.frame("sent", "n4", "n1", 2, { frame: "replica-write-ok", trace: 0, request: 9, key: "k0" });
      scenario.frame("received", "n1", "n4", 2.1, { frame: "replica-write-ok", trace: 0, request: 9, key: "k0" });
      return answerWrite(scenario, 9).check("acknowledged").verdict;
    };
    expect(hinted(1)).toBe("valid");
    expect(hinted(2)).toBe("invalid");
  });

  test("W = 0 (ANY): a hint is enough, nothing is not", () => {
    const any = (hintMs: number | null): string => {
      const scenario = new Scenario({ nodes: ["n1", "n2", "n3", "n4"] });
      scenario.write("v1", 0, 10, { w: 0 });
      if (hintMs !== null) scenario.sync("n4", hintMs, { ...record("0001"), hintFor: "n2" });
      return answerWrite(scenario, 9).check("acknowledged").verdict;
    };
    expect(any(5)).toBe("valid");
    expect(any(9.5)).toBe("invalid");
    expect(any(null)).toBe("invalid");
  });

  test("DW: under a periodic log so many replicas synced before they replied", () => {
    const synced = (second: number): string => {
      const scenario = new Scenario({ sync: "periodic" });
      scenario.write("v1", 0, 10, { dw: 2 });
      store(scenario, 0, { replica: "n1", syncMs: 1, replyMs: 2 });
      store(scenario, 0, { replica: "n2", syncMs: second, replyMs: 2 });
      return answerWrite(scenario, 9).check("acknowledged").verdict;
    };
    expect(synced(1)).toBe("valid");
    expect(synced(3)).toBe("invalid");
  });

  test("under a periodic log applied is enough, but by W replicas that answered", () => {
    const periodic = (replicas: readonly string[]): string => {
      const scenario = new Scenario({ sync: "periodic" });
      scenario.write("v1", 0, 10);
      for (const replica of replicas) store(scenario, 0, { replica, replyMs: 2 });
      return answerWrite(scenario, 9).check("acknowledged").verdict;
    };
    expect(periodic(["n1", "n2"])).toBe("valid");
    expect(periodic(["n1"])).toBe("invalid");
    expect(periodic(["n2", "n2"])).toBe("invalid");
  });

  test("a hint that is synced does not make its keeper's reply as a replica durable", () => {
    const scenario = new Scenario({ w: 1 });
    scenario.write("v1", 0, 10);
    scenario.sync("n2", 1, { ...record("0001"), hintFor: "n3" });
    store(scenario, 0, { replica: "n2", replyMs: 2 });
    expect(answerWrite(scenario, 9).check("acknowledged").verdict).toBe("invalid");
  });

  test("an earlier boot's sync counts in a later boot", () => {
    const scenario = new Scenario();
    scenario.write("v1", 0, 10);
    store(scenario, 0, { replica: "n1", syncMs: 1, replyMs: 2 });
    scenario.sync("n2", 1, record("0001"), 1);
    scenario.frame("sent", "n1", "n2", 0.1, { frame: "replica-write", trace: 0, request: 2, cause: "write", ...record("0001") });
    scenario.frame("sent", "n2", "n1", 4, { frame: "replica-write-ok", trace: 0, request: 2, key: "k0" }, 2);
    scenario.frame("received", "n1", "n2", 5, { frame: "replica-write-ok", trace: 0, request: 2, key: "k0" });
    expect(answerWrite(scenario, 9).check("acknowledged").verdict).toBe("valid");
  });

  test("lost evidence makes it unknown, never invalid, where something depends on it", () => {
    const lost = new Scenario();
    lost.write("v1", 0, 10);
    store(lost, 0, { replica: "n1", syncMs: 1, replyMs: 2 });
    expect(answerWrite(lost.gap("n1"), 9).check("acknowledged").verdict).toBe("unknown");

    const replicaLost = new Scenario();
    replicaLost.write("v1", 0, 10);
    store(replicaLost, 0, { replica: "n1", syncMs: 1, replyMs: 2 });
    replicaLost.sync("n2", 0, record("0000")).gap("n2");
    store(replicaLost, 0, { replica: "n2", replyMs: 2 });
    expect(answerWrite(replicaLost, 9).check("acknowledged").verdict).toBe("unknown");

    const after = written([{ replica: "n1", syncMs: 1, replyMs: 2 }]).gap("n1").frame("sent", "n1", "n2", 50, { frame: "other", detail: "later" });
    expect(after.check("acknowledged").verdict).toBe("invalid");
  });

  test("no record of an answer, or no evidence at all, is unknown", () => {
    const scenario = new Scenario();
    scenario.write("v1", 0, 10);
    expect(scenario.check("acknowledged").verdict).toBe("unknown");
    expect(new Scenario({ evidence: false }).check("acknowledged").verdict).toBe("unknown");
  });

  test("a write that was passed on is coordinated by another node", () => {
    const scenario = new Scenario({ nodes: ["n1", "n2", "n3", "n4"], preference: { k0: ["n2", "n3", "n4"] } });
    scenario.write("v1", 0, 10);
    for (const replica of ["n2", "n3"]) store(scenario, 0, { replica, syncMs: 1, replyMs: 2 }, "n2");
    expect(answerWrite(scenario, 9).check("acknowledged").verdict).toBe("valid");
    const short = new Scenario({ nodes: ["n1", "n2", "n3", "n4"], preference: { k0: ["n2", "n3", "n4"] } });
    short.write("v1", 0, 10);
    store(short, 0, { replica: "n2", syncMs: 1, replyMs: 2 }, "n2");
    expect(answerWrite(short, 9).check("acknowledged").verdict).toBe("invalid");
  });

  test("siblings: a sync whose context covers the dot counts, one that does not cover it does not", () => {
    for (const [covered, verdict] of [[1, "valid"], [0, "invalid"]] as const) {
      const scenario = new Scenario({ versions: "siblings", w: 1 });
      scenario.write("v1", 0, 10, { version: "a:1" });
      scenario.frame("sent", "n1", "n2", 0.1, { frame: "replica-write", trace: 0, request: 2, cause: "write", ...record("a:1", { a: 1 }) });
      scenario.sync("n2", 1, record("b:4", { a: covered, b: 4 }));
      scenario.frame("sent", "n2", "n1", 2, { frame: "replica-write-ok", trace: 0, request: 2, key: "k0" });
      scenario.frame("received", "n1", "n2", 3, { frame: "replica-write-ok", trace: 0, request: 2, key: "k0" });
      scenario.frame("sent", "n1", "c0", 4, { frame: "client-write-ok", trace: 0, ...record("a:1") });
      expect(scenario.check("acknowledged").verdict).toBe(verdict);
    }
  });
});

interface ReadStep {
  readonly replica: string;
  readonly version: string;
  readonly sentMs?: number;
  readonly context?: DurableRecord["context"];
}

function answered(steps: readonly ReadStep[], answer: DurableRecord, overrides: ConstructorParameters<typeof Scenario>[0] = {}, asked: { readonly pr?: number } = {}): Scenario {
  const scenario = new Scenario(overrides);
  scenario.read([of("v1")], 5, 20, { r: 2, ...asked });
  steps.forEach(({ replica, version, sentMs = 7, context }, i) => {
    scenario.frame("sent", "n1", replica, 6, { frame: "replica-read", trace: 0, request: i, key: "k0" });
    scenario.frame("sent", replica, "n1", sentMs, { frame: "replica-read-ok", trace: 0, request: i, ...record(version, context) });
    scenario.frame("received", "n1", replica, 8 + i, { frame: "replica-read-ok", trace: 0, request: i, ...record(version, context) });
  });
  return scenario.frame("sent", "n1", "c0", 19, { frame: "client-read-ok", trace: 0, ...answer });
}

describe("acknowledged reads", () => {
  test("the merge of R replies, wherever the newest stands", () => {
    expect(answered([{ replica: "n1", version: "0001" }, { replica: "n2", version: "0002" }], record("0002")).check("acknowledged").verdict).toBe("valid");
    expect(answered([{ replica: "n1", version: "0002" }, { replica: "n2", version: "" }], record("0002")).check("acknowledged").verdict).toBe("valid");
  });

  test("the first reply instead of the merge", () => {
    expect(answered([{ replica: "n1", version: "0001" }, { replica: "n2", version: "0002" }], record("0001")).check("acknowledged").verdict).toBe("invalid");
  });

  test("more than R replies may have been merged, but all of a prefix", () => {
    const three = [{ replica: "n1", version: "0001" }, { replica: "n2", version: "0002" }, { replica: "n3", version: "0003" }];
    expect(answered(three, record("0002")).check("acknowledged").verdict).toBe("valid");
    expect(answered(three, record("0003")).check("acknowledged").verdict).toBe("valid");
    expect(answered(three, record("0001")).check("acknowledged").verdict).toBe("invalid");
  });

  test("too few replies, and a replica that replied twice", () => {
    expect(answered([{ replica: "n1", version: "0001" }], record("0001")).check("acknowledged").verdict).toBe("invalid");
    expect(answered([{ replica: "n2", version: "0001" }, { replica: "n2", version: "0001" }], record("0001")).check("acknowledged").verdict).toBe("invalid");
  });

  test("PR: who stands in for a replica fills up R, not PR", () => {
    const asked = (pr: number): string => {
      const replies = [{ replica: "n1", version: "0001" }, { replica: "n4", version: "0001" }];
      return answered(replies, record("0001"), { nodes: ["n1", "n2", "n3", "n4"], quorums: "sloppy" }, { pr }).check("acknowledged").verdict;
    };
    expect(asked(1)).toBe("valid");
    expect(asked(2)).toBe("invalid");
  });

  test("who stands in for a replica is counted under sloppy quorums only", () => {
    const replies = [{ replica: "n1", version: "0001" }, { replica: "n4", version: "0001" }];
    const nodes = ["n1", "n2", "n3", "n4"];
    expect(answered(replies, record("0001"), { nodes, quorums: "sloppy" }).check("acknowledged").verdict).toBe("valid");
    expect(answered(replies, record("0001"), { nodes }).check("acknowledged").verdict).toBe("invalid");
  });

  test("a reply that was sent before the read began", () => {
    expect(answered([{ replica: "n1", version: "0001" }, { replica: "n2", version: "0001", sentMs: 4 }], record("0001")).check("acknowledged").verdict).toBe("invalid");
  });

  test("siblings merge by contexts: a covered version goes, a concurrent one stays", () => {
    const siblings = { versions: "siblings" } as const;
    const concurrent = [{ replica: "n1", version: "a:1", context: { a: 1 } }, { replica: "n2", version: "b:1", context: { b: 1 } }];
    const both = { key: "k0", versions: ["a:1", "b:1"], context: { a: 1, b: 1 } };
    expect(answered(concurrent, both, siblings).check("acknowledged").verdict).toBe("valid");
    expect(answered(concurrent, { ...both, versions: ["b:1"] }, siblings).check("acknowledged").verdict).toBe("invalid");
    const superseding = [{ replica: "n1", version: "a:1", context: { a: 1 } }, { replica: "n2", version: "b:1", context: { a: 1, b: 1 } }];
    expect(answered(superseding, { ...both, versions: ["b:1"] }, siblings).check("acknowledged").verdict).toBe("valid");
    expect(answered(superseding, both, siblings).check("acknowledged").verdict).toBe("invalid");
  });

  test("a replica without a record of its reply makes it unknown", () => {
    const scenario = answered([{ replica: "n1", version: "0001" }], record("0001"));
    const unrecorded = new Scenario();
    unrecorded.read([of("v1")], 5, 20);
    for (const [i, replica] of ["n1", "n2"].entries()) {
      unrecorded.frame("sent", "n1", replica, 6, { frame: "replica-read", trace: 0, request: i, key: "k0" });
      unrecorded.frame("received", "n1", replica, 8, { frame: "replica-read-ok", trace: 0, request: i, ...record("0001") });
    }
    unrecorded.frame("sent", "n1", "c0", 19, { frame: "client-read-ok", trace: 0, ...record("0001") });
    expect(unrecorded.check("acknowledged").verdict).toBe("unknown");
    expect(scenario.check("acknowledged").verdict).toBe("invalid");
  });
});

describe("a replica that a read asked twice", () => {
  const again = (answer: DurableRecord): string => {
    const steps: readonly ReadStep[] = [{ replica: "n1", version: "0001" }, { replica: "n2", version: "0002" }, { replica: "n2", version: "0003" }];
    return answered(steps, answer).check("acknowledged").verdict;
  };

  test("counts once, with its first reply or its last", () => {
    expect(again(record("0002"))).toBe("valid");
    expect(again(record("0003"))).toBe("valid");
    expect(again(record("0001"))).toBe("invalid");
  });

  test("does not make two replicas", () => {
    const twice: readonly ReadStep[] = [{ replica: "n1", version: "0001" }, { replica: "n1", version: "0001" }];
    expect(answered(twice, record("0001")).check("acknowledged").verdict).toBe("invalid");
  });
});
