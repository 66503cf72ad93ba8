/**
 * Histories, verdicts and campaigns with hostile or very long texts, as a malicious store could make them to attack the
 * reader of a report.
 */
import type { HistoryEvent } from "../../checkers/index.ts";
import type { Campaign, Exhibit } from "../../reports/index.ts";
import { campaign, exhibit, small } from "./support.ts";

export const markupValue = `</script><img src=x onerror="document.title='owned'"><svg onload=alert(1)>`;
export const overrideValue = "safe\u202eevil\u0000\u001b[31m";
export const hebrewValue = "שלום עולם";
export const longValue = "x".repeat(1 << 20);
export const hostileValues = [
  markupValue,
  overrideValue,
  hebrewValue,
  longValue,
  `"'\`&amp;`,
  "<!--",
  "\ud800",
  "javascript:alert(1)",
];

/** An exhibit in which many texts of the history and the verdict are hostile. */
export function hostileExhibit(): Exhibit {
  const plain = exhibit(small);
  const value = (op: number): string => hostileValues[op % hostileValues.length] ?? "";
  const events = plain.events.map((event): HistoryEvent => {
    switch (event.e) {
      case "invoke":
        return {
          ...event,
          key: markupValue,
          client: `c"><b>${event.client}`,
          ...(event.value !== undefined && { value: value(event.op) }),
        };
      case "ok":
        return {
          ...event,
          versions: hostileValues.map((hostile) => ({ version: hostile, value: hostile })),
        };
      case "fault":
        return { ...event, kind: markupValue };
      case "sync":
        return { ...event, records: [{ key: markupValue, versions: hostileValues }] };
      default:
        return event;
    }
  });
  const guarantee = plain.verdict.guarantees["regular-stamped"];
  const anomalies = hostileValues.map((hostile) => ({
    guarantee: "regular-stamped" as const,
    explanation: hostile,
    operations: [0, 1],
    key: hostile,
    because: [hostile],
  }));
  return {
    ...plain,
    title: markupValue,
    events,
    verdict: {
      ...plain.verdict,
      reasons: hostileValues,
      guarantees: {
        ...plain.verdict.guarantees,
        ...(guarantee && {
          "regular-stamped": {
            ...guarantee,
            anomalies,
            measurements: Object.fromEntries(hostileValues.map((hostile) => [hostile, hostile])),
          },
        }),
      },
    },
  };
}

export const hostileCampaign = (): Campaign =>
  campaign("invalid", {
    reasons: hostileValues,
    bug: markupValue,
    command: markupValue,
    replay: `${markupValue}\n\`\`\`\n# not a heading`,
    version: markupValue,
    interrupted: `${markupValue} @everyone [link](javascript:alert(1)) #1`,
    anomalies: hostileValues.map((hostile) => ({
      guarantee: "regular-stamped",
      explanation: hostile,
      operations: [0, 1],
    })),
    faults: { [markupValue]: { injected: 1, overlapped: 1 } },
  });

/** A long text without a place where a line could break. */
export const longText = "W".repeat(20_000);

/**
 * An exhibit in which most texts of the history and the verdict are long. The names of clients and nodes stay distinct.
 */
export function longExhibit(): Exhibit {
  const plain = exhibit(small);
  const events = plain.events.map((event): HistoryEvent => {
    switch (event.e) {
      case "run":
        return {
          ...event,
          nodes: event.nodes.map((node) => node + longText),
          preference: { [longText]: event.nodes.map((node) => node + longText) },
        };
      case "invoke":
        return {
          ...event,
          key: longText,
          client: event.client + longText,
          node: event.node + longText,
          ...(event.value !== undefined && { value: event.value + longText }),
        };
      case "ok":
        return {
          ...event,
          versions: (event.versions ?? []).map(({ version, value }) => ({
            version: version + longText,
            value: value === null ? null : value + longText,
          })),
        };
      case "fail":
      case "info":
        return { ...event, code: longText, message: longText };
      case "fault":
        return { ...event, kind: longText, nodes: event.nodes.map((node) => node + longText) };
      case "inspect":
      case "boot":
      case "explain":
        return { ...event, node: event.node + longText };
      case "sync":
        return {
          ...event,
          node: event.node + longText,
          records: [{ key: longText, versions: [longText] }],
        };
      default:
        return event;
    }
  });
  const guarantee = plain.verdict.guarantees["regular-stamped"];
  return {
    ...plain,
    title: longText,
    events,
    verdict: {
      ...plain.verdict,
      reasons: [longText],
      guarantees: {
        ...plain.verdict.guarantees,
        ...(guarantee && {
          "regular-stamped": {
            ...guarantee,
            reason: longText,
            anomalies: [
              {
                guarantee: "regular-stamped" as const,
                explanation: longText,
                operations: [0, 1],
                key: longText,
                because: [longText],
              },
            ],
            measurements: { [longText]: longText },
          },
        }),
      },
    },
  };
}

export const longCampaign = (): Campaign =>
  campaign("invalid", {
    reasons: [longText],
    bug: longText,
    profile: longText,
    command: longText,
    replay: longText,
    replayAnywhere: longText,
    version: longText,
    startedAt: longText,
    environment: { [longText]: longText },
    interrupted: longText,
    anomalies: [{ guarantee: "regular-stamped", explanation: longText, operations: [0, 1] }],
    faults: { [longText]: { injected: 1, overlapped: 1 } },
  });
