/**
 * Tests how quorate's own histories of counters, batches, logs, broadcasts and transactions are translated for the
 * rules that judge them.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { judge } from "../../../checkers/index.ts";
import type { GuaranteeVerdict, HistoryEvent, Json } from "../../../checkers/index.ts";
import { cheapSampleSize, sampleSeed } from "../sample-size.ts";
import { runWith } from "../support.ts";

interface Asked {
  readonly f: string;
  readonly startUs: number;
  readonly endUs: number;
  readonly outcome?: "ok" | "fail" | "info";
  readonly key?: string;
  readonly args?: Json;
  readonly value?: string;
  readonly result?: Json;
  readonly final?: boolean;
  readonly process?: number;
}

function judged(
  workload: string,
  guarantee: string,
  history: readonly Asked[],
  between: readonly HistoryEvent[] = [],
  evidence = false,
): GuaranteeVerdict {
  const events = history.flatMap(
    (
      { f, startUs, endUs, outcome = "ok", key = "k0", args, value, result, final, process },
      op,
    ): HistoryEvent[] => [
      {
        e: "invoke",
        atUs: startUs,
        op,
        client: `c${process ?? op}`,
        process: process ?? op,
        node: "n1",
        f,
        key,
        ...(args === undefined ? {} : { args }),
        ...(value === undefined ? {} : { value }),
        ...(final === true ? { final: true as const } : {}),
      },
      outcome === "ok"
        ? { e: "ok", atUs: endUs, op, ...(result === undefined ? {} : { result }) }
        : { e: outcome, atUs: endUs, op, code: "timeout" },
    ],
  );
  const timeOf = (event: HistoryEvent): number => ("atUs" in event ? event.atUs : 0);
  const sorted = [...events, ...between].sort((a, b) => timeOf(a) - timeOf(b));
  const run = runWith({
    workload,
    versions: "none",
    inspection: false,
    evidence,
    promised: [guarantee],
  });
  const verdict = judge([run, ...sorted, { e: "end", atUs: 1_000_000 }]).guarantees[guarantee];
  if (verdict === undefined) throw new Error(`${guarantee} was not judged`);
  return verdict;
}

const said = ({ anomalies }: GuaranteeVerdict): string[] =>
  anomalies.map(({ explanation }) => explanation);

describe("counter-complete", () => {
  const add = (startUs: number, by: Json, outcome?: Asked["outcome"]): Asked => ({
    f: "add",
    startUs,
    endUs: startUs + 1,
    args: { by },
    ...(outcome === undefined ? {} : { outcome }),
  });
  const last = (startUs: number, result?: Json, outcome?: Asked["outcome"]): Asked => ({
    f: "read",
    startUs,
    endUs: startUs + 1_500,
    final: true,
    ...(result === undefined ? {} : { result }),
    ...(outcome === undefined ? {} : { outcome }),
  });
  const complete = (...history: readonly Asked[]): GuaranteeVerdict =>
    judged("pn-counter", "counter-complete", history);

  it("says what the acknowledged additions come to", () => {
    const verdict = complete(add(0, 3), add(10, 4), add(20, 100, "fail"), last(500, 3));
    expect(said(verdict)).toEqual([
      "k0: read 3 of k0 by c3 through n1 returned 3 at 2.0 ms; the acknowledged additions come to 7",
    ]);
    expect(verdict.anomalies[0]?.operations).toEqual([0, 1, 3]);
    expect(said(complete(add(0, 3), add(10, 4, "info"), last(500, 4)))).toEqual([
      "k0: read 2 of k0 by c2 through n1 returned 4 at 2.0 ms; the acknowledged additions come to 3, and 1 more may have happened",
    ]);
    expect(said(complete(add(0, 3), last(500)))).toEqual([
      "k0: read 1 of k0 by c1 through n1 returned null at 2.0 ms; the acknowledged additions come to 3",
    ]);
  });

  it("judges the final reads that returned, and no others", () => {
    const middle: Asked = { f: "read", startUs: 20, endUs: 30, result: 99 };
    expect(complete(add(0, 3), middle, last(500, 3))).toMatchObject({ verdict: "valid" });
    expect(complete(add(0, 3), middle)).toMatchObject({
      verdict: "unknown",
      reason: "no read of the final phase succeeded",
    });
    expect(complete(add(0, 3), last(500, 9, "info"))).toMatchObject({ verdict: "unknown" });
    expect(complete({ ...add(0, 3), final: true }).verdict).toBe("unknown");
  });

  it("looks at each counter by itself", () => {
    const other = { ...add(0, 5), key: "k1" };
    expect(complete(add(0, 3), other, last(500, 3), { ...last(600, 5), key: "k1" }).verdict).toBe(
      "valid",
    );
    expect(complete(add(0, 3), other, last(500, 8)).verdict).toBe("invalid");
  });

  it("takes what is no number for nothing added", () => {
    expect(complete(add(0, "3"), last(500, 0)).verdict).toBe("valid");
    expect(complete({ f: "add", startUs: 0, endUs: 1 }, last(500, 0)).verdict).toBe("valid");
    expect(complete({ ...add(0, 3), args: null }, last(500, 0)).verdict).toBe("valid");
    expect(complete({ ...add(0, 3), args: "by" }, last(500, 0)).verdict).toBe("valid");
  });

  it("holds exactly where some of the open additions make the sum", () => {
    const seen = { valid: 0, invalid: 0 };
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            by: fc.integer({ min: -4, max: 9 }),
            outcome: fc.constantFrom("ok" as const, "info" as const, "fail" as const),
          }),
          { maxLength: 5 },
        ),
        fc.integer({ min: -6, max: 20 }),
        (additions, sum) => {
          const may = additions.filter(({ outcome }) => outcome === "info");
          const surely = additions
            .filter(({ outcome }) => outcome === "ok")
            .reduce((before, { by }) => before + by, 0);
          const isSum = Array.from({ length: 1 << may.length }, (_, chosen) =>
            may.reduce((before, { by }, i) => before + ((chosen >> i) & 1) * by, surely),
          ).includes(sum);
          const wanted = isSum ? "valid" : "invalid";
          const history = additions.map(({ by, outcome }, i) => add(10 * i, by, outcome));
          expect(complete(add(90, 0), ...history, last(500, sum)).verdict).toBe(wanted);
          seen[wanted]++;
        },
      ),
      { numRuns: cheapSampleSize(2_000), seed: sampleSeed },
    );
    expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(10);
  });

  it("looks at the bounds of the sum alone where there are very many sums", () => {
    const amounts = Array.from({ length: 17 }, (_, i) => 2 ** i);
    const open = amounts.map((by, i) => add(10 * i, i === 3 ? -by : by, "info"));
    const most = amounts.reduce((sum, by) => sum + by, 0) - 8;
    const surely = add(300, 1_000);
    for (const [sum, verdict] of [
      [992, "valid"],
      [991, "invalid"],
      [1_000 + most, "valid"],
      [1_001 + most, "invalid"],
    ] as const)
      expect(complete(...open, surely, last(500, sum)).verdict, `${sum}`).toBe(verdict);
  });
});

describe("counter-bounds and batch-atomic", () => {
  it("read the addition's amount and the counter's value", () => {
    const add: Asked = { f: "add", startUs: 0, endUs: 1, args: { by: 5 } };
    const read = (result: Json): Asked => ({ f: "read", startUs: 2, endUs: 3, result });
    const bounds = (...history: readonly Asked[]): GuaranteeVerdict =>
      judged("counter", "counter-bounds", history);
    expect(bounds(add, read(5)).verdict).toBe("valid");
    expect(said(bounds(add, read(4)))).toEqual([
      "k0: the read of c1 through n1 (op 1) returned 4, but the additions acknowledged before it began come to at least 5",
    ]);
    expect(bounds({ ...add, args: null }, read(0)).verdict).toBe("valid");
    expect(bounds({ ...add, args: { by: "5" } }, read(0)).verdict).toBe("valid");
    expect(bounds(add, read("5"))).toMatchObject({ verdict: "unknown", judged: 0 });
  });

  it("reads both parts of a batch", () => {
    const write = (op: number, value: string): Asked => ({
      f: "write",
      startUs: 10 * op,
      endUs: 10 * op + 1,
      value,
    });
    const read = (...result: readonly Json[]): Asked => ({
      f: "read",
      startUs: 50,
      endUs: 51,
      result,
    });
    const atomic = (...history: readonly Asked[]): GuaranteeVerdict =>
      judged("batch", "batch-atomic", history);
    expect(atomic(write(0, "a"), write(1, "b"), read("b", "b")).verdict).toBe("valid");
    expect(atomic(write(0, "a"), write(1, "b"), read("b", "a")).verdict).toBe("invalid");
    expect(atomic(write(0, "a"), read("a", null)).verdict).toBe("invalid");
    expect(atomic(write(0, "a"), read("a")).verdict).toBe("invalid");
    expect(said(atomic(write(0, "a"), read("a", 7)))[0]).toContain("part 2");
    expect(atomic(write(0, "a"), { ...read(), result: "a" })).toMatchObject({
      verdict: "unknown",
      judged: 0,
    });
  });
});

describe("a broadcast's spread", () => {
  const message = (node: string, peer: string, number: number): HistoryEvent => ({
    e: "sent",
    atUs: 4_000 + number,
    node,
    boot: 1,
    seq: number,
    peer,
    frame: "message",
    message: number,
  });
  const add = (startUs: number, element: Json, outcome?: Asked["outcome"]): Asked => ({
    f: "add",
    startUs,
    endUs: startUs + 100,
    args: { element },
    ...(outcome === undefined ? {} : { outcome }),
  });
  const read = (startUs: number, final: boolean, ...elements: readonly Json[]): Asked => ({
    f: "read",
    startUs,
    endUs: startUs + 100,
    result: elements,
    final,
  });
  const history = [
    add(1_000, 1),
    add(2_000, 2),
    add(3_000, 3),
    add(4_000, 4, "fail"),
    read(5_000, false, 1),
    read(9_000, false, "2"),
    read(20_000, true, 1, 2, 3),
  ];

  it("counts the messages between nodes, and how long a number was missed", () => {
    const messages = [message("n1", "n2", 0), message("n1", "n3", 1), message("n1", "c0", 2)];
    expect(judged("broadcast", "set-complete", history, messages, true)).toMatchObject({
      verdict: "valid",
      judged: 1,
      measurements: {
        elements: 4,
        messagesBetweenNodes: 2,
        operations: 7,
        messagesPerOperation: 0.29,
        medianStableMs: 6,
        maximalStableMs: 8,
      },
    });
  });

  it("is measured once, and of broadcasts alone", () => {
    expect(judged("set", "set-complete", history).measurements).toEqual({ elements: 4 });
    expect(judged("broadcast", "set-fresh", history).measurements).toEqual({ elements: 4 });
    expect(judged("broadcast", "set-complete", []).measurements).toMatchObject({
      messagesPerOperation: 0,
      medianStableMs: 0,
    });
  });

  it("is that of numbers which were acknowledged", () => {
    const { measurements } = judged("broadcast", "set-complete", [
      add(1_000, 1, "info"),
      read(9_000, false),
      add(10_000, 2),
      read(20_000, true, 2),
    ]);
    expect(measurements).toMatchObject({ medianStableMs: 0, maximalStableMs: 0 });
  });

  it("is refused for what is no operation of a set", () => {
    const reasonOf = (asked: Asked): string | undefined =>
      judged("set", "set-complete", [asked]).reason;
    const base = { startUs: 0, endUs: 1 };
    expect(reasonOf({ ...base, f: "generate" })).toContain(
      "op 0 is generate, which is no operation of a set",
    );
    expect(reasonOf({ ...base, f: "add" })).toContain("add 0 has no argument `element`");
    expect(reasonOf({ ...base, f: "remove", args: null })).toContain("remove 0 has no argument");
    expect(reasonOf({ ...base, f: "remove", args: "element" })).toContain("has no argument");
    expect(reasonOf({ ...base, f: "read", final: true })).toContain(
      "read 0 returned no list of elements",
    );
  });
});

describe("log", () => {
  const send = (op: number, message: Json, offset?: number, outcome?: Asked["outcome"]): Asked => ({
    f: "send",
    startUs: 10 * op,
    endUs: 10 * op + 5,
    args: { message },
    process: 0,
    ...(offset === undefined ? {} : { result: { offset } }),
    ...(outcome === undefined ? {} : { outcome }),
  });
  const poll = (op: number, result?: Json, process = 1): Asked => ({
    f: "poll",
    startUs: 10 * op,
    endUs: 10 * op + 5,
    process,
    ...(result === undefined ? {} : { result }),
  });
  const offsets = (op: number, f: "commit" | "committed", result: Json, more = {}): Asked => ({
    f,
    startUs: 10 * op,
    endUs: 10 * op + 5,
    process: 1,
    result,
    ...more,
  });
  const kafka = (...history: readonly Asked[]): GuaranteeVerdict => judged("kafka", "log", history);

  it("is valid where every message is polled at its offset", () => {
    expect(
      kafka(
        send(0, 7, 0),
        send(1, [8], 1),
        poll(2, {
          k0: [
            [0, 7],
            [1, [8]],
          ],
        }),
      ),
    ).toMatchObject({ verdict: "valid", judged: 3 });
  });

  it("says whose poll shows what nobody sent, in which log", () => {
    const verdict = kafka(send(0, 7, 0), poll(1, { k1: [[0, 9]] }));
    expect(said(verdict)).toEqual([
      "k1: c1's poll 1 through n1 polled 9 of k1, which no operation sent",
    ]);
    expect(verdict.anomalies[0]?.operations).toEqual([1]);
  });

  it("tells failed sends, other offsets, skipped messages and lost ones", () => {
    expect(said(kafka(send(0, 7, undefined, "fail"), poll(1, { k0: [[0, 7]] })))[0]).toBe(
      "k0: c1's poll 1 through n1 polled 7 of k0, but c0's send 0 through n1, which sent it, failed",
    );
    expect(kafka(send(0, 7, 0), poll(1, { k0: [[1, 7]] })).verdict).toBe("invalid");
    expect(kafka(send(0, 7), poll(1, { k0: [[1, 7]] })).verdict).toBe("valid");
    const three = [send(0, "a", 0), send(1, "b", 1), send(2, "c", 2)];
    const skips = kafka(...three, poll(3, { k0: [[0, "a"]] }), poll(4, { k0: [[2, "c"]] }));
    expect(skips.verdict).toBe("invalid");
    const others = [poll(3, { k0: [[0, "a"]] }), poll(4, { k0: [[2, "c"]] }, 2)];
    expect(said(kafka(...three, ...others))[0]).toContain("k0: c0's send 1 through n1");
    expect(kafka(send(0, null, 0), poll(1, { k0: [[0, null]] })).verdict).toBe("valid");
    expect(kafka({ ...send(0, 0, 0), args: [7] }, poll(1, { k0: [[0, null]] })).verdict).toBe(
      "valid",
    );
  });

  it("leaves out polls of which nobody knows what they returned, and operations of no log", () => {
    const open = { ...poll(1, { k0: [[0, 9]] }), outcome: "info" as const };
    expect(kafka(send(0, 7, 0), open, poll(2, { k0: [[0, 7]] })).verdict).toBe("valid");
    expect(kafka(send(0, 7, 0), poll(1)).verdict).toBe("valid");
    expect(kafka(send(0, 7, 0), { ...poll(1), f: "jump" })).toMatchObject({ judged: 1 });
  });

  it("compares what was committed with what a client is told later", () => {
    const sent = [send(0, "a", 0), send(1, "b", 1)];
    const polled = poll(
      2,
      {
        k0: [
          [0, "a"],
          [1, "b"],
        ],
      },
      1,
    );
    const committed = (offset: number): GuaranteeVerdict =>
      kafka(
        ...sent,
        polled,
        offsets(3, "commit", { k0: 1 }),
        offsets(4, "committed", { k0: offset }),
      );
    expect(committed(1).verdict).toBe("valid");
    expect(committed(0).verdict).toBe("invalid");
    expect(
      kafka(
        ...sent,
        polled,
        offsets(3, "commit", { k0: 1 }),
        offsets(4, "committed", { k0: 0 }, { outcome: "info" }),
      ).verdict,
    ).toBe("valid");
  });
});

describe("transactions", () => {
  const txn = (op: number, asked: Json, result?: Json, outcome?: Asked["outcome"]): Asked => ({
    f: "txn",
    key: "k0",
    startUs: 10 * op,
    endUs: 10 * op + 5,
    args: { txn: asked },
    ...(result === undefined ? {} : { result }),
    ...(outcome === undefined ? {} : { outcome }),
  });
  const lists = (level: string, ...history: readonly Asked[]): GuaranteeVerdict =>
    judged("txn-list-append", level, history);
  const registers = (level: string, ...history: readonly Asked[]): GuaranteeVerdict =>
    judged("txn-rw-register", level, history);

  it("takes what lists returned, else what they were asked", () => {
    const append = txn(0, [["append", 1, 7]]);
    const read = (value: Json): Asked => txn(1, [["r", 1, null]], [["r", 1, value]]);
    expect(lists("strict-serializable", append, read([7]))).toMatchObject({
      verdict: "valid",
      judged: 2,
    });
    expect(lists("strict-serializable", append, read(null)).verdict).toBe("invalid");
    expect(lists("serializable", append, read(null)).verdict).toBe("valid");
    expect(lists("read-committed", append, read([8])).verdict).toBe("invalid");
    expect(lists("read-committed", append, read(["7"])).verdict).toBe("invalid");
    expect(
      lists("read-committed", txn(0, [["append", 1, 7]], undefined, "fail"), read([7])),
    ).toMatchObject({
      verdict: "invalid",
      anomalies: [{ operations: [1, 0], key: "1" }],
    });
    expect(
      lists("strict-serializable", txn(0, [["append", 1, 7]], undefined, "info"), read([7]))
        .verdict,
    ).toBe("valid");
    expect(
      lists("strict-serializable", append, {
        ...txn(1, [["r", 1, [99]]], undefined, "info"),
      }).verdict,
    ).toBe("valid");
    expect(lists("serializable", { ...append, args: null }, read(null)).verdict).toBe("valid");
  });

  it("takes a register without a value for one that nobody wrote", () => {
    const write = txn(0, [["w", 1, 7]], [["w", 1, 7]]);
    const read = (value: Json): Asked => txn(1, [["r", 1, null]], [["r", 1, value]]);
    expect(registers("strict-serializable", write, read(7)).verdict).toBe("valid");
    expect(registers("strict-serializable", write, read(null)).verdict).toBe("invalid");
    expect(registers("serializable", write, read(null)).verdict).toBe("valid");
    expect(said(registers("read-committed", write, read(8)))[0]).toContain("c1 through n1 (op 1)");
  });

  it("judges each level by its own anomalies", () => {
    // Each of the two transactions reads a key that the other then appends to.
    const skew = [
      txn(
        0,
        [],
        [
          ["r", 1, []],
          ["append", 2, 1],
        ],
      ),
      {
        ...txn(
          0,
          [],
          [
            ["r", 2, []],
            ["append", 1, 1],
          ],
        ),
        startUs: 1,
      },
    ];
    const levels = [
      "read-committed",
      "read-atomic",
      "snapshot-isolation",
      "serializable",
      "strict-serializable",
    ];
    expect(levels.map((level) => lists(level, ...skew).verdict)).toEqual([
      "valid",
      "valid",
      "valid",
      "invalid",
      "invalid",
    ]);
    // The second transaction sees only one of the two appends of the first.
    const fractured = [
      txn(
        0,
        [],
        [
          ["append", 1, 1],
          ["append", 2, 1],
        ],
      ),
      txn(
        1,
        [],
        [
          ["r", 1, [1]],
          ["r", 2, null],
        ],
      ),
    ];
    expect(levels.map((level) => lists(level, ...fractured).verdict)).toEqual([
      "valid",
      "invalid",
      "invalid",
      "invalid",
      "invalid",
    ]);
  });
});
