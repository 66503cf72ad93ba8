import { describe, expect, test } from "vitest";
import { modelOf } from "../../../checkers/model/model.ts";
import { judgeBy, of, Scenario } from "../support.ts";
import type { DurableRecord } from "../../../checkers/index.ts";

const record = (version: string, context?: DurableRecord["context"]): DurableRecord => ({
  key: "k0",
  versions: version === "" ? [] : [version],
  ...(context === undefined ? {} : { context }),
});

interface StoreStep {
  readonly replica: string;
  readonly request?: number;
  /** The time when the version became durable on the replica. If absent, it never did. */
  readonly syncMs?: number;
  readonly replyMs: number;
  readonly version?: string;
}

/** The events of a request from the coordinator to a replica, with the replica's sync and reply. */
function store(
  scenario: Scenario,
  trace: number,
  { replica, request = Number(replica.slice(1)), syncMs, replyMs, version = "0001" }: StoreStep,
  coordinator = "n1",
): void {
  scenario.frame("sent", coordinator, replica, 0.1, {
    frame: "replica-write",
    trace,
    request,
    cause: "write",
    ...record("0001"),
  });
  if (syncMs !== undefined && syncMs <= replyMs) scenario.sync(replica, syncMs, record(version));
  scenario.frame("sent", replica, coordinator, replyMs, {
    frame: "replica-write-ok",
    trace,
    request,
    key: "k0",
  });
  if (syncMs !== undefined && syncMs > replyMs) scenario.sync(replica, syncMs, record(version));
  scenario.frame("received", coordinator, replica, replyMs + 0.1, {
    frame: "replica-write-ok",
    trace,
    request,
    key: "k0",
  });
}

const answerWrite = (scenario: Scenario, atMs: number, trace = 0): Scenario =>
  scenario.frame("sent", "n1", "c0", atMs, { frame: "client-write-ok", trace, ...record("0001") });

function written(steps: readonly StoreStep[], w?: number): Scenario {
  const scenario = new Scenario();
  scenario.write("v1", 0, 10, w === undefined ? {} : { w });
  for (const step of steps) store(scenario, 0, step);
  return answerWrite(scenario, 9);
}

describe("acknowledged writes", () => {
  test("W replicas synced and then replied, the coordinator's own by loopback", () => {
    expect(
      written([
        { replica: "n1", syncMs: 1, replyMs: 2 },
        { replica: "n2", syncMs: 1, replyMs: 2 },
      ]).check("acknowledged"),
    ).toMatchObject({ verdict: "valid", judged: 1 });
  });

  test("one replica too few", () => {
    const { verdict, anomalies } = written([{ replica: "n1", syncMs: 1, replyMs: 2 }]).check(
      "acknowledged",
    );
    expect(verdict).toBe("invalid");
    expect(anomalies[0]).toMatchObject({
      operations: [0],
      because: ["the coordinator had no answer from any of n2, n3 by then"],
    });
  });

  test("the request's own W counts, not the cluster's", () => {
    expect(
      written([{ replica: "n1", syncMs: 1, replyMs: 2 }], 1).check("acknowledged").verdict,
    ).toBe("valid");
    expect(
      written(
        [
          { replica: "n1", syncMs: 1, replyMs: 2 },
          { replica: "n2", syncMs: 1, replyMs: 2 },
        ],
        3,
      ).check("acknowledged").verdict,
    ).toBe("invalid");
  });

  test("a reply sent before its sync does not count, though the sync comes before the acknowledgement", () => {
    expect(
      written([
        { replica: "n1", syncMs: 1, replyMs: 2 },
        { replica: "n2", syncMs: 3, replyMs: 2 },
      ]).check("acknowledged").verdict,
    ).toBe("invalid");
  });

  test("a sync of something else does not count, a sync of a larger stamp does", () => {
    expect(
      written([
        { replica: "n1", syncMs: 1, replyMs: 2 },
        { replica: "n2", syncMs: 1, replyMs: 2, version: "0000" },
      ]).check("acknowledged").verdict,
    ).toBe("invalid");
    expect(
      written([
        { replica: "n1", syncMs: 1, replyMs: 2 },
        { replica: "n2", syncMs: 1, replyMs: 2, version: "0002" },
      ]).check("acknowledged").verdict,
    ).toBe("valid");
  });

  test("a second reply of the same replica is no second replica", () => {
    expect(
      written([
        { replica: "n2", syncMs: 1, replyMs: 2 },
        { replica: "n2", request: 7, syncMs: 1, replyMs: 3 },
      ]).check("acknowledged").verdict,
    ).toBe("invalid");
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
    const hinted = (
      keeper: string,
      quorums: "strict" | "sloppy",
      syncMs = 1,
      kept = true,
    ): string => {
      const scenario = new Scenario({ nodes: ["n1", "n2", "n3", "n4", "n5"], quorums });
      scenario.write("v1", 0, 10);
      store(scenario, 0, { replica: "n1", syncMs: 1, replyMs: 2 });
      scenario.frame("sent", "n1", keeper, 0.1, {
        frame: "replica-write",
        trace: 0,
        request: 9,
        cause: "write",
        ...record("0001"),
        hintFor: "n3",
      });
      scenario.sync(keeper, syncMs, kept ? { ...record("0001"), hintFor: "n3" } : record("0001"));
      scenario.frame("sent", keeper, "n1", 2, {
        frame: "replica-write-ok",
        trace: 0,
        request: 9,
        key: "k0",
      });
      scenario.frame("received", "n1", keeper, 3, {
        frame: "replica-write-ok",
        trace: 0,
        request: 9,
        key: "k0",
      });
      return answerWrite(scenario, 9).check("acknowledged").verdict;
    };
    expect(hinted("n4", "sloppy")).toBe("valid");
    expect(hinted("n4", "strict")).toBe("invalid");
    // n2 is itself a replica of the key, so its hint for n3 does not count in place of n3's copy.
    expect(hinted("n2", "sloppy")).toBe("invalid");
    expect(hinted("n2", "strict")).toBe("invalid");
    // The node synced the version as its own, not as a hint.
    expect(hinted("n4", "sloppy", 1, false)).toBe("invalid");
  });

  test("PW: stand-ins fill up W, not PW", () => {
    const hinted = (pw: number): string => {
      const scenario = new Scenario({ nodes: ["n1", "n2", "n3", "n4"], quorums: "sloppy" });
      scenario.write("v1", 0, 10, { w: 2, pw });
      store(scenario, 0, { replica: "n1", syncMs: 1, replyMs: 2 });
      scenario.frame("sent", "n1", "n4", 0.1, {
        frame: "replica-write",
        trace: 0,
        request: 9,
        cause: "write",
        ...record("0001"),
        hintFor: "n2",
      });
      scenario.sync("n4", 1, { ...record("0001"), hintFor: "n2" });
      scenario.frame("sent", "n4", "n1", 2, {
        frame: "replica-write-ok",
        trace: 0,
        request: 9,
        key: "k0",
      });
      scenario.frame("received", "n1", "n4", 2.1, {
        frame: "replica-write-ok",
        trace: 0,
        request: 9,
        key: "k0",
      });
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
    scenario.frame("sent", "n1", "n2", 0.1, {
      frame: "replica-write",
      trace: 0,
      request: 2,
      cause: "write",
      ...record("0001"),
    });
    scenario.frame(
      "sent",
      "n2",
      "n1",
      4,
      { frame: "replica-write-ok", trace: 0, request: 2, key: "k0" },
      2,
    );
    scenario.frame("received", "n1", "n2", 5, {
      frame: "replica-write-ok",
      trace: 0,
      request: 2,
      key: "k0",
    });
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

    const after = written([{ replica: "n1", syncMs: 1, replyMs: 2 }])
      .gap("n1")
      .frame("sent", "n1", "n2", 50, { frame: "other", detail: "later" });
    expect(after.check("acknowledged").verdict).toBe("invalid");
  });

  test("no record of an answer is unknown, no evidence at all not applicable", () => {
    const scenario = new Scenario();
    scenario.write("v1", 0, 10);
    expect(scenario.check("acknowledged").verdict).toBe("unknown");
    expect(new Scenario({ evidence: false }).check("acknowledged").verdict).toBe("not-applicable");
  });

  test("a write that was passed on is coordinated by another node", () => {
    const scenario = new Scenario({
      nodes: ["n1", "n2", "n3", "n4"],
      preference: { k0: ["n2", "n3", "n4"] },
    });
    scenario.write("v1", 0, 10);
    for (const replica of ["n2", "n3"])
      store(scenario, 0, { replica, syncMs: 1, replyMs: 2 }, "n2");
    expect(answerWrite(scenario, 9).check("acknowledged").verdict).toBe("valid");
    const short = new Scenario({
      nodes: ["n1", "n2", "n3", "n4"],
      preference: { k0: ["n2", "n3", "n4"] },
    });
    short.write("v1", 0, 10);
    store(short, 0, { replica: "n2", syncMs: 1, replyMs: 2 }, "n2");
    expect(answerWrite(short, 9).check("acknowledged").verdict).toBe("invalid");
  });

  test("siblings: a sync whose context covers the dot counts, one that does not cover it does not", () => {
    for (const [covered, verdict] of [
      [1, "valid"],
      [0, "invalid"],
    ] as const) {
      const scenario = new Scenario({ versions: "siblings", w: 1 });
      scenario.write("v1", 0, 10, { version: "a:1" });
      scenario.frame("sent", "n1", "n2", 0.1, {
        frame: "replica-write",
        trace: 0,
        request: 2,
        cause: "write",
        ...record("a:1", { a: 1 }),
      });
      scenario.sync("n2", 1, record("b:4", { a: covered, b: 4 }));
      scenario.frame("sent", "n2", "n1", 2, {
        frame: "replica-write-ok",
        trace: 0,
        request: 2,
        key: "k0",
      });
      scenario.frame("received", "n1", "n2", 3, {
        frame: "replica-write-ok",
        trace: 0,
        request: 2,
        key: "k0",
      });
      scenario.frame("sent", "n1", "c0", 4, {
        frame: "client-write-ok",
        trace: 0,
        ...record("a:1"),
      });
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

function answered(
  steps: readonly ReadStep[],
  answer: DurableRecord,
  overrides: ConstructorParameters<typeof Scenario>[0] = {},
  asked: { readonly pr?: number } = {},
): Scenario {
  const scenario = new Scenario(overrides);
  scenario.read([of("v1")], 5, 20, { r: 2, ...asked });
  steps.forEach(({ replica, version, sentMs = 7, context }, i) => {
    scenario.frame("sent", "n1", replica, 6, {
      frame: "replica-read",
      trace: 0,
      request: i,
      key: "k0",
    });
    scenario.frame("sent", replica, "n1", sentMs, {
      frame: "replica-read-ok",
      trace: 0,
      request: i,
      ...record(version, context),
    });
    scenario.frame("received", "n1", replica, 8 + i, {
      frame: "replica-read-ok",
      trace: 0,
      request: i,
      ...record(version, context),
    });
  });
  return scenario.frame("sent", "n1", "c0", 19, { frame: "client-read-ok", trace: 0, ...answer });
}

describe("acknowledged reads", () => {
  test("the merge of R replies, wherever the newest stands", () => {
    expect(
      answered(
        [
          { replica: "n1", version: "0001" },
          { replica: "n2", version: "0002" },
        ],
        record("0002"),
      ).check("acknowledged").verdict,
    ).toBe("valid");
    expect(
      answered(
        [
          { replica: "n1", version: "0002" },
          { replica: "n2", version: "" },
        ],
        record("0002"),
      ).check("acknowledged").verdict,
    ).toBe("valid");
  });

  test("the first reply instead of the merge", () => {
    expect(
      answered(
        [
          { replica: "n1", version: "0001" },
          { replica: "n2", version: "0002" },
        ],
        record("0001"),
      ).check("acknowledged").verdict,
    ).toBe("invalid");
  });

  test("more than R replies may have been merged, but all of a prefix", () => {
    const three = [
      { replica: "n1", version: "0001" },
      { replica: "n2", version: "0002" },
      { replica: "n3", version: "0003" },
    ];
    expect(answered(three, record("0002")).check("acknowledged").verdict).toBe("valid");
    expect(answered(three, record("0003")).check("acknowledged").verdict).toBe("valid");
    expect(answered(three, record("0001")).check("acknowledged").verdict).toBe("invalid");
  });

  test("too few replies, and a replica that replied twice", () => {
    expect(
      answered([{ replica: "n1", version: "0001" }], record("0001")).check("acknowledged").verdict,
    ).toBe("invalid");
    expect(
      answered(
        [
          { replica: "n2", version: "0001" },
          { replica: "n2", version: "0001" },
        ],
        record("0001"),
      ).check("acknowledged").verdict,
    ).toBe("invalid");
  });

  test("PR: who stands in for a replica fills up R, not PR", () => {
    const asked = (pr: number): string => {
      const replies = [
        { replica: "n1", version: "0001" },
        { replica: "n4", version: "0001" },
      ];
      return answered(
        replies,
        record("0001"),
        { nodes: ["n1", "n2", "n3", "n4"], quorums: "sloppy" },
        { pr },
      ).check("acknowledged").verdict;
    };
    expect(asked(1)).toBe("valid");
    expect(asked(2)).toBe("invalid");
  });

  test("who stands in for a replica is counted under sloppy quorums only", () => {
    const replies = [
      { replica: "n1", version: "0001" },
      { replica: "n4", version: "0001" },
    ];
    const nodes = ["n1", "n2", "n3", "n4"];
    expect(
      answered(replies, record("0001"), { nodes, quorums: "sloppy" }).check("acknowledged").verdict,
    ).toBe("valid");
    expect(answered(replies, record("0001"), { nodes }).check("acknowledged").verdict).toBe(
      "invalid",
    );
  });

  test("a reply that was sent before the read began", () => {
    expect(
      answered(
        [
          { replica: "n1", version: "0001" },
          { replica: "n2", version: "0001", sentMs: 4 },
        ],
        record("0001"),
      ).check("acknowledged").verdict,
    ).toBe("invalid");
  });

  test("siblings merge by contexts: a covered version goes, a concurrent one stays", () => {
    const siblings = { versions: "siblings" } as const;
    const concurrent = [
      { replica: "n1", version: "a:1", context: { a: 1 } },
      { replica: "n2", version: "b:1", context: { b: 1 } },
    ];
    const both = { key: "k0", versions: ["a:1", "b:1"], context: { a: 1, b: 1 } };
    expect(answered(concurrent, both, siblings).check("acknowledged").verdict).toBe("valid");
    expect(
      answered(concurrent, { ...both, versions: ["b:1"] }, siblings).check("acknowledged").verdict,
    ).toBe("invalid");
    const superseding = [
      { replica: "n1", version: "a:1", context: { a: 1 } },
      { replica: "n2", version: "b:1", context: { a: 1, b: 1 } },
    ];
    expect(
      answered(superseding, { ...both, versions: ["b:1"] }, siblings).check("acknowledged").verdict,
    ).toBe("valid");
    expect(answered(superseding, both, siblings).check("acknowledged").verdict).toBe("invalid");
  });

  test("a replica without a record of its reply makes it unknown", () => {
    const scenario = answered([{ replica: "n1", version: "0001" }], record("0001"));
    const unrecorded = new Scenario();
    unrecorded.read([of("v1")], 5, 20);
    for (const [i, replica] of ["n1", "n2"].entries()) {
      unrecorded.frame("sent", "n1", replica, 6, {
        frame: "replica-read",
        trace: 0,
        request: i,
        key: "k0",
      });
      unrecorded.frame("received", "n1", replica, 8, {
        frame: "replica-read-ok",
        trace: 0,
        request: i,
        ...record("0001"),
      });
    }
    unrecorded.frame("sent", "n1", "c0", 19, {
      frame: "client-read-ok",
      trace: 0,
      ...record("0001"),
    });
    expect(unrecorded.check("acknowledged").verdict).toBe("unknown");
    expect(scenario.check("acknowledged").verdict).toBe("invalid");
  });
});

describe("a replica that a read asked twice", () => {
  const again = (
    answer: DurableRecord,
    reads: { readonly reads?: "digest" } = { reads: "digest" },
  ): string => {
    const steps: readonly ReadStep[] = [
      { replica: "n1", version: "0001" },
      { replica: "n2", version: "0002" },
      { replica: "n2", version: "0003" },
    ];
    return answered(steps, answer, reads).check("acknowledged").verdict;
  };

  test("counts once, with its first reply or its last; with its first alone where reads are full", () => {
    expect(again(record("0002"))).toBe("valid");
    expect(again(record("0003"))).toBe("valid");
    expect(again(record("0001"))).toBe("invalid");
    expect(again(record("0002"), {})).toBe("valid");
    expect(again(record("0003"), {})).toBe("invalid");
  });

  test("does not count where the second reply never came, however new what it first named; with full reads it does", () => {
    const verdict = (reads: { readonly reads?: "digest" }, asked: number): string => {
      const steps: readonly ReadStep[] = [
        { replica: "n1", version: "0001" },
        { replica: "n3", version: "0002" },
        { replica: "n2", version: "0001" },
      ];
      const scenario = answered(steps, record("0001"), reads);
      for (let i = 0; i < asked; i++)
        scenario.frame("sent", "n1", "n3", 9, {
          frame: "replica-read",
          trace: 0,
          request: 90 + i,
          key: "k0",
        });
      return scenario.check("acknowledged").verdict;
    };
    expect(verdict({ reads: "digest" }, 1)).toBe("valid");
    expect(verdict({ reads: "digest" }, 0)).toBe("invalid");
    expect(verdict({}, 1)).toBe("invalid");
  });

  test("counts, though the second reply never came, where another sent what its digest is of", () => {
    const verdict = (inFull: string): string => {
      const steps: readonly ReadStep[] = [
        { replica: "n2", version: "0002" },
        { replica: "n3", version: "0001" },
        { replica: "n1", version: inFull },
      ];
      const scenario = answered(steps, record("0001"), { reads: "digest" });
      for (const [i, replica] of ["n3", "n2"].entries())
        scenario.frame("sent", "n1", replica, 9, {
          frame: "replica-read",
          trace: 0,
          request: 90 + i,
          key: "k0",
        });
      return scenario.check("acknowledged").verdict;
    };
    // A case like this was a false alarm, in a run with delays of half a second on n3 and n1 and silenceMs = 3600000.
    // The read no longer waited for n2.
    expect(verdict("0001")).toBe("valid");
    expect(verdict("0000")).toBe("invalid");
  });

  test("counts with its first reply beside another's last: the one was what a third sent, the other was sent again", () => {
    const steps = (last: string): readonly ReadStep[] => [
      { replica: "n3", version: "0001" },
      { replica: "n2", version: "0002" },
      { replica: "n1", version: "0002" },
      // n2 now holds a newer version, for which the read does not wait.
      { replica: "n2", version: "0004" },
      { replica: "n3", version: last },
    ];
    // A case like this was a false alarm, in a run of 100 clients on one key without a fault.
    expect(
      answered(steps("0003"), record("0003"), { reads: "digest" }).check("acknowledged").verdict,
    ).toBe("valid");
    expect(
      answered(steps("0001"), record("0003"), { reads: "digest" }).check("acknowledged").verdict,
    ).toBe("invalid");
  });

  test("does not make two replicas", () => {
    const twice: readonly ReadStep[] = [
      { replica: "n1", version: "0001" },
      { replica: "n1", version: "0001" },
    ];
    expect(answered(twice, record("0001"), { reads: "digest" }).check("acknowledged").verdict).toBe(
      "invalid",
    );
  });
});

describe("what is said", () => {
  test("of a write: what each replica had shown, and when", () => {
    const scenario = written(
      [
        { replica: "n1", syncMs: 1, replyMs: 2 },
        { replica: "n2", syncMs: 3.5, replyMs: 2 },
      ],
      3,
    );
    expect(scenario.check("acknowledged")).toEqual({
      verdict: "invalid",
      anomalies: [
        {
          guarantee: "acknowledged",
          explanation:
            "write 0 of k0 by other0 was acknowledged by n1 at 9.0 ms as durable on 3 replicas, but by then only 1 of n1, n2, n3 had confirmed the write after storing it durably",
          operations: [0],
          key: "k0",
          atUs: 10000,
          because: [
            "n2 answered at 2.0 ms and synced the write only 1.5 ms later",
            "the coordinator had no answer from n3 by then",
          ],
        },
      ],
      judged: 1,
      measurements: { reads: 0, writes: 1, undecided: 0, evidenceGaps: 0 },
    });
    expect(written([{ replica: "n3", replyMs: 2 }], 1).check("acknowledged").anomalies).toEqual([
      {
        guarantee: "acknowledged",
        explanation:
          "write 0 of k0 by other0 was acknowledged by n1 at 9.0 ms as durable on 1 replica, but by then none of n1, n2, n3 had confirmed the write after storing it durably",
        operations: [0],
        key: "k0",
        atUs: 10000,
        because: [
          "n3 answered at 2.0 ms and never synced the write",
          "n1 needed 1 replica and had the confirmation of n3, so it counted that of n3",
          "the coordinator had no answer from any of n1, n2 by then",
        ],
      },
    ]);
  });

  test("of a write: what may have been taken for one more replica, and a sync of something newer is none of it", () => {
    const because = (scenario: Scenario): unknown =>
      answerWrite(scenario, 9)
        .check("acknowledged")
        .anomalies.map((anomaly) => anomaly.because);
    const begun = (overrides: ConstructorParameters<typeof Scenario>[0] = {}): Scenario => {
      const scenario = new Scenario({ nodes: ["n1", "n2", "n3", "n4"], ...overrides });
      scenario.write("v1", 0, 10, { w: 3 });
      store(scenario, 0, { replica: "n1", syncMs: 1, replyMs: 2 });
      return scenario;
    };
    const missing = ["the coordinator had no answer from any of n2, n3 by then"];

    // The request to n2 is sent twice and answered twice. Each of the two replies counts for each of the two requests.
    const twice = begun();
    for (const ms of [1, 3]) store(twice, 0, { replica: "n2", syncMs: 1, replyMs: ms });
    expect(because(twice)).toEqual([
      [
        "the coordinator had no answer from n3 by then",
        "n2 had answered 2 times, but counts as one replica",
      ],
    ]);

    const hinted = begun().sync("n1", 3, { ...record("0001"), hintFor: "n3" });
    expect(because(hinted)).toEqual([
      [...missing, "n1 had kept a hint of the write for n3, but a hint does not count"],
    ]);
    // The hint is of another version, was kept after the answer, or is of another key. So the explanation does not
    // mention it.
    for (const [ms, kept] of [
      [3, { ...record("0002"), hintFor: "n3" }],
      [9.5, { ...record("0001"), hintFor: "n3" }],
      [3, { ...record("0001"), key: "k1", hintFor: "n3" }],
    ] as const) {
      expect(because(begun().sync("n1", ms, kept))).toEqual([missing]);
    }
    // n4 confirms the hint as an answer to a request, but the explanation mentions the hint only once.
    const both = begun().sync("n4", 1, { ...record("0001"), hintFor: "n2" });
    store(both, 0, { replica: "n4", syncMs: 1, replyMs: 2 });
    expect(because(both)).toEqual([
      [...missing, "n4 had kept a hint of the write for n2, but a hint does not count"],
    ]);
    expect(
      because(begun({ quorums: "sloppy" }).sync("n1", 3, { ...record("0001"), hintFor: "n3" })),
    ).toEqual([missing]);

    const standIn = begun();
    store(standIn, 0, { replica: "n4", syncMs: 1, replyMs: 2 });
    expect(because(standIn)).toEqual([
      [...missing, "n4 had also confirmed the write, but n4 is no replica of k0"],
    ]);

    const newer = begun();
    store(newer, 0, { replica: "n2", syncMs: 3, replyMs: 2, version: "0002" });
    expect(because(newer)).toEqual([
      [
        "n2 answered at 2.0 ms and synced a newer version only 1.0 ms later",
        "the coordinator had no answer from n3 by then",
      ],
    ]);
  });

  test("of a read: what each replica answered, and what they merge to", () => {
    const few = answered([{ replica: "n1", version: "0001" }], record("0001"));
    few.write("v1", 0, 1);
    expect(few.check("acknowledged")).toEqual({
      verdict: "invalid",
      anomalies: [
        {
          guarantee: "acknowledged",
          explanation:
            "read 0 of k0 by other0 was answered by n1 at 19.0 ms as if 2 replicas had replied, but only 1 had replied by then",
          operations: [0],
          key: "k0",
          atUs: 20000,
          because: [
            "n1 answered with v1 (write 1) at 8.0 ms",
            "n1 had no answer from any of n2, n3 by then",
          ],
        },
      ],
      judged: 1,
      measurements: { reads: 1, writes: 0, undecided: 1, evidenceGaps: 0 },
    });
    const wrong = answered(
      [
        { replica: "n1", version: "0001" },
        { replica: "n2", version: "0002" },
      ],
      record("0001"),
    );
    wrong.write("v1", 0, 1);
    expect(wrong.check("acknowledged").anomalies).toEqual([
      {
        guarantee: "acknowledged",
        explanation:
          "read 0 of k0 by other0 was answered by n1 with v1 (write 1), although the 2 replies that n1 had received merge to the version 0002 (made for no operation)",
        operations: [0],
        key: "k0",
        atUs: 20000,
        because: [
          "n1 answered with v1 (write 1) at 8.0 ms",
          "n2 answered with the version 0002 (made for no operation) at 9.0 ms",
        ],
      },
    ]);
    const alone = answered([], record("0001"));
    expect(alone.check("acknowledged").anomalies).toEqual([
      {
        guarantee: "acknowledged",
        explanation:
          "read 0 of k0 by other0 was answered by n1 at 19.0 ms as if 2 replicas had replied, but none had replied by then",
        operations: [0],
        key: "k0",
        atUs: 20000,
        because: ["n1 had asked no replica"],
      },
    ]);
  });

  test("of what cannot be told", () => {
    expect(new Scenario({ evidence: false }).check("acknowledged")).toEqual({
      verdict: "not-applicable",
      reason: "needs evidence: the Host recorded no evidence",
      anomalies: [],
      judged: 0,
    });
    const scenario = new Scenario();
    scenario.write("v1", 0, 10);
    expect(scenario.check("acknowledged")).toEqual({
      verdict: "unknown",
      reason: "write 0 of k0 by other0: no node recorded an answer to the client",
      anomalies: [],
      judged: 0,
      measurements: { reads: 0, writes: 0, undecided: 1, evidenceGaps: 0 },
    });
    const read = new Scenario();
    read.read([], 0, 1, { key: "k9" });
    expect(read.check("acknowledged")).toEqual({
      verdict: "unknown",
      reason: "read 0 of k9 by other0: the preference list of k9 is not known",
      anomalies: [],
      judged: 0,
      measurements: { reads: 0, writes: 0, undecided: 1, evidenceGaps: 0 },
    });
    const write = new Scenario();
    write.write("v1", 0, 1, { key: "k9" });
    expect(write.check("acknowledged")).toEqual({
      verdict: "unknown",
      reason: "write 0 of k9 by other0: the preference list of k9 is not known",
      anomalies: [],
      judged: 0,
      measurements: { reads: 0, writes: 0, undecided: 1, evidenceGaps: 0 },
    });
    const unheard = new Scenario();
    unheard.read([], 0, 1);
    expect(unheard.check("acknowledged")).toEqual({
      verdict: "unknown",
      reason: "read 0 of k0 by other0: no node recorded an answer to the client",
      anomalies: [],
      judged: 0,
      measurements: { reads: 0, writes: 0, undecided: 1, evidenceGaps: 0 },
    });
  });

  test("of a write without a version, as a damaged history may have it", () => {
    const events = new Scenario();
    events.write("v1", 0, 10);
    const damaged = events
      .events()
      .map((event) => (event.e === "ok" ? { ...event, versions: [] } : event));
    expect(judgeBy("acknowledged", modelOf(damaged))).toEqual({
      verdict: "unknown",
      reason: "write 0 of k0 by other0: the version of the write is not known",
      anomalies: [],
      judged: 0,
      measurements: { reads: 0, writes: 0, undecided: 1, evidenceGaps: 0 },
    });
  });
});

describe("what does not count", () => {
  const reply = { frame: "replica-write-ok", trace: 0, request: 2, key: "k0" } as const;
  const request = {
    frame: "replica-write",
    trace: 0,
    request: 2,
    cause: "write",
    ...record("0001"),
  } as const;
  /** n1 has confirmed the write. n2 was asked and has synced the write, but its reply is missing: tests add it. */
  const asked = (): Scenario => {
    const scenario = new Scenario();
    scenario.write("v1", 0, 10);
    store(scenario, 0, { replica: "n1", syncMs: 1, replyMs: 2 });
    return scenario.frame("sent", "n1", "n2", 0.1, request).sync("n2", 1, record("0001"));
  };

  test("a reply of another kind, or of another node than was asked", () => {
    const ok = asked().frame("sent", "n2", "n1", 2, reply).frame("received", "n1", "n2", 3, reply);
    expect(answerWrite(ok, 9).check("acknowledged").verdict).toBe("valid");
    const readReply = {
      frame: "replica-read-ok",
      trace: 0,
      request: 2,
      ...record("0001"),
    } as const;
    const otherKind = asked()
      .frame("sent", "n2", "n1", 2, readReply)
      .frame("received", "n1", "n2", 3, readReply);
    expect(answerWrite(otherKind, 9).check("acknowledged").verdict).toBe("invalid");
    const otherNode = asked()
      .sync("n3", 1, record("0001"))
      .frame("sent", "n3", "n1", 2, reply)
      .frame("received", "n1", "n3", 3, reply);
    expect(answerWrite(otherNode, 9).check("acknowledged").verdict).toBe("invalid");
  });

  test("what was sent for repair, though it carries the operation's number", () => {
    const scenario = new Scenario();
    scenario.write("v1", 0, 10);
    store(scenario, 0, { replica: "n1", syncMs: 1, replyMs: 2 });
    scenario
      .frame("sent", "n1", "n2", 0.1, { ...request, cause: "read-repair" })
      .sync("n2", 1, record("0001"));
    scenario.frame("sent", "n2", "n1", 2, reply).frame("received", "n1", "n2", 3, reply);
    expect(answerWrite(scenario, 9).check("acknowledged").verdict).toBe("invalid");
  });

  test("a second, later reply does not take back what the first proved", () => {
    const scenario = asked()
      .frame("sent", "n2", "n1", 2, reply)
      .frame("received", "n1", "n2", 3, reply);
    scenario
      .frame("sent", "n1", "n2", 4, { ...request, request: 7 })
      .frame("received", "n1", "n2", 5, { ...reply, request: 7 });
    expect(answerWrite(scenario, 9).check("acknowledged").verdict).toBe("valid");
    // Now the first reply came before the sync. A second reply may prove what the first one did not.
    const late = new Scenario();
    late.write("v1", 0, 10);
    store(late, 0, { replica: "n1", syncMs: 1, replyMs: 2 });
    late
      .frame("sent", "n1", "n2", 0.1, request)
      .frame("sent", "n2", "n1", 1, reply)
      .frame("received", "n1", "n2", 1.5, reply)
      .sync("n2", 2, record("0001"));
    late
      .frame("sent", "n1", "n2", 3, { ...request, request: 7 })
      .frame("sent", "n2", "n1", 4, { ...reply, request: 7 })
      .frame("received", "n1", "n2", 5, { ...reply, request: 7 });
    expect(answerWrite(late, 9).check("acknowledged").verdict).toBe("valid");
  });

  test("a reply without a record of its sending leaves it open, where it would have been enough", () => {
    const open = answerWrite(asked().frame("received", "n1", "n2", 3, reply), 9);
    expect(open.check("acknowledged")).toEqual({
      verdict: "unknown",
      reason: "write 0 of k0 by other0: n2 did not record the reply that the coordinator received",
      anomalies: [],
      judged: 0,
      measurements: { reads: 0, writes: 0, undecided: 1, evidenceGaps: 0 },
    });
    const tooFew = new Scenario();
    tooFew.write("v1", 0, 10, { w: 3 });
    store(tooFew, 0, { replica: "n1", syncMs: 1, replyMs: 2 });
    tooFew.frame("sent", "n1", "n2", 0.1, request).frame("received", "n1", "n2", 3, reply);
    expect(
      answerWrite(tooFew, 9)
        .check("acknowledged")
        .anomalies.map(({ because }) => because),
    ).toEqual([
      [
        "n2 did not record the reply that the coordinator received",
        "the coordinator had no answer from n3 by then",
      ],
    ]);
  });

  test("a read's answer is no write's", () => {
    const scenario = asked()
      .frame("sent", "n2", "n1", 2, reply)
      .frame("received", "n1", "n2", 3, reply);
    scenario.frame("sent", "n1", "c0", 9, { frame: "client-read-ok", trace: 0, ...record("0001") });
    expect(scenario.check("acknowledged")).toMatchObject({
      verdict: "unknown",
      reason: expect.stringContaining("no node recorded an answer to the client"),
    });
  });

  test("of another coordinator, replies count up to the time of the answer, and all of its boot must be there", () => {
    const forwarded = (replyMs: number, lost: boolean): string => {
      const scenario = new Scenario({
        w: 1,
        nodes: ["n1", "n2", "n3", "n4"],
        preference: { k0: ["n2", "n3", "n4"] },
      });
      scenario.write("v1", 0, 10);
      scenario
        .frame("sent", "n2", "n3", 0.1, { ...request, request: 4 })
        .sync("n3", 1, record("0001"))
        .frame("sent", "n3", "n2", 1, { ...reply, request: 4 });
      scenario.frame("received", "n2", "n3", replyMs, { ...reply, request: 4 });
      if (lost)
        scenario.gap("n2").frame("sent", "n2", "n2", 50, { frame: "other", detail: "later" });
      return answerWrite(scenario, 9).check("acknowledged").verdict;
    };
    expect([forwarded(9, false), forwarded(9.1, false), forwarded(9.1, true)]).toEqual([
      "valid",
      "invalid",
      "unknown",
    ]);
  });

  test("a boot that came after the answer is no coordinator of it", () => {
    const scenario = new Scenario({ w: 1 });
    scenario.write("v1", 0, 10);
    answerWrite(scenario, 9);
    scenario
      .frame("sent", "n1", "n2", 9.1, request, 2)
      .sync("n2", 9.2, record("0001"))
      .frame("sent", "n2", "n1", 9.2, reply)
      .frame("received", "n1", "n2", 9.3, reply, 2);
    expect(scenario.check("acknowledged").verdict).toBe("invalid");
  });

  test("without any request evidence must be whole to prove that there was none", () => {
    const scenario = new Scenario({ w: 1 });
    scenario.write("v1", 0, 10);
    answerWrite(scenario, 9);
    expect(scenario.check("acknowledged").verdict).toBe("invalid");
    scenario
      .frame("sent", "n3", "n3", 1, { frame: "other", detail: "alive" })
      .gap("n3")
      .frame("sent", "n3", "n3", 2, { frame: "other", detail: "alive" });
    expect(scenario.check("acknowledged").verdict).toBe("unknown");
  });
});

describe("which replies a read counts", () => {
  const request = (i: number) =>
    ({ frame: "replica-read", trace: 0, request: i, key: "k0" }) as const;
  const reply = (i: number, version: string) =>
    ({ frame: "replica-read-ok", trace: 0, request: i, ...record(version) }) as const;
  const build = (r: number): Scenario => {
    const scenario = new Scenario();
    scenario.read([of("v1")], 5, 20, { r });
    return scenario;
  };
  const answer = (scenario: Scenario, version: string): string =>
    scenario
      .frame("sent", "n1", "c0", 19, { frame: "client-read-ok", trace: 0, ...record(version) })
      .check("acknowledged").verdict;
  const exchange = (
    scenario: Scenario,
    i: number,
    replica: string,
    version: string,
    sentMs = 7,
    arrivedMs = 8,
    coordinator = "n1",
    boot = 1,
  ): Scenario =>
    scenario
      .frame("sent", coordinator, replica, 6, request(i), boot)
      .frame("sent", replica, coordinator, sentMs, reply(i, version))
      .frame("received", coordinator, replica, arrivedMs, reply(i, version), boot);

  test("in the order of their arrival", () => {
    const scenario = build(1)
      .frame("sent", "n1", "n2", 6, request(0))
      .frame("sent", "n1", "n3", 6, request(1));
    for (const [i, replica, version] of [
      [1, "n3", "0001"],
      [0, "n2", "0002"],
    ] as const)
      scenario
        .frame("sent", replica, "n1", 7, reply(i, version))
        .frame("received", "n1", replica, 8, reply(i, version));
    expect(answer(scenario, "0001")).toBe("valid");
  });

  test("those of the node that answered, of its boot, before it answered", () => {
    expect(answer(exchange(build(1), 0, "n2", "0001", 7, 8, "n3"), "0001")).toBe("invalid");
    const late = build(1)
      .frame("sent", "n1", "n2", 6, request(0))
      .frame("sent", "n2", "n1", 7, reply(0, "0001"));
    late
      .frame("sent", "n1", "c0", 19, { frame: "client-read-ok", trace: 0, ...record("0001") })
      .frame("received", "n1", "n2", 19.5, reply(0, "0001"));
    expect(late.check("acknowledged").verdict).toBe("invalid");
    const restarted = build(1);
    restarted
      .frame("sent", "n1", "n2", 6, request(0))
      .frame("sent", "n2", "n1", 7, reply(0, "0001"))
      .frame("received", "n1", "n2", 8, reply(0, "0001"));
    restarted.frame(
      "sent",
      "n1",
      "c0",
      19,
      { frame: "client-read-ok", trace: 0, ...record("0001") },
      2,
    );
    expect(restarted.check("acknowledged").verdict).toBe("invalid");
  });

  test("a reply to a read, from the replica that was asked", () => {
    const ok = { frame: "replica-write-ok", trace: 0, request: 0, key: "k0" } as const;
    expect(
      answer(
        build(1)
          .frame("sent", "n1", "n2", 6, request(0))
          .frame("sent", "n2", "n1", 7, ok)
          .frame("received", "n1", "n2", 8, ok),
        "0001",
      ),
    ).toBe("invalid");
    expect(
      answer(
        build(1)
          .frame("sent", "n1", "n2", 6, request(0))
          .frame("sent", "n3", "n1", 7, reply(0, "0001"))
          .frame("received", "n1", "n3", 8, reply(0, "0001")),
        "0001",
      ),
    ).toBe("invalid");
  });

  test("the first of each replica, and one sent in the very microsecond in which the read began", () => {
    expect(
      answer(exchange(exchange(build(1), 0, "n2", "0001", 7, 8), 1, "n2", "0002", 8, 9), "0002"),
    ).toBe("invalid");
    expect(answer(exchange(build(1), 0, "n2", "0001", 5, 8), "0001")).toBe("valid");
  });

  test("a reply whose sending is not recorded may have been merged, and a later one of that replica counts by itself", () => {
    const unsent = exchange(build(1), 0, "n2", "0001")
      .frame("sent", "n1", "n3", 6, request(1))
      .frame("received", "n1", "n3", 9, reply(1, "0002"));
    expect(answer(unsent, "0002")).toBe("unknown");
    const again = build(2)
      .frame("sent", "n1", "n2", 6, request(1))
      .frame("received", "n1", "n2", 7, reply(1, "0001"));
    expect(answer(exchange(again, 2, "n2", "0001", 7.5, 8), "0001")).toBe("invalid");
  });

  test("lost evidence of the coordinator may hide what was merged", () => {
    const lost = exchange(build(1), 0, "n2", "0001").gap("n1");
    expect(answer(lost, "0002")).toBe("unknown");
  });

  test("a write's answer is no read's", () => {
    const scenario = exchange(build(1), 0, "n2", "0001").frame("sent", "n1", "c0", 19, {
      frame: "client-write-ok",
      trace: 0,
      ...record("0001"),
    });
    expect(scenario.check("acknowledged").verdict).toBe("unknown");
  });
});

describe("boots and order, exactly", () => {
  const request = {
    frame: "replica-write",
    trace: 0,
    request: 2,
    cause: "write",
    ...record("0001"),
  } as const;
  const reply = { frame: "replica-write-ok", trace: 0, request: 2, key: "k0" } as const;
  const alive = { frame: "other", detail: "alive" } as const;
  const pad = (scenario: Scenario, boot = 1): Scenario => {
    for (let i = 0; i < 20; i++) scenario.frame("sent", "n1", "n1", 0.01, alive, boot);
    return scenario;
  };
  const stored = (): Scenario => {
    const scenario = new Scenario({ w: 1 });
    scenario.write("v1", 0, 10);
    return scenario
      .frame("sent", "n1", "n2", 0.1, request)
      .sync("n2", 1, record("0001"))
      .frame("sent", "n2", "n1", 2, reply);
  };
  const answer = { frame: "client-write-ok", trace: 0, ...record("0001") } as const;

  test("within one boot its own order counts, though the clock shows the same time", () => {
    expect(
      stored()
        .frame("received", "n1", "n2", 3, reply)
        .frame("sent", "n1", "c0", 3, answer)
        .check("acknowledged").verdict,
    ).toBe("valid");
    expect(
      stored()
        .frame("sent", "n1", "c0", 3, answer)
        .frame("received", "n1", "n2", 3, reply)
        .check("acknowledged").verdict,
    ).toBe("invalid");
  });

  test("between boots the clock does", () => {
    expect(
      pad(stored())
        .frame("received", "n1", "n2", 3, reply)
        .frame("sent", "n1", "c0", 4, answer, 2)
        .check("acknowledged").verdict,
    ).toBe("valid");
    expect(
      pad(stored())
        .frame("sent", "n1", "n1", 3, alive, 2)
        .frame("received", "n1", "n2", 5, reply)
        .frame("sent", "n1", "c0", 4, answer, 2)
        .check("acknowledged").verdict,
    ).toBe("invalid");
  });

  test("a read counts requests of the node and the boot that answered alone, however far its numbers are", () => {
    const read = { frame: "replica-read", trace: 0, request: 2, key: "k0" } as const;
    const shown = { frame: "replica-read-ok", trace: 0, request: 2, ...record("0001") } as const;
    const build = (coordinator: string, boot: number): string => {
      const scenario = new Scenario();
      scenario.read([of("v1")], 0, 10, { r: 1 });
      pad(pad(scenario), 2)
        .frame("sent", coordinator, "n2", 1, read, boot)
        .frame("sent", "n2", coordinator, 2, shown)
        .frame("received", coordinator, "n2", 3, shown, boot);
      return scenario
        .frame("sent", "n1", "c0", 9, { frame: "client-read-ok", trace: 0, ...record("0001") }, 2)
        .check("acknowledged").verdict;
    };
    expect([build("n1", 2), build("n1", 1), build("n3", 2)]).toEqual([
      "valid",
      "invalid",
      "invalid",
    ]);
  });
});

describe("what is said of what cannot be told, in detail", () => {
  const request = { frame: "replica-read", trace: 0, request: 0, key: "k0" } as const;
  const shown = { frame: "replica-read-ok", trace: 0, request: 0, ...record("0001") } as const;
  const answer = { frame: "client-read-ok", trace: 0, ...record("0001") } as const;
  const asked = (
    options: { readonly r?: number; readonly pr?: number },
    overrides: ConstructorParameters<typeof Scenario>[0] = {},
  ): Scenario => {
    const scenario = new Scenario(overrides);
    scenario.read([of("v1")], 0, 10, { r: 1, ...options });
    return scenario;
  };
  const reason = (scenario: Scenario): unknown => scenario.check("acknowledged").reason;

  test("of reads", () => {
    expect(
      reason(asked({ r: 2 }).gap("n1").gap("n1").frame("sent", "n1", "c0", 9, answer)),
    ).toEqual("read 0 of k0 by other0: evidence of the coordinator is missing");
    const unsent = asked({ r: 2 });
    for (const [i, node] of ["n2", "n3"].entries())
      unsent
        .frame("sent", "n1", node, 1, { ...request, request: i })
        .frame("received", "n1", node, 2, { ...shown, request: i });
    expect(reason(unsent.frame("sent", "n1", "c0", 9, answer))).toEqual(
      "read 0 of k0 by other0: n2, n3 did not record the reply that the coordinator received",
    );
    const wrong = asked({})
      .frame("sent", "n1", "n2", 1, request)
      .frame("sent", "n2", "n1", 2, shown)
      .frame("received", "n1", "n2", 3, shown);
    expect(
      reason(wrong.gap("n1").frame("sent", "n1", "c0", 9, { ...answer, ...record("0009") })),
    ).toEqual("read 0 of k0 by other0: evidence of the coordinator or of replicas is missing");
    const sloppy = (): Scenario =>
      asked({ pr: 1 }, { quorums: "sloppy", nodes: ["n1", "n2", "n3", "n4"] })
        .frame("sent", "n1", "n4", 1, request)
        .frame("sent", "n4", "n1", 2, shown)
        .frame("received", "n1", "n4", 3, shown);
    expect(reason(sloppy().gap("n1").frame("sent", "n1", "c0", 9, answer))).toEqual(
      "read 0 of k0 by other0: evidence of the coordinator or of replicas is missing",
    );
    expect(
      reason(
        sloppy()
          .frame("sent", "n1", "n2", 1, { ...request, request: 7 })
          .frame("received", "n1", "n2", 2, { ...shown, request: 7 })
          .frame("sent", "n1", "c0", 9, answer),
      ),
    ).toEqual("read 0 of k0 by other0: evidence of the coordinator or of replicas is missing");
    expect(sloppy().frame("sent", "n1", "c0", 9, answer).check("acknowledged").anomalies).toEqual([
      {
        guarantee: "acknowledged",
        explanation:
          "read 0 of k0 by other0 was answered by n1 at 9.0 ms as if 1 of the key's own replicas had replied, but none of n1, n2, n3 had replied by then",
        operations: [0],
        key: "k0",
        atUs: 10000,
        because: [
          "n4 answered with v1 under the version 0001 (made for no operation) at 3.0 ms",
          "n1 had no answer from any of n1, n2, n3 by then",
        ],
      },
    ]);
  });

  test("of writes, and how many reads and writes were judged", () => {
    const replicaLost = new Scenario();
    replicaLost.write("v1", 0, 10);
    store(replicaLost, 0, { replica: "n1", syncMs: 1, replyMs: 2 });
    replicaLost.sync("n2", 0, record("0000")).gap("n2");
    store(replicaLost, 0, { replica: "n2", replyMs: 2 });
    expect(reason(answerWrite(replicaLost, 9))).toEqual(
      "write 0 of k0 by other0: evidence of n2 is missing",
    );
    const lost = new Scenario();
    lost.write("v1", 0, 10);
    store(lost, 0, { replica: "n1", syncMs: 1, replyMs: 2 });
    expect(reason(answerWrite(lost.gap("n1"), 9))).toEqual(
      "write 0 of k0 by other0: evidence of the coordinator is missing",
    );
    const read = asked({})
      .frame("sent", "n1", "n2", 1, request)
      .frame("sent", "n2", "n1", 2, shown)
      .frame("received", "n1", "n2", 3, shown)
      .frame("sent", "n1", "c0", 9, answer);
    expect(read.check("acknowledged").measurements).toMatchObject({ reads: 1, writes: 0 });
    expect(
      written([
        { replica: "n1", syncMs: 1, replyMs: 2 },
        { replica: "n2", syncMs: 1, replyMs: 2 },
      ]).check("acknowledged").measurements,
    ).toMatchObject({ reads: 0, writes: 1 });
  });
});
