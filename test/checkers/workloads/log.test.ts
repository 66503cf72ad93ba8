import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  checkLog,
  type LogAnomalyKind,
  type LogMessage,
  type LogOperation,
  type LogStep,
} from "../../../checkers/index.ts";
import { cheapSampleSize, sampleSeed } from "../sample-size.ts";
import { done, operation, outcome, timing } from "./operations.ts";

const message = (text: string): LogMessage => {
  const [key = "", offset = "", value = ""] = text.split(" ");
  return { key, offset: offset === "?" ? undefined : Number(offset), value };
};
const send = (text: string): LogStep => ({ f: "send", message: message(text) });
const poll = (...texts: readonly string[]): LogStep => ({
  f: "poll",
  messages: texts.map(message),
});

/** A transaction with these steps, by process "p" unless `more` says otherwise. */
const txn = (
  op: number,
  steps: readonly LogStep[],
  more: Partial<LogOperation> = {},
): LogOperation =>
  ({ ...done(op, op * 10, op * 10 + 5), process: "p", f: "txn", steps, ...more }) as LogOperation;
const at = (op: number, f: "commit" | "committed", offset: number, more = {}): LogOperation => ({
  ...done(op, op * 10, op * 10 + 5),
  f,
  offsets: new Map([["x", offset]]),
  ...more,
});
const nameOf = (op: number): string => `line ${op}`;
const sentences = (operations: readonly LogOperation[]): string[] =>
  checkLog(operations, { nameOf }).anomalies.map(
    ({ kind, sentence, operations }) => `${kind}: ${sentence} [${operations.join()}]`,
  );
const sent = ["a", "b", "c"].map((value, i) => send(`x ${i} ${value}`));

describe("a log", () => {
  it("is valid where every message is polled once, in order", () => {
    const result = checkLog([
      txn(1, sent),
      txn(2, [poll("x 0 a", "x 1 b")]),
      txn(3, [poll("x 2 c")]),
    ]);
    expect(result).toEqual({ verdict: "valid", anomalies: [], notes: [], counts: {}, judged: 3 });
  });

  it("holds nothing of an indeterminate transaction that no poll shows", () => {
    const open = { outcome: "info", returnUs: Infinity } as const;
    const all = [txn(1, [send("x 0 a")]), txn(2, [send("x 1 b")], open), txn(3, [send("x 2 c")])];
    expect(sentences([...all, txn(4, [poll("x 0 a", "x 2 c")])])).toEqual([]);
    expect(sentences([...all, txn(4, [poll("x 0 a", "x 1 b", "x 2 c")])])).toEqual([]);
    expect(
      sentences([...all, txn(4, [poll("x 0 a", "x 1 b")]), txn(5, [poll("x 0 a", "x 2 c")])]),
    ).not.toEqual([]);
  });

  it("excuses polls by a rebalance, and no sends", () => {
    const back = [send("x 1 b"), send("x 0 a")];
    expect(sentences([txn(1, back, { rebalanced: ["x"] })])[0]).toMatch(/^int-nonmonotonic-send/);
    const polls = [poll("x 1 b"), poll("x 0 a")];
    const sends = txn(1, [send("x 0 a"), send("x 1 b")]);
    expect(sentences([sends, txn(2, polls, { rebalanced: ["x"] })])).toEqual([]);
    expect(sentences([sends, txn(2, polls, { rebalanced: ["y"] })])).not.toEqual([]);
  });

  it.each<[string, readonly LogOperation[], string]>([
    [
      "two messages at one offset",
      [txn(1, [send("x 0 a"), send("x ? b")]), txn(2, [poll("x 0 a", "x 0 b")])],
      "inconsistent-offsets: Line 2 has b at offset 0 of x, where other operations have a. [2]",
    ],
    [
      "a message at two offsets",
      [txn(1, [send("x 0 a")]), txn(2, [poll("x 1 a")])],
      "duplicate: Line 2 has a at offset 1 of x, but a is also at offset 0. [2]",
    ],
    [
      "a message that failed",
      [txn(1, [send("x ? a")], { outcome: "fail" }), txn(2, [poll("x 0 a")])],
      "G1a: Line 2 polled a of x, but line 1, which sent it, failed. [2,1]",
    ],
    [
      "a message that nobody sent",
      [txn(2, [poll("x 0 a")])],
      "unwritten-read: Line 2 polled a of x, which no operation sent. [2]",
    ],
    [
      "a message that its own transaction sent",
      [txn(1, [send("x 0 a"), poll("x 0 a")])],
      "precommitted-read: Line 1 polled a of x, which the same operation sent. [1]",
    ],
    [
      "an acknowledged message that no poll returned",
      [txn(1, sent), txn(2, [poll("x 0 a")]), { ...txn(3, [poll("x 2 c")]), process: "q" }],
      "lost-write: Line 1 sent b to x, and no poll returned it, although line 3 polled c, which comes later in the log. [1,3]",
    ],
    [
      "a poll that skips a message",
      [
        txn(1, sent),
        txn(2, [poll("x 0 a", "x 2 c")]),
        { ...txn(3, [poll("x 1 b")]), process: "q" },
      ],
      "int-poll-skip: Line 2 polled a and then c of x (messages skipped between them: 1). [2]",
    ],
    [
      "a poll that goes back",
      [txn(1, sent.slice(0, 2)), txn(2, [poll("x 1 b", "x 0 a")])],
      "int-nonmonotonic-poll: Line 2 polled b and then a of x, although a comes before b in the log. [2]",
    ],
    [
      "a process that skips a message",
      [
        txn(1, sent),
        txn(2, [poll("x 0 a")]),
        txn(3, [poll("x 2 c")]),
        { ...txn(4, [poll("x 1 b")]), process: "q" },
      ],
      "poll-skip: Line 3 polled c of x after the same process had polled a in line 2 (messages skipped in between: 1). [3,2]",
    ],
    [
      "a process that goes back",
      [txn(1, sent.slice(0, 2)), txn(2, [poll("x 0 a", "x 1 b")]), txn(3, [poll("x 0 a")])],
      "nonmonotonic-poll: Line 3 polled a of x after the same process had polled b in line 2, although a comes before b in the log. [3,2]",
    ],
    [
      "a transaction that sends out of order",
      [txn(1, [send("x 1 b"), send("x 0 a")])],
      "int-nonmonotonic-send: Line 1 sent b and then a of x, although a comes before b in the log. [1]",
    ],
    [
      "a process that sends out of order",
      [txn(1, [send("x 1 b")]), txn(2, [send("x 0 a")])],
      "nonmonotonic-send: Line 2 sent a of x after the same process had sent b in line 1, although a comes before b in the log. [2,1]",
    ],
    [
      "a committed offset that went back",
      [at(1, "commit", 5), at(2, "committed", 3)],
      "commit-went-back: Line 2 was told that offset 3 of x is committed, although line 1 had shown offset 5 as committed before, and no client committed 3 after that. [2,1]",
    ],
  ])("finds %s", (_, operations, wanted) => {
    expect(checkLog(operations).verdict).toBe("invalid");
    expect(sentences(operations)).toEqual([wanted]);
  });

  it("allows sends of others between those of one transaction, and says so", () => {
    const result = checkLog([
      txn(1, [send("x 0 a"), send("x 2 c")]),
      { ...txn(2, [send("x 1 b")]), process: "q" },
    ]);
    expect(result.verdict).toBe("valid");
    expect(result.notes.map(({ kind }) => kind)).toEqual(["int-send-skip"]);
  });

  it("allows subscribed clients to skip and go back", () => {
    const operations = [
      txn(1, sent),
      txn(2, [poll("x 2 c")]),
      txn(3, [poll("x 0 a")]),
      txn(4, [poll("x 2 c")]),
      { ...txn(5, [poll("x 1 b")]), process: "q" },
    ];
    expect(checkLog(operations).verdict).toBe("invalid");
    const result = checkLog(operations, { isSubscribed: true });
    expect(result.verdict).toBe("valid");
    expect(result.notes.map(({ kind }) => kind)).toEqual(["nonmonotonic-poll", "poll-skip"]);
  });

  it("forgets a process's place in keys that it no longer has", () => {
    const back = (op: number): LogOperation => txn(op, [poll("x 0 a")]);
    const assign = (keys: readonly string[], outcome: "ok" | "fail" = "ok"): LogOperation => ({
      ...done(3, 30, 31),
      process: "p",
      outcome,
      f: "assign",
      keys,
    });
    const before = [txn(1, [send("x 0 a")]), txn(2, [poll("x 0 a")])];
    expect(checkLog([...before, assign(["y"]), back(4)]).verdict).toBe("valid");
    expect(checkLog([...before, assign(["x"]), back(4)]).verdict).toBe("invalid");
    expect(checkLog([...before, assign(["y"], "fail"), back(4)]).verdict).toBe("invalid");
  });

  it("expects no order of polls where keys moved meanwhile", () => {
    const steps = [poll("x 1 b", "x 0 a")];
    const moved = (rebalanced: readonly string[]): LogOperation => txn(2, steps, { rebalanced });
    expect(checkLog([txn(1, sent.slice(0, 2)), moved(["x"])]).verdict).toBe("valid");
    expect(checkLog([txn(1, sent.slice(0, 2)), moved(["y"])]).verdict).toBe("invalid");
  });

  it("counts an indeterminate send only where somebody polled something of it", () => {
    const info = txn(1, [send("x 0 a"), send("x 1 b")], { outcome: "info", returnUs: Infinity });
    const other = { ...txn(2, [send("x 2 c"), poll("x 1 b")]), process: "q" };
    expect(checkLog([info, { ...txn(2, [send("x 2 c")]), process: "q" }]).verdict).toBe("valid");
    expect(sentences([info, other])).toEqual([
      "lost-write: Line 1 sent a to x, and no poll returned it, although line 2 polled b, which comes later in the log. [1,2]",
    ]);
  });

  it("counts how many messages a poll skipped, from where the process was", () => {
    const four = ["a", "b", "c", "d", "e"].map((value, i) => send(`x ${i} ${value}`));
    const others = { ...txn(4, [poll("x 0 a", "x 1 b", "x 2 c", "x 3 d")]), process: "q" };
    expect(
      sentences([txn(1, four), txn(2, [poll("x 1 b")]), txn(3, [poll("x 4 e")]), others]),
    ).toEqual([
      expect.stringMatching(
        /^poll-skip: Line 3 polled e of x after the same process had polled b in line 2 \(messages skipped in between: 2\)/,
      ),
    ]);
  });

  it("loses nothing where no offset is known, or none of what was polled", () => {
    expect(sentences([txn(1, [send("x ? a")]), txn(2, [poll("x ? a")])])).toEqual([]);
    const sends = [send("x 0 a"), send("x ? b")];
    expect(sentences([txn(1, sends), txn(2, [poll("x ? b")])])).toEqual([]);
  });

  it("lets a commit that begins as another ends come before it", () => {
    const commit = (op: number, offset: number, start: number, end: number): LogOperation =>
      at(op, "commit", offset, { invokeUs: start, returnUs: end });
    const told = at(9, "committed", 3);
    expect(checkLog([commit(1, 3, 0, 20), commit(2, 5, 20, 25), told]).verdict).toBe("valid");
    expect(checkLog([commit(1, 3, 0, 20), commit(2, 5, 21, 25), told]).verdict).toBe("invalid");
  });

  it("knows the highest offset, in whatever order the commits ended", () => {
    const commit = (op: number, offset: number, end: number): LogOperation =>
      at(op, "commit", offset, { invokeUs: op, returnUs: end });
    const commits = [commit(1, 0, 6), commit(2, 1, 7), commit(3, 2, 99), commit(4, 9, 20)];
    expect(sentences([...commits, at(5, "committed", 4)])).toEqual([
      expect.stringMatching(
        /^commit-went-back: .* although line 4 had shown offset 9 as committed before/,
      ),
    ]);
  });

  it("lets a committed offset go back where somebody committed it anew", () => {
    const back = at(3, "committed", 3);
    expect(checkLog([at(1, "commit", 5), at(2, "commit", 3), back]).verdict).toBe("valid");
    expect(checkLog([at(1, "commit", 3), at(2, "commit", 5), back]).verdict).toBe("invalid");
    const anew = [at(1, "commit", 5), at(2, "commit", 3), back, at(4, "committed", 3)];
    expect(checkLog(anew).verdict).toBe("valid");
    const open = { outcome: "info", returnUs: Infinity };
    expect(checkLog([at(1, "commit", 3, open), at(2, "commit", 5), back]).verdict).toBe("valid");
    expect(checkLog([at(1, "commit", 5, open), back]).verdict).toBe("valid");
    expect(checkLog([at(1, "committed", 5), back]).verdict).toBe("invalid");
    expect(checkLog([at(1, "commit", 5, { outcome: "fail" }), back]).verdict).toBe("valid");
    const early = at(3, "committed", 3, { invokeUs: 14 });
    expect(checkLog([at(1, "commit", 5), early]).verdict).toBe("valid");
  });

  it("lets commits of each key go forward only, as the definition says", () => {
    const one = fc.record({
      isCommit: fc.boolean(),
      key: fc.constantFrom("x", "x", "y"),
      offset: fc.nat(3),
      timing,
    });
    const seen = { valid: 0, invalid: 0, unknown: 0 };
    fc.assert(
      fc.property(fc.array(one, { maxLength: 7 }), (drawn) => {
        const operations = drawn.map(({ isCommit, key, offset, timing }, op): LogOperation => {
          const base = operation(op, timing);
          const offsets = new Map([[key, offset]]);
          if (isCommit) return { ...base, f: "commit", offsets };
          return { ...base, f: "committed", offsets: base.outcome === "ok" ? offsets : undefined };
        });
        const told = operations.flatMap((one) =>
          one.f !== "txn" && "offsets" in one && one.offsets !== undefined
            ? [...one.offsets].map(([key, offset]) => ({ one, key, offset }))
            : [],
        );
        const isFine = told.every(
          (now) =>
            now.one.f !== "committed" ||
            !told.some(
              (before) =>
                before.one.outcome === "ok" &&
                before.key === now.key &&
                before.offset > now.offset &&
                before.one.returnUs < now.one.invokeUs &&
                !told.some(
                  (commit) =>
                    commit.one.f === "commit" &&
                    commit.one.outcome !== "fail" &&
                    commit.key === now.key &&
                    commit.offset === now.offset &&
                    commit.one.returnUs >= before.one.invokeUs,
                ),
            ),
        );
        const ok = operations.filter(({ outcome }) => outcome === "ok");
        const wanted = ok.length === 0 ? "unknown" : isFine ? "valid" : "invalid";
        expect(checkLog(operations).verdict).toBe(wanted);
        seen[wanted]++;
      }),
      { numRuns: cheapSampleSize(3_000), seed: sampleSeed },
    );
    expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(0);
  });

  it("is judged as its definitions say", () => {
    const one = fc.record({
      outcome,
      process: fc.nat(1),
      isSend: fc.boolean(),
      shown: fc.array(fc.record({ of: fc.nat(5), offset: fc.nat(7), isRight: fc.nat(4) }), {
        maxLength: 3,
      }),
    });
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 6 }), (drawn) => {
        const operations = drawn.map(({ outcome, process, isSend, shown }, op) => {
          const steps: LogStep[] = isSend
            ? [send(`x ${outcome === "ok" ? op : "?"} v${op}`)]
            : [
                poll(
                  ...shown.map(
                    ({ of, offset, isRight }) => `x ${isRight > 0 ? of : offset} v${of}`,
                  ),
                ),
              ];
          return { ...txn(op, steps), outcome, process: String(process) };
        });
        // The operations are reversed, since their order in the list must not matter.
        const result = checkLog([...operations].reverse());
        const kinds = [...result.anomalies, ...result.notes].map(({ kind }) => kind).sort();
        expect([...new Set(kinds)]).toEqual(byDefinition(operations));
      }),
      { numRuns: cheapSampleSize(3_000), seed: sampleSeed },
    );
  });
});

const messagesOf = (one: LogOperation, f: "send" | "poll"): readonly LogMessage[] =>
  one.f !== "txn"
    ? []
    : one.steps.flatMap((step) =>
        step.f !== f ? [] : step.f === "send" ? [step.message] : (step.messages ?? []),
      );

/**
 * The kinds of anomalies by definition. Each transaction sends one message or polls some, and all messages have one
 * key.
 */
function byDefinition(operations: readonly LogOperation[]): LogAnomalyKind[] {
  const ok = operations.filter(({ outcome }) => outcome === "ok");
  const polls = ok.flatMap((one) => messagesOf(one, "poll"));
  const isPolled = ({ value }: LogMessage): boolean =>
    polls.some((polled) => polled.value === value);
  const happened = (one: LogOperation): boolean =>
    one.outcome === "ok" ||
    (one.outcome === "info" && messagesOf(one, "send").some((sent) => isPolled(sent)));
  const places = operations
    .flatMap((one) => [
      ...(happened(one) ? messagesOf(one, "send") : []),
      ...messagesOf(one, "poll"),
    ])
    .flatMap(({ offset, value }) => (offset === undefined ? [] : [{ offset, value }]));
  // A message may have several offsets, and an offset several messages. The first of them counts.
  const log = new Map<number, string>();
  for (const { offset, value } of places) if (!log.has(offset)) log.set(offset, value);
  const values = [...log].sort(([a], [b]) => a - b).map(([, value]) => value);
  const index = (value: string): number => values.indexOf(value);
  const kinds = new Set<LogAnomalyKind>([
    ...places.flatMap((a) => places.flatMap((b) => clashes(a, b))),
    ...ok.flatMap((one) => ofPoll(one, operations, index)),
    ...["0", "1"].flatMap((process) => [
      ...ofProcess(
        ok.filter((one) => one.process === process),
        "poll",
        index,
      ),
      ...ofProcess(
        operations.filter((one) => one.process === process && one.outcome !== "fail"),
        "send",
        index,
      ),
    ]),
  ]);
  const most = Math.max(-1, ...polls.map(({ value }) => index(value)));
  for (const sent of operations.filter(happened).flatMap((one) => messagesOf(one, "send")))
    if (index(sent.value) >= 0 && index(sent.value) < most && !isPolled(sent))
      kinds.add("lost-write");
  return [...kinds].sort();
}

type Index = (value: string) => number;
interface At {
  readonly offset: number;
  readonly value: string;
}

function clashes(a: At, b: At): LogAnomalyKind[] {
  if (a.offset === b.offset && a.value !== b.value) return ["inconsistent-offsets"];
  return a.offset !== b.offset && a.value === b.value ? ["duplicate"] : [];
}

function ofPoll(
  one: LogOperation,
  operations: readonly LogOperation[],
  index: Index,
): LogAnomalyKind[] {
  const polled = messagesOf(one, "poll");
  const origins = polled.flatMap(({ value }): LogAnomalyKind[] => {
    const sender = operations.find((other) =>
      messagesOf(other, "send").some((sent) => sent.value === value),
    );
    if (sender === undefined) return ["unwritten-read"];
    return sender.outcome === "fail" ? ["G1a"] : [];
  });
  const steps = polled.flatMap(({ value }, i): LogAnomalyKind[] => {
    const before = polled[i - 1];
    if (before === undefined || index(value) < 0 || index(before.value) < 0) return [];
    if (index(value) > index(before.value) + 1) return ["int-poll-skip"];
    return index(value) <= index(before.value) ? ["int-nonmonotonic-poll"] : [];
  });
  return [...origins, ...steps];
}

/** The anomalies between each transaction of a process that has the step `f` and the next such transaction. */
function ofProcess(
  operations: readonly LogOperation[],
  f: "poll" | "send",
  index: Index,
): LogAnomalyKind[] {
  const mine = operations.filter((one) => messagesOf(one, f).length > 0);
  return mine.flatMap((one, i): LogAnomalyKind[] => {
    const earlier = mine[i - 1];
    const before = earlier === undefined ? undefined : messagesOf(earlier, f).at(-1);
    const first = messagesOf(one, f)[0];
    if (before === undefined || first === undefined) return [];
    const [from, to] = [index(before.value), index(first.value)];
    if (from < 0 || to < 0) return [];
    if (to <= from) return [`nonmonotonic-${f}`];
    return to > from + 1 && f === "poll" ? ["poll-skip"] : [];
  });
}
