/** Tests the page for another tool's history, from the text of the history to the page's content. */
import { describe, expect, test } from "vitest";
import { judgeForeign, longestLegalPrefix, readForeign } from "../../checkers/index.ts";
import { renderForeign } from "../../reports/index.ts";

function pageOf(lines: readonly string[]): string {
  const parsed = readForeign(Buffer.from(lines.join("\n")));
  const { judgement } = judgeForeign(parsed);
  const operations = Array.from({ length: parsed.history.count }, (_, op) =>
    parsed.history.operation(op),
  );
  return renderForeign({
    file: "history.edn",
    verdict: judgement.verdict,
    reasons: [],
    notes: judgement.notes,
    reading: "read as EDN operations",
    command: "npx quorate check history.edn --html page.html",
    version: "0",
    operations,
    found: Number(judgement.measurements?.["anomaliesTotal"] ?? judgement.anomalies.length),
    anomalies: judgement.anomalies.map((anomaly) => {
      const prefix = longestLegalPrefix(
        (anomaly.part ?? anomaly.operations).flatMap((op) => operations[op] ?? []),
        null,
      );
      return prefix === undefined ? anomaly : { ...anomaly, prefix };
    }),
  });
}

const event = (type: string, process: number, f: string, value: string): string =>
  `{:type :${type}, :process ${process}, :f :${f}, :value ${value}}`;

/** For each key, what the page's table of keys says was found. */
const foundByKey = (html: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...html.matchAll(/<th scope="row"><bdi>(.*?)<\/bdi><\/th>\s*<td>(.*?)<\/td>/g)].map(
      ([, key = "", found = ""]) => [key.replaceAll("&quot;", '"'), found],
    ),
  );

describe("the page of a foreign history", () => {
  test("shows the operations of a stale read by line, how far a legal order gets, and the timeline", () => {
    const html = pageOf([
      event("invoke", 0, "write", "1"),
      event("ok", 0, "write", "1"),
      event("invoke", 0, "write", "2"),
      event("ok", 0, "write", "2"),
      event("invoke", 1, "read", "nil"),
      event("ok", 1, "read", "1"),
    ]);
    expect(html).toContain("<h1>Invalid");
    expect(html).toContain("A part that is illegal by itself");
    expect(html).toContain('<span class="time">line 5</span> <span>process 1: read → 1');
    expect(html).toContain("the operation read 1, but the register holds 2.");
    expect(html).toContain('data-trace="0"');
    expect(html).toContain("this page shows none of them");
  });

  test("draws a cycle of transactions, an arrow and a reason for each of its edges", () => {
    const html = pageOf([
      event("invoke", 0, "txn", "[[:r :x nil] [:append :y 1]]"),
      event("invoke", 1, "txn", "[[:r :y nil] [:append :x 1]]"),
      event("ok", 0, "txn", "[[:r :x []] [:append :y 1]]"),
      event("ok", 1, "txn", "[[:r :y []] [:append :x 1]]"),
      event("invoke", 2, "txn", "[[:r :x nil] [:r :y nil]]"),
      event("ok", 2, "txn", "[[:r :x [1]] [:r :y [1]]]"),
    ]);
    expect(html.match(/class="before"/g)).toHaveLength(2);
    expect(html).toContain("T2 comes before T1, because");
    expect(html).toContain("The operations of the cycle");
  });

  test("shows a part that is illegal by itself where a search found none of the other writes needed", () => {
    const html = pageOf(
      ["2", "3", "1", "1"]
        .flatMap((value) => [event("invoke", 0, "write", value), event("ok", 0, "write", value)])
        .concat(event("invoke", 1, "read", "nil"), event("ok", 1, "read", "2")),
    );
    expect(html).toContain("cannot be placed");
    expect(html).toContain("A part that is illegal by itself");
    expect(html).toContain("These operations have no legal order, even if the others take effect");
    expect(html.match(/<span class="time">line \d+<\/span>/g)).toHaveLength(3);
    expect(html).toContain("the operation read 2, but the register holds");
  });

  test("names no part the smallest where a search found none that is short enough", () => {
    // The anomaly needs all writes of 2: if one of them were left out and might take effect late, it would explain the
    // read of 2.
    const html = pageOf(
      [...Array.from({ length: 21 }, () => "2"), "1"]
        .flatMap((value) => [event("invoke", 0, "write", value), event("ok", 0, "write", value)])
        .concat(event("invoke", 1, "read", "nil"), event("ok", 1, "read", "2")),
    );
    expect(html).toContain("cannot be placed");
    expect(html).not.toContain("A part that is illegal by itself");
  });

  test.each(['"x"', ":x", "1"])("marks the key %s of an anomaly in the table of keys", (key) => {
    const of = (name: string, ...rest: Parameters<typeof event>): string =>
      event(...rest).replace("}", `, :key ${name}}`);
    const html = pageOf([
      of(key, "invoke", 0, "write", "1"),
      of(key, "ok", 0, "write", "1"),
      of(key, "invoke", 1, "read", "nil"),
      of(key, "ok", 1, "read", "nil"),
      of(":healthy", "invoke", 1, "read", "nil"),
      of(":healthy", "ok", 1, "read", "nil"),
    ]);
    expect(foundByKey(html)).toEqual({ [key]: "✕ an anomaly", ":healthy": "nothing found" });
  });

  test("marks the one object of a history without keys, as of transactions", () => {
    const html = pageOf([
      event("invoke", 0, "txn", "[[:r :x nil] [:append :x 1]]"),
      event("ok", 0, "txn", "[[:r :x [1]] [:append :x 1]]"),
    ]);
    expect(foundByKey(html)).toEqual({ "(one object)": "✕ an anomaly" });
  });

  test("of a valid history shows the timeline and no case", () => {
    const html = pageOf([event("invoke", 0, "write", "1"), event("ok", 0, "write", "1")]);
    expect(html).toContain("<h1>Valid");
    expect(html).not.toContain("A part that is illegal by itself");
  });
});
