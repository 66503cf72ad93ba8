import { describe, expect, test } from "vitest";
import { modelOf } from "../../../checkers/model/model.ts";
import { judgeBy, of, Scenario } from "../support.ts";

const record = { key: "k0", versions: ["0001"] };

interface Step {
  readonly replica: string;
  readonly syncMs: number;
  readonly replyMs: number;
}

/** A scenario in which every node is alive and records evidence. So events that are not recorded did not happen. */
function scenarioOf(): Scenario {
  const scenario = new Scenario({ routing: "client" });
  for (const node of ["n1", "n2", "n3"])
    scenario.frame("sent", node, "c0", 0, { frame: "other", detail: "alive" });
  return scenario;
}

function written(steps: readonly Step[], w = 2): Scenario {
  const scenario = scenarioOf();
  scenario.write("v1", 0, 10, { w });
  for (const { replica, syncMs, replyMs } of steps) {
    const reply = { frame: "replica-write-ok", trace: 0, request: 0, key: "k0" } as const;
    if (syncMs <= replyMs)
      scenario.sync(replica, syncMs, record).frame("sent", replica, "c0", replyMs, reply);
    else scenario.frame("sent", replica, "c0", replyMs, reply).sync(replica, syncMs, record);
  }
  return scenario;
}

describe("acknowledged, where the client counts: a write", () => {
  const verdict = (steps: readonly Step[], w?: number): string =>
    written(steps, w).check("acknowledged").verdict;

  test("W replicas synced and then confirmed before the client went on", () => {
    expect(
      verdict([
        { replica: "n1", syncMs: 1, replyMs: 2 },
        { replica: "n2", syncMs: 1, replyMs: 2 },
      ]),
    ).toBe("valid");
    expect(verdict([{ replica: "n1", syncMs: 1, replyMs: 2 }])).toBe("invalid");
    expect(
      verdict([
        { replica: "n1", syncMs: 1, replyMs: 2 },
        { replica: "n2", syncMs: 3, replyMs: 2 },
      ]),
    ).toBe("invalid");
    expect(
      verdict([
        { replica: "n1", syncMs: 1, replyMs: 2 },
        { replica: "n2", syncMs: 1, replyMs: 11 },
      ]),
    ).toBe("invalid");
    expect(
      verdict([
        { replica: "n1", syncMs: 1, replyMs: 2 },
        { replica: "n1", syncMs: 1, replyMs: 3 },
      ]),
    ).toBe("invalid");
  });

  test("the replica that gave it its version is one of them, a hint is none", () => {
    const master = written([{ replica: "n2", syncMs: 1, replyMs: 2 }])
      .sync("n1", 1, record)
      .frame("sent", "n1", "c0", 2, { frame: "client-write-ok", trace: 0, ...record });
    expect(master.check("acknowledged").verdict).toBe("valid");
    const hinted = written([{ replica: "n2", syncMs: 1, replyMs: 2 }])
      .sync("n1", 1, { ...record, hintFor: "n3" })
      .frame("sent", "n1", "c0", 2, { frame: "replica-write-ok", trace: 0, request: 1, key: "k0" });
    expect(hinted.check("acknowledged").verdict).toBe("invalid");
  });
});

test("a replica whose evidence is lost leaves it open", () => {
  expect(
    written([{ replica: "n1", syncMs: 1, replyMs: 2 }])
      .gap("n2")
      .frame("sent", "n2", "c0", 3, { frame: "other", detail: "alive" })
      .check("acknowledged").verdict,
  ).toBe("unknown");
});

describe("acknowledged, where the client counts: a read", () => {
  const verdict = (
    told: readonly (readonly [replica: string, version: string, atMs: number])[],
    returned: string,
  ): string => {
    const scenario = scenarioOf();
    scenario.read([of(returned)], 5, 20, { r: 2 });
    for (const [replica, version, atMs] of told)
      scenario.frame("sent", replica, "c0", atMs, {
        frame: "replica-read-ok",
        trace: 0,
        request: 0,
        key: "k0",
        versions: [version],
      });
    return scenario.check("acknowledged").verdict;
  };

  test("the merge of any R of the replies, which may have come in any order", () => {
    const told = [
      ["n1", "0001", 7],
      ["n2", "0003", 8],
      ["n3", "0002", 9],
    ] as const;
    expect(verdict(told, "v3")).toBe("valid");
    expect(verdict(told, "v2")).toBe("valid");
    expect(verdict(told, "v1")).toBe("invalid");
  });

  test("by R replicas that replied while it lasted", () => {
    expect(verdict([["n1", "0001", 7]], "v1")).toBe("invalid");
    expect(
      verdict(
        [
          ["n1", "0001", 7],
          ["n1", "0001", 8],
        ],
        "v1",
      ),
    ).toBe("invalid");
    expect(
      verdict(
        [
          ["n1", "0001", 7],
          ["n2", "0001", 4],
        ],
        "v1",
      ),
    ).toBe("invalid");
    expect(
      verdict(
        [
          ["n1", "0001", 7],
          ["n2", "0001", 21],
        ],
        "v1",
      ),
    ).toBe("invalid");
  });
});

describe("acknowledged, where the client counts: what is said", () => {
  test("of a write on too few replicas, or on none", () => {
    expect(
      written([{ replica: "n1", syncMs: 1, replyMs: 2 }]).check("acknowledged").anomalies,
    ).toEqual([
      {
        guarantee: "acknowledged",
        explanation:
          "write 0 of k0 by other0 was acknowledged at 10.0 ms as durable on 2 replicas, but by then only 1 of n1, n2, n3 had confirmed the write after storing it durably",
        operations: [0],
        key: "k0",
        atUs: 10_000,
        because: [
          "n2 had not confirmed the write after a sync of that write",
          "n3 had not confirmed the write after a sync of that write",
        ],
      },
    ]);
    expect(written([]).check("acknowledged").anomalies[0]?.explanation).toBe(
      "write 0 of k0 by other0 was acknowledged at 10.0 ms as durable on 2 replicas, but by then none of n1, n2, n3 had confirmed the write after storing it durably",
    );
  });

  const reading = (
    told: readonly (readonly [replica: string, version: string, atMs: number])[],
    returned: string,
    scenario = scenarioOf(),
  ): Scenario => {
    scenario.read([of(returned)], 5, 20, { r: 2 });
    for (const [replica, version, atMs] of told)
      scenario.frame("sent", replica, "c0", atMs, {
        frame: "replica-read-ok",
        trace: 0,
        request: 0,
        key: "k0",
        versions: [version],
      });
    return scenario;
  };

  test("of a read that is the merge of no replies, or of too few", () => {
    expect(
      reading(
        [
          ["n1", "0001", 7],
          ["n2", "0003", 8],
        ],
        "v1",
      ).check("acknowledged").anomalies,
    ).toEqual([
      {
        guarantee: "acknowledged",
        explanation:
          "read 0 of k0 by other0 returned v1 under the version 0001 (made for no operation), but no 2 or more of its 2 replies merge to that",
        operations: [0],
        key: "k0",
        atUs: 20_000,
        because: [
          "n1 answered with v1 under the version 0001 (made for no operation) at 7.0 ms",
          "n2 answered with the version 0003 (made for no operation) at 8.0 ms",
        ],
      },
    ]);
    expect(reading([["n1", "0001", 7]], "v1").check("acknowledged").anomalies).toMatchObject([
      {
        explanation:
          "read 0 of k0 by other0 was answered at 20.0 ms as if 2 replicas had replied, but only 1 had replied by then",
        because: ["n1 answered with v1 under the version 0001 (made for no operation) at 7.0 ms"],
      },
    ]);
  });

  test("replies at the read's very first and last moment count, and only those of replicas", () => {
    expect(
      reading(
        [
          ["n1", "0001", 5],
          ["n2", "0001", 20],
        ],
        "v1",
      ).check("acknowledged").verdict,
    ).toBe("valid");
    const elsewhere = reading(
      [["n1", "0001", 7]],
      "v1",
      new Scenario({ routing: "client", nodes: ["n1", "n2", "n3", "n4"] }),
    );
    for (const node of ["n2", "n3", "n4"])
      elsewhere.frame("sent", node, "c0", 0, { frame: "other", detail: "alive" });
    elsewhere.frame("sent", "n4", "c0", 8, {
      frame: "replica-read-ok",
      trace: 0,
      request: 1,
      key: "k0",
      versions: ["0001"],
    });
    expect(elsewhere.check("acknowledged").verdict).toBe("invalid");
  });

  test("a confirmation at the very end of the write counts, and one that was recorded with its sync does not precede it", () => {
    expect(
      written([
        { replica: "n1", syncMs: 1, replyMs: 10 },
        { replica: "n2", syncMs: 1, replyMs: 2 },
      ]).check("acknowledged").verdict,
    ).toBe("valid");
  });

  test("the context of siblings is part of the merge", () => {
    const told = (context: Readonly<Record<string, number>>): Scenario => {
      const scenario = new Scenario({ routing: "client", versions: "siblings" });
      for (const node of ["n1", "n2", "n3"])
        scenario.frame("sent", node, "c0", 0, { frame: "other", detail: "alive" });
      scenario.read([of("v1", "a:1")], 5, 20, { r: 2, context });
      for (const node of ["n1", "n2"])
        scenario.frame("sent", node, "c0", 7, {
          frame: "replica-read-ok",
          trace: 0,
          request: 0,
          key: "k0",
          versions: ["a:1"],
          context: { a: 1 },
        });
      return scenario;
    };
    expect(told({ a: 1 }).check("acknowledged").verdict).toBe("valid");
    expect(told({ a: 2 }).check("acknowledged").verdict).toBe("invalid");
  });

  test("why it is unknown", () => {
    const reason = (scenario: Scenario): string | undefined =>
      scenario.check("acknowledged").reason;
    const gap = (scenario: Scenario): Scenario =>
      scenario.gap("n2").frame("sent", "n2", "c0", 3, { frame: "other", detail: "alive" });
    expect(reason(gap(written([{ replica: "n1", syncMs: 1, replyMs: 2 }])))).toBe(
      "write 0 of k0 by other0: evidence of the key's replicas is missing",
    );
    expect(reason(gap(reading([["n1", "0001", 7]], "v1")))).toBe(
      "read 0 of k0 by other0: evidence of the key's replicas is missing",
    );
    // Evidence is missing only of n2, whose confirmation arrived. So the verdict is certain.
    const confirmed = written([{ replica: "n2", syncMs: 1, replyMs: 2 }])
      .gap("n2")
      .frame("sent", "n2", "c0", 12, { frame: "other", detail: "alive" });
    expect(confirmed.check("acknowledged").verdict).toBe("invalid");
    const nowhere = new Scenario({ routing: "client" });
    nowhere.write("v1", 0, 10, { key: "k9" });
    expect(reason(nowhere)).toBe("write 0 of k9 by other0: the preference list of k9 is not known");
    const unversioned = new Scenario({ routing: "client" });
    unversioned.write("v1", 0, 10);
    const events = unversioned
      .events()
      .map((event) => (event.e === "ok" ? { ...event, versions: [] } : event));
    expect(judgeBy("acknowledged", modelOf(events)).reason).toBe(
      "write 0 of k0 by other0: the version of the write is not known",
    );
  });

  test("under a periodic log a confirmation is worth that it was applied, but where syncs were asked for", () => {
    const periodic = (dw?: number): string => {
      const scenario = new Scenario({ routing: "client", sync: "periodic" });
      for (const node of ["n1", "n2", "n3"])
        scenario.frame("sent", node, "c0", 0, { frame: "other", detail: "alive" });
      scenario.write("v1", 0, 10, { w: 2, ...(dw === undefined ? {} : { dw }) });
      for (const node of ["n1", "n2"])
        scenario.frame("sent", node, "c0", 2, {
          frame: "replica-write-ok",
          trace: 0,
          request: 0,
          key: "k0",
        });
      return scenario.check("acknowledged").verdict;
    };
    expect(periodic()).toBe("valid");
    // A write with DW = 0 or "default" needs no synced confirmation.
    expect(periodic(0)).toBe("valid");
    expect(periodic(1)).toBe("invalid");
  });

  test("the run's own R and W where the operation names none", () => {
    const two = [
      { replica: "n1", syncMs: 1, replyMs: 2 },
      { replica: "n2", syncMs: 1, replyMs: 2 },
    ];
    const own = (w: number): string => {
      const scenario = new Scenario({ routing: "client", w, r: w });
      for (const node of ["n1", "n2", "n3"])
        scenario.frame("sent", node, "c0", 0, { frame: "other", detail: "alive" });
      scenario.write("v1", 0, 10);
      for (const { replica, syncMs, replyMs } of two)
        scenario.sync(replica, syncMs, record).frame("sent", replica, "c0", replyMs, {
          frame: "replica-write-ok",
          trace: 0,
          request: 0,
          key: "k0",
        });
      scenario.read([of("v1")], 20, 30);
      for (const replica of ["n1", "n2"])
        scenario.frame("sent", replica, "c0", 22, {
          frame: "replica-read-ok",
          trace: 1,
          request: 1,
          key: "k0",
          versions: ["0001"],
        });
      return scenario
        .check("acknowledged")
        .anomalies.map(({ operations }) => operations.join())
        .join(" ");
    };
    expect(own(2)).toBe("");
    expect(own(3)).toBe("0 1");
  });
});
