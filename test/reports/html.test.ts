import { createHash } from "node:crypto";
import { inflateRawSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { HistoryEvent } from "../../checkers/index.ts";
import { renderHtml } from "../../reports/index.ts";
import { fromTable } from "../../reports/page/unpacked-table.ts";
import type { PackedTrace } from "../../reports/trace/trace-shape.ts";
import { hostileCampaign, hostileExhibit } from "./hostile.ts";
import { campaign, exhibit, large, small } from "./support.ts";

const digest = (text: string): string =>
  `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
const between = (html: string, start: string, end: string): string =>
  html.slice(
    html.indexOf(start) + start.length,
    html.indexOf(end, html.indexOf(start) + start.length),
  );

/** The page without its script, which may contain words such as Infinity. */
const content = (html: string): string => html.slice(0, html.lastIndexOf("<script>"));

/** A data block of the page, unpacked as the page's script does it. */
const unpacked = (html: string, id: string): string =>
  inflateRawSync(Buffer.from(between(html, `id="${id}">`, "</script>"), "base64")).toString("utf8");

describe("the page's policy", () => {
  const html = renderHtml(campaign("invalid"), [exhibit(small)]);
  const policy = between(html, 'http-equiv="Content-Security-Policy" content="', '"');

  test("allows its one script and its one style sheet by hash, and nothing else", () => {
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(
      digest(html.slice(html.lastIndexOf("<script>") + 8, html.lastIndexOf("</script>"))),
    );
    expect(policy).toContain(digest(between(html, "<style>", "</style>")));
    expect(policy).not.toContain("unsafe");
    expect(policy).not.toMatch(/https?:|data:|\*/);
    expect(html.match(/<script(?![^>]*application\/octet-stream)/g)).toHaveLength(1);
    expect(html).not.toMatch(/ (style|on[a-z]+)=/);
  });

  test("stands before anything that it must rule", () => {
    expect(html.indexOf("Content-Security-Policy")).toBeLessThan(html.indexOf("<style>"));
  });
});

describe("what the report says", () => {
  const order = (html: string, ...parts: readonly string[]): void => {
    const places = parts.map((part) => html.indexOf(part));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  };

  test("invalid and shrunk: the verdict, the smallest case and its replay first, then why, the histories and the settings", () => {
    const html = renderHtml(campaign("invalid"), [exhibit(small), exhibit(large)]);
    order(
      html,
      "<h1>Invalid",
      'class="steps"',
      'class="space-time narrow"',
      "npx quorate replay",
      'id="guarantees"',
      'id="why"',
      "<h2>The smallest failing history <",
      "Shrunk from",
      "148 tries",
      "Step by step",
      "<h2>The whole history 12",
      'id="worth"',
      ">20251123<",
      'id="reading"',
    );
    expect(html).toContain("Read 9 of k0 by c1 returned v3");
    expect(html).toContain("reads are regular under arbitrary last-write-wins stamps (L0)");
  });

  test("invalid and not shrunk: no word of shrinking", () => {
    const { shrunk: _, ...rest } = campaign("invalid");
    const html = renderHtml(rest, [exhibit(large)]);
    expect(html).not.toContain("Shrunk from");
    expect(html).toContain("n3 held v170 until 412.0 ms after the read");
  });

  test("a campaign that kept going lists each finding once with its fingerprint", () => {
    const finding = {
      fingerprint: "regular-stamped:c0(write,read)",
      guarantee: "regular-stamped",
      explanation: "c1 read k0 and got nothing",
      histories: 3,
      first: 4,
      folder: "histories/4",
      known: true,
    };
    const html = renderHtml(campaign("invalid", { findings: [finding] }), [exhibit(small)]);
    expect(html).toContain("1 finding in 3 failing of 13 histories, 1 known");
    expect(html).toContain("<code>regular-stamped:c0(write,read)</code>");
    expect(renderHtml(campaign("invalid"), [])).not.toContain('id="findings"');
  });

  test("invalid and nothing kept: the anomalies are still explained", () => {
    const html = renderHtml(campaign("invalid"), []);
    order(html, "What happened", "read 9 of k0 by c1", "No history was kept");
  });

  test("says which operations each fault met and never met, and what to add for more", () => {
    const text = renderHtml(campaign("valid"), [])
      .replace(/<[^>]+>/g, " ")
      .replace(/\s+/g, " ");
    expect(text).toContain("kill 17 240 never never");
    expect(text).toContain("clock never never never never");
    expect(text).toContain("hints false (13) true");
    expect(text).toContain(
      "No history had the fault clock. Some kinds of operation met no fault of the kind kill.",
    );
    expect(text).toContain("--faults clock,kill");
    expect(text).toContain("No client tried an operation of the kind delete");
    expect(text).toContain("add --set hints=true");
    expect(text).toContain("--histories 200");
  });

  test("of an earlier version has the faults without the operations that they met", () => {
    const { coverage: _, ...former } = campaign("valid");
    expect(renderHtml(former, []).replace(/<[^>]+>/g, " ")).toMatch(/kill\s+17\s+240/);
  });

  test("unknown says why, valid what it is worth", () => {
    expect(renderHtml(campaign("unknown"), [])).toMatch(
      /<h1>Unknown[^]*2 of 13 histories are unknown, more than 1 %/,
    );
    expect(renderHtml(campaign("valid"), [exhibit(large, { verdict: "valid" })])).toMatch(
      /<h1>Valid[^]*Every promise held in 13 histories and 4,160 operations[^]*81\.5 %/,
    );
  });

  test("a campaign in which nothing ran", () => {
    const html = renderHtml(
      campaign("unknown", {
        histories: [],
        guarantees: {},
        faults: {},
        reasons: [],
        operations: { total: 0, ok: 0, fail: 0, info: 0 },
        interrupted: "the engine did not answer",
      }),
      [{ ...exhibit(small), events: [] }],
    );
    expect(html).toContain("The engine did not answer");
    expect(html).toContain("No guarantee was promised");
    expect(html).toContain("No fault was injected");
    expect(content(html)).not.toMatch(/NaN|undefined|Infinity/);
  });

  test("a history that was cut off keeps what it has", () => {
    const whole = exhibit(large);
    const html = renderHtml(campaign("unknown"), [
      { ...whole, events: whole.events.slice(1, 400) },
    ]);
    expect(content(html)).not.toMatch(/NaN|undefined|Infinity/);
    const trace = JSON.parse(unpacked(html, "trace-0")) as PackedTrace;
    expect(fromTable(trace.operations).map(({ outcome }) => outcome)).toContain("open");
  });
});

test("hostile values stay text, and a megabyte of one is cut with its length", () => {
  const html = renderHtml(hostileCampaign(), [hostileExhibit()]);
  expect(html).not.toContain("<img");
  expect(html).not.toContain("<svg onload");
  expect(html).not.toMatch(/[\u202e\u0000\u001b]/);
  expect(html).toContain("1,048,576 characters");
  expect(html.length).toBeLessThan(400_000);
  expect(html.match(/<\/script>/g)).toHaveLength(html.split("<script").length - 1);
});

describe("the data that the page carries", () => {
  test("is the history, event by event, with its plan and verdict", () => {
    const shown = exhibit(large);
    const html = renderHtml(campaign("invalid"), [shown]);
    expect(
      unpacked(html, "file-0-0")
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual(shown.events);
    expect(JSON.parse(unpacked(html, "file-0-1"))).toEqual(shown.plan);
    expect(JSON.parse(unpacked(html, "file-0-2"))).toEqual(shown.verdict);
    expect(html).not.toContain("too many to embed");
  });

  test("of a large history leaves the nodes' evidence out, and says so", () => {
    const shown = exhibit({ ...large, operations: 4_000 });
    const html = renderHtml(campaign("invalid"), [shown]);
    const kept = unpacked(html, "file-0-0").trimEnd().split("\n");
    expect(kept.length).toBeLessThan(shown.events.length);
    expect(kept.filter((line) => line.includes('"e":"invoke"'))).toHaveLength(4_001);
    expect(html).toContain(
      `lacks ${(shown.events.length - kept.length).toLocaleString("en")} events`,
    );
  });
});

test("a history that cannot be drawn does not take the verdict and the others with it", () => {
  const broken = {
    ...exhibit(small),
    title: "The broken one",
    events: [
      { e: "ok", op: 1, atUs: 1 } as unknown as HistoryEvent,
      { e: "invoke", op: 1, atUs: 1 } as unknown as HistoryEvent,
    ],
  };
  const html = renderHtml(campaign("invalid"), [broken, exhibit(large)]);
  expect(html).toContain("This history could not be drawn");
  expect(html).toContain("<h1>Invalid");
  expect(html).toContain("<h2>The whole history 12");
});

test("the anomaly of the first sentence comes first among the broken promises", () => {
  const shown = exhibit(small);
  const judged = shown.verdict.guarantees["regular-stamped"];
  const [stale] = judged?.anomalies ?? [];
  if (judged === undefined || stale === undefined) throw new Error("there is no stale read");
  const gone = {
    ...stale,
    guarantee: "durable",
    explanation: "the write is gone",
    atUs: (stale.atUs ?? 0) + 1,
  } as const;
  const guarantees = {
    ...shown.verdict.guarantees,
    durable: { ...judged, anomalies: [gone] },
  };
  const html = renderHtml({ ...campaign("invalid"), anomalies: [gone] }, [
    { ...shown, verdict: { ...shown.verdict, guarantees } },
  ]);
  const list = html.slice(html.indexOf("What was broken, and the evidence"));
  expect(/<p class="explanation">(.*?)<\/p>/.exec(list)?.[1]).toBe("the write is gone");
});

describe("an anomaly of a guarantee that was not promised", () => {
  /** The page if these are the operations of each anomaly of `regular`, which was not promised. */
  const anomaliesOf = (operations: readonly number[]): string => {
    const shown = exhibit(small);
    const { regular } = shown.verdict.guarantees;
    if (regular === undefined) throw new Error("expected a verdict on regular, got none");
    const guarantees = {
      ...shown.verdict.guarantees,
      regular: {
        ...regular,
        anomalies: regular.anomalies.map((anomaly) => ({ ...anomaly, operations })),
      },
    };
    return renderHtml(campaign("invalid"), [
      { ...shown, verdict: { ...shown.verdict, guarantees } },
    ]);
  };
  const broken = exhibit(small).verdict.guarantees["regular-stamped"]?.anomalies[0]?.operations;
  const same =
    "1 more anomaly of a guarantee that was not promised: it shares operations with a broken promise, so it shows the same failure";
  const expected = "1 more anomaly that breaks no promise: expected with these settings and faults";

  test("shows the same failure if a promise is broken by the same operations", () => {
    const page = anomaliesOf(broken ?? []);
    expect(page).toContain(same);
    expect(page).not.toContain(expected);
    expect(anomaliesOf(broken?.slice(0, 1) ?? [])).toContain(same);
  });

  test("is expected if it names other operations", () => {
    const page = anomaliesOf([...(broken?.slice(1) ?? []), 99]);
    expect(page).toContain(expected);
    expect(page).not.toContain(same);
  });
});
