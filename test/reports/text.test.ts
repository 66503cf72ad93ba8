/** Tests the reports in text form: for the terminal, in Markdown, for JUnit and for GitHub. */
import { describe, expect, test } from "vitest";
import {
  type Campaign,
  renderAnnotations,
  renderHtml,
  renderJunit,
  renderMarkdown,
  renderTerminal,
} from "../../reports/index.ts";
import { hostileCampaign } from "./hostile.ts";
import { campaign, exhibit, small } from "./support.ts";

describe("terminal", () => {
  test("invalid: what broke, the smallest history, how to run it again", () => {
    const text = renderTerminal(campaign("invalid"), {
      steps: ["c1 writes v0 to k0 through n4", "kill n3"],
      report: "runs/1/report.html",
    });
    expect(text).toMatch(/^✕ INVALID {2}Read 9 of k0 by c1 returned v3/);
    expect(text).toContain("✕ broken   regular-stamped\n");
    expect(text).toContain("smallest case: 7 operations, 3 faults (");
    expect(text).toContain("  1. c1 writes v0 to k0 through n4\n  2. kill n3\n");
    expect(text).toContain("report     runs/1/report.html\n");
    expect(
      text.trimEnd().endsWith("replay     npx quorate replay runs/20261123-201500-20251123"),
    ).toBe(true);
  });

  test("kinds of fault that were asked for and never injected are named", () => {
    const { faults, ...rest } = campaign("valid");
    const idle = { injected: 0, overlapped: 0 };
    const asked = { ...rest, faults: { ...faults, pause: idle, clock: idle } };
    const text = renderTerminal(asked, { steps: [], report: "r" });
    expect(text).toContain("38 faults of 2 kinds, which operations met 851 times\n");
    expect(text).toContain("Faults that were asked for, but never injected: pause, clock\n");
    expect(renderMarkdown(asked)).toContain(
      "\nFaults that were asked for, but never injected: pause, clock.\n",
    );
    expect(renderMarkdown(asked)).not.toContain("| clock |");
  });

  test("what did not hold without a promise is one line that says it is expected", () => {
    const totals = {
      meaning: "m",
      judgedIn: 7,
      brokenIn: 0,
      promisedIn: 0,
      verdict: "valid" as const,
    };
    const guarantees = {
      durable: {
        ...totals,
        promised: true,
        promisedIn: 13,
        observed: { judgedIn: 0, brokenIn: 0 },
      },
      "monotonic-reads": {
        ...totals,
        promised: true,
        promisedIn: 7,
        observed: { judgedIn: 6, brokenIn: 2 },
      },
      regular: {
        ...totals,
        promised: false,
        verdict: "invalid" as const,
        observed: { judgedIn: 12, brokenIn: 1 },
      },
      linearizable: {
        ...totals,
        promised: false,
        verdict: "invalid" as const,
        observed: { judgedIn: 13, brokenIn: 4 },
      },
      causal: { ...totals, promised: false, observed: { judgedIn: 13, brokenIn: 0 } },
    };
    const text = renderTerminal(campaign("valid", { guarantees }));
    expect(text).toContain(
      "\n  ✓ held     durable, monotonic-reads\n  ○ expected linearizable, monotonic-reads, regular failed only where the store does not promise them, because of the history's settings or faults\n",
    );
    expect(renderTerminal(campaign("valid"))).not.toContain("expected");
  });

  test("the sentence is that of the campaign's guarantee, and the final phase is explained", () => {
    const anomalies = [
      {
        guarantee: "converged" as const,
        operations: [1],
        explanation: "n1 and n2 differ",
        because: [],
      },
      {
        guarantee: "regular-stamped" as const,
        operations: [1],
        explanation: "v0 was current when read 1 in the final phase returned nothing",
        because: [],
      },
    ];
    const text = renderTerminal(campaign("invalid", { anomalies }), { steps: ["c1 writes v0"] });
    expect(text).toMatch(/^✕ INVALID {2}v0 was current/);
    expect(text).not.toContain("n1 and n2 differ");
    expect(text).toContain("  1. c1 writes v0\n  (final phase: after all faults have ended,");
    expect(renderMarkdown(campaign("invalid", { anomalies }))).toMatch(
      /- \*\*regular-stamped\*\*: [^]*- \*\*converged\*\*, in the smallest history: /,
    );
  });

  test("fits a screen, however much went wrong", () => {
    const [anomaly] = campaign("invalid").anomalies;
    const many = campaign("invalid", {
      anomalies: Array.from({ length: 500 }, () => anomaly).flatMap((one) => one ?? []),
    });
    const text = renderTerminal(many, {
      steps: Array.from({ length: 1_000 }, (_, index) => `step ${index}`),
    });
    expect(text.split("\n").length).toBeLessThan(20);
    expect(text).toContain("and 991 more steps, in the report");
  });

  test("breaks sentences at words for a terminal of 80 columns, and no command", () => {
    const token = `npx quorate replay sim:v1:${"a".repeat(300)}`;
    const asked = campaign("invalid", { replayAnywhere: token });
    const lines = renderTerminal(asked, {
      columns: 80,
      steps: [`c1 writes v0 to k0 through n4 (${"and so on ".repeat(12)})`],
    }).split("\n");
    expect(lines.filter((line) => line.length > 80)).toEqual([`  anywhere   ${token}`]);
    const words = (text: string): string[] => text.split(/\s+/);
    expect(words(renderTerminal(asked, { columns: 40 }))).toEqual(words(renderTerminal(asked)));
    expect(renderTerminal(asked, { columns: 40, color: true })).toMatch(
      /^\u001b\[31m✕ INVALID\u001b\[0m {2}Read 9 .*\n {11}\S/,
    );
  });

  test("a long token does not push a failure off a terminal of 80 columns", () => {
    const text = renderTerminal(
      campaign("invalid", { replayAnywhere: `npx quorate replay ${"a".repeat(900)}` }),
      {
        columns: 80,
        steps: ["kill n1 for 732 ms", "c1 writes v0 to k0 → ok", "c1 reads k0 → nothing"],
        report: "runs/1/report.html",
        token: false,
      },
    );
    expect(text).toMatchInlineSnapshot(`
      "✕ INVALID  Read 9 of k0 by c1 returned v3, although write 5 (v5), which outranks
                 it, had been acknowledged before the read began
        bundled 0.1.0 on sim, seed 20251123, planted bug merge-of-first: 13 of 500
        histories
        smallest case: 7 operations, 3 faults (the whole had 320 and 3)
        1. kill n1 for 732 ms
        2. c1 writes v0 to k0 → ok
        3. c1 reads k0 → nothing
        ✕ broken   regular-stamped
        report     runs/1/report.html
        replay     npx quorate replay runs/20261123-201500-20251123
        anywhere   the report's first screen has the command for another machine
      "
    `);
  });

  test("unknown gives its reasons, valid does not invent any", () => {
    expect(renderTerminal(campaign("unknown", { reasons: ["first", "second"] }))).toMatch(
      /^\? UNKNOWN {2}First\n[^]*\n {2}second\n/,
    );
    expect(renderTerminal(campaign("valid"))).toMatch(
      /^✓ VALID {2}Every promise held in 13 histories/,
    );
  });

  test("colours only when asked, and no control character out of a history", () => {
    const escape = "\u001b";
    expect(renderTerminal(campaign("invalid"), { color: true })).toContain(`${escape}[31m`);
    const text = renderTerminal(hostileCampaign(), { steps: ["a\u001b[2Jb", "c\rd"] });
    expect(text).not.toContain(escape);
    expect(text).not.toContain("\r");
    expect(text.length).toBeLessThan(10_000);
  });
});

describe("Markdown", () => {
  test("has the verdict, each guarantee and the replay command", () => {
    const text = renderMarkdown(campaign("invalid"));
    expect(text).toMatch(/^## ✕ quorate: invalid/);
    expect(text).toContain("| regular-stamped | promised | ✕ broken | 13 | 1 |");
    expect(text).toContain("| regular | observed | ✕ did not hold | 13 | 1 |");
    expect(text).toContain("```sh\nnpx quorate replay runs/20261123-201500-20251123\n```");
  });

  test("hostile text is neither markup, link, mention nor the end of a fence", () => {
    const text = renderMarkdown(hostileCampaign());
    // The fence must have four backticks, since the text inside has three. The text inside must be one line.
    const [, fenced, rest] = /````sh\n(.*)\n````\n([^]*)/.exec(text) ?? [];
    expect(fenced).toContain("```");
    const outside = text.replace(`${fenced}`, "").replaceAll("<!-- -->", "");
    expect(rest).toContain("| guarantee |");
    expect(outside).not.toMatch(/<|\]\(|javascript:\/\//);
    expect(text).not.toMatch(/@everyone/);
    expect(text.length).toBeLessThan(20_000);
  });
});

describe("JUnit", () => {
  const counted = (xml: string, element: string): number =>
    xml.match(new RegExp(`<${element}[ />]`, "g"))?.length ?? 0;

  test("a case a guarantee and history, with totals that agree", () => {
    const xml = renderJunit(campaign("invalid"));
    expect(xml).toMatch(
      /<testsuites name="quorate" tests="18" failures="2" errors="0" skipped="0"/,
    );
    expect([
      counted(xml, "testcase"),
      counted(xml, "failure"),
      counted(xml, "error"),
      counted(xml, "skipped"),
    ]).toEqual([18, 2, 0, 0]);
    expect(xml).toMatch(
      /name="regular-stamped" time="0"><failure type="regular-stamped" message="read 9 of k0/,
    );
    expect(xml).toMatch(/name="history 12" time="0.090"><failure/);
  });

  test("unknown is an error, never a pass", () => {
    const xml = renderJunit(campaign("unknown"));
    expect(xml).toMatch(/name="durable" time="0"><error/);
    expect(xml).toMatch(/name="history 11" time="0.090"><error/);
    expect(xml).toContain('tests="18" failures="0" errors="3" skipped="0"');
  });

  test("a guarantee that only other histories broke says what happened there", () => {
    const whole = campaign("invalid");
    const { durable } = whole.guarantees;
    if (durable === undefined) throw new Error("expected a row of durable");
    const brokenFirst = "history 3: v1 of k0 was lost";
    const broken = { ...durable, verdict: "invalid" as const, brokenIn: 1, brokenFirst };
    const xml = renderJunit({ ...whole, guarantees: { ...whole.guarantees, durable: broken } });
    expect(xml).toContain('<failure type="durable" message="history 3: v1 of k0 was lost">');
  });

  test("what nobody promised is no test, not even a skipped one", () => {
    expect(renderJunit(campaign("invalid"))).not.toContain('name="regular"');
  });

  test("a history says why it failed, not its hash, and a known one passes", () => {
    const { histories } = campaign("invalid");
    const rows = histories.map((row) =>
      row.index === 12 ? { ...row, why: "v3 of k0 was lost", likeness: 0 } : row,
    );
    const finding = {
      fingerprint: "durable: write(n1 k1); kill",
      guarantee: "durable",
      explanation: "v3 of k0 was lost",
      histories: 1,
      first: 12,
      folder: "shrunk",
      known: false,
    };
    const { known: _, fingerprint: shape, ...likeness } = finding;
    const found = (known: boolean): string =>
      renderJunit(
        campaign("invalid", {
          histories: rows,
          findings: [{ ...finding, known }],
          likenesses: [{ ...likeness, shape }],
        }),
      );
    expect(found(false)).toMatch(
      /name="history 12" time="0.090"><failure type="invalid" message="v3 of k0 was lost">/,
    );
    expect(found(true)).toContain(
      'name="history 12" time="0.090"><system-out>known: durable: write(n1 k1); kill</system-out>',
    );
  });

  test("an empty campaign is still a file, with a case that says why", () => {
    const empty = { histories: [], guarantees: {}, reasons: ["no history was run"] };
    const xml = renderJunit(campaign("unknown", empty));
    expect(xml).toMatch(
      /^<\?xml version="1.0" encoding="UTF-8"\?>\n<testsuites name="quorate" tests="1" failures="0" errors="1"/,
    );
    expect(xml).toContain(
      'name="run" time="0"><error type="unknown" message="no history was run">',
    );
  });

  test("a verdict that neither guarantees nor histories tell has a case of its own", () => {
    const { guarantees, histories } = campaign("valid");
    const reasons = ["none of 9 writes succeeded"];
    const xml = renderJunit(campaign("unknown", { guarantees, histories, reasons }));
    expect(xml).toContain('failures="0" errors="1"');
    expect(xml).toContain('<error type="unknown" message="none of 9 writes succeeded">');
  });

  test("a run that ended early says so beside its broken promises", () => {
    const xml = renderJunit(campaign("invalid", { interrupted: "stopped by a signal" }));
    expect(xml).toContain('tests="19" failures="2" errors="1"');
    expect(xml).toContain('message="stopped by a signal"');
  });
});

describe("annotations for GitHub", () => {
  test("an error a broken promise, a warning for unknown, a notice for valid", () => {
    expect(renderAnnotations(campaign("invalid"))[0]).toMatch(
      /^::error title=quorate%3A regular-stamped is broken::Read 9 of k0/,
    );
    expect(renderAnnotations(campaign("unknown"))[0]).toMatch(
      /^::warning title=quorate%3A unknown::/,
    );
    expect(renderAnnotations(campaign("valid"))[0]).toMatch(
      /^::notice title=quorate%3A valid::Every promise held/,
    );
  });

  test("hostile values stay on their line and in their place", () => {
    const anomalies = ["a\n::set-env name=x::y", "100%\r\n::error::", "b,c:d"].map(
      (explanation) => ({ guarantee: "regular-stamped" as const, explanation, operations: [0] }),
    );
    for (const line of renderAnnotations(campaign("invalid", { anomalies })))
      expect(line).toMatch(/^::error title=quorate%3A regular-stamped is broken::[^\n\r]*$/);
    expect(renderAnnotations(campaign("invalid", { anomalies }))[1]).toContain(
      "100%25%0A::error::",
    );
    for (const line of renderAnnotations(hostileCampaign()))
      expect(line.split("\n")).toHaveLength(1);
  });
});

describe("the error of a node that ended the run", () => {
  const nodeFault = "answered-twice: expected one reply to each request; got a second one";
  const faulty = {
    ...campaign("valid"),
    ...{ verdict: "invalid" as const, reasons: [nodeFault], interrupted: nodeFault, nodeFault },
  };

  test("is a failure in JUnit, beside guarantees that held", () => {
    const xml = renderJunit(faulty);
    expect(xml).toContain('tests="19" failures="1" errors="0"');
    expect(xml).toContain(`name="run" time="0"><failure type="node-fault" message="${nodeFault}">`);
  });

  test("is an error on GitHub, also in a campaign whose findings are all known", () => {
    const annotation = `::error title=quorate%3A a node is at fault::Answered-twice: ${nodeFault.slice(16)}%0A`;
    expect(renderAnnotations(faulty)).toEqual([expect.stringContaining(annotation)]);
    expect(renderAnnotations({ ...faulty, findings: [] })).toEqual([
      expect.stringContaining(annotation),
    ]);
  });

  test("is the sentence of the terminal, of Markdown and of the report, which explain no history", () => {
    expect(renderTerminal(faulty)).toMatch(/^✕ INVALID {2}Answered-twice: expected one reply/);
    expect(renderMarkdown(faulty)).toMatch(
      /^## ✕ quorate: invalid\n\n\*\*Answered-twice: expected/,
    );
    const page = renderHtml(faulty, [exhibit(small, { verdict: "valid" })]);
    expect(page).toContain('<p class="headline">Answered-twice: expected one reply');
    expect(page).not.toContain('id="why"');
  });
});

test("each output for machines has the token and the command that finds the failure again", () => {
  const replayAnywhere = "npx quorate replay quorate:v2:abc";
  const again = "npx quorate@1.2.3 run --target bundled --seed 7 --histories 13";
  const failing = campaign("invalid", { replayAnywhere, again });
  for (const text of [
    renderJunit(failing),
    renderMarkdown(failing),
    renderAnnotations(failing).join("\n"),
  ]) {
    expect(text).toContain(replayAnywhere);
    expect(text).toContain(again);
  }
});

describe("the replay command", () => {
  const replayAnywhere = "npx quorate replay quorate:v2:abc";
  const outputs = (change: Partial<Campaign>): readonly string[] => {
    const failing = campaign("invalid", { replayAnywhere, ...change });
    return [
      renderTerminal(failing),
      renderMarkdown(failing),
      renderHtml(failing, [exhibit(small)]),
    ];
  };

  test("runs on any machine, or names what it needs there", () => {
    for (const text of outputs({})) expect(text).not.toContain("on another machine");
    expect(renderHtml(campaign("invalid", { replayAnywhere }), [exhibit(small)])).toContain(
      "Run it again, on any machine",
    );
    const needing = outputs({
      replayNeeds: ["the configuration file store.config.ts", "the program at ./node.py"],
    });
    for (const text of needing) {
      expect(text).toContain(
        "needs the configuration file store.config.ts and the program at ./node.py",
      );
      expect(text).not.toContain("on any machine");
    }
  });

  test("says how often the smallest case failed again, unless it always did", () => {
    const { shrunk } = campaign("invalid");
    if (shrunk === undefined) throw new Error("expected a smallest case, got none");
    const after = (failed: number): readonly string[] =>
      outputs({ shrunk: { ...shrunk, reproduced: { runs: 3, failed } } });
    for (const text of after(2)) expect(text).toContain("failed again in only 2 of 3 runs");
    for (const text of after(3)) expect(text).not.toContain("failed again in only");
  });
});
