import { describe, expect, test } from "vitest";
import type { Anomaly, HistoryEvent, Verdict } from "../../checkers/index.ts";
import { anomaliesFound, viewOf } from "../../reports/exhibit-view.ts";
import { renderHtml, renderMarkdown, renderTerminal } from "../../reports/index.ts";
import { untestedOf } from "../../reports/untested.ts";
import { campaign, exhibit, small, totals } from "./support.ts";

const shown = exhibit(small);
const blind = viewOf(
  {
    ...shown,
    events: shown.events.map((event): HistoryEvent =>
      event.e === "run"
        ? {
            ...event,
            on: "docker",
            capabilities: { versions: "none", inspection: false, evidence: false },
          }
        : event,
    ),
  },
  0,
);
const judgedFrom =
  "the last reads of each key through each node, because the target's replicas cannot be inspected";
const byReads = campaign("valid", {
  guarantees: {
    durable: { ...totals(true, "valid", "durable"), judgedFrom },
    converged: { ...totals(true, "valid", "converged"), judgedFrom },
    acknowledged: {
      ...totals(false, "not-applicable", "acknowledged"),
      inapplicable: "needs evidence: the Host recorded no evidence",
    },
    retained: { ...totals(true, "valid", "retained"), promisedIn: 9, judgedIn: 4 },
  },
});
const text = (html: string): string => html.replace(/<[^>]+>/g, " ").replace(/\s+/g, " ");

describe("what was not tested", () => {
  const sentences = untestedOf(byReads, blind).flatMap((group) => group.sentences);

  test.each([
    "acknowledged: needs evidence: the Host recorded no evidence.",
    `durable and converged: judged from ${judgedFrom}.`,
    "Judged only in some of the histories that promised it; the others had nothing to judge, or their verdict is unknown: retained (judged in 4 of 9).",
    "Promised only in some of the 13 histories, so a failure in the others would not make the verdict invalid: retained (in 9).",
    "487 of 500 histories did not run.",
    "No faults other than partition, kill and pause were injected.",
    "Faults that were asked for, but never injected: clock.",
    "No client tried an operation of the kind delete.",
    "No operation of the kind write met the fault kill.",
    "No history had the setting hints=true.",
    "This target’s replicas cannot be inspected, so quorate saw what they hold only through reads.",
  ])("says: %s", (sentence) => {
    expect(sentences).toContain(sentence);
  });

  test("is one section, to which the first screen links", () => {
    const html = renderHtml(byReads, []);
    expect(html).toContain('id="untested"');
    expect(html.slice(0, html.indexOf('class="cards"'))).toContain(
      '<a href="#untested">what was not tested</a>',
    );
  });
});

test("a guarantee that was judged from reads alone is never shown as held without saying so", () => {
  expect(text(renderHtml(byReads, []))).toContain("durable and converged: judged from the last");
  expect(text(renderHtml(byReads, []))).toContain("durable all, by reads");
  expect(renderMarkdown(byReads)).toContain("durable and converged: judged from the last reads");
  expect(renderTerminal(byReads)).toContain(`(durable and converged: judged from ${judgedFrom})`);
});

describe("the number of anomalies", () => {
  const anomaly = (op: number): Anomaly => ({
    guarantee: "durable",
    explanation: `write ${op} is lost`,
    operations: [op],
  });
  const verdict = {
    ...shown.verdict,
    guarantees: {
      durable: {
        verdict: "invalid",
        promised: true,
        meaning: "",
        judged: 99,
        anomalies: Array.from({ length: 20 }, (_, op) => anomaly(op)),
        measurements: { anomaliesTotal: 77 },
      },
    },
  } satisfies Verdict;

  test("is that of all that were found, not of those that are kept", () => {
    expect(anomaliesFound({ verdict }, true)).toBe(77);
    expect(anomaliesFound({ verdict }, false)).toBe(0);
    const { anomalies } = verdict.guarantees.durable;
    const failed = campaign("invalid", { anomalies: anomalies.slice(0, 3), anomaliesFound: 77 });
    const html = text(renderHtml(failed, [{ ...shown, verdict }]));
    expect(html).toContain("73 more anomalies");
    expect(html).toContain("57 more were found and counted, but not recorded.");
    expect(renderMarkdown(failed)).toContain("- and 74 more");
  });

  test("is that of all broken guarantees in the first line, also of those in other histories", () => {
    const names = ["regular", "causal", "retained", "converged"] as const;
    const html = renderHtml(
      campaign("invalid", {
        guarantees: Object.fromEntries(names.map((name) => [name, totals(true, "invalid", name)])),
      }),
      [shown],
    );
    expect(text(html)).toContain("regular-stamped, regular, causal and 2 more are broken: ");
  });
});

describe("the first line of a failure without faults", () => {
  const events = (restartUs: number): readonly HistoryEvent[] => [
    ...shown.events.filter((event) => event.e !== "fault" && event.e !== "phase").slice(0, -1),
    { e: "phase", atUs: restartUs, phase: "healed" },
    { e: "phase", atUs: restartUs, phase: "restarted" },
    ...shown.events.slice(-1),
  ];
  const line = (restartUs: number): string =>
    text(renderHtml(campaign("invalid"), [{ ...shown, events: events(restartUs) }]));

  test("says that none is needed only if no restart came before the failure showed", () => {
    expect(line(99_000_000)).toContain("its settings promise it, and no fault is needed");
    expect(line(1)).toContain(
      "it; no fault was injected, only the final phase restarted all nodes",
    );
    expect(line(1)).not.toContain("no fault is needed");
  });
});
