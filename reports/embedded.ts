/** The files of a history that the report embeds, so that the report can be shared alone. */
import type { HistoryEvent } from "../checkers/index.ts";
import type { Exhibit } from "./campaign.ts";
import { pack } from "./pack.ts";
import { count } from "./report-messages.ts";

export interface EmbeddedFile {
  readonly name: string;
  /** The content, as pack.ts packs it. */
  readonly packed: string;
}

export interface Embedded {
  readonly files: readonly EmbeddedFile[];
  /** A sentence for each part that was left out. */
  readonly omitted: readonly string[];
}

/** A history with more events than this is embedded without the nodes' evidence: the report must stay below 15 MB. */
const wholeAtMost = 40_000;
/**
 * A history with more events than this, counted without evidence, is not embedded. An event takes about 12 bytes in the
 * report.
 */
const eventsAtMost = 450_000;

export function embeddedFiles({ plan, events, verdict }: Exhibit): Embedded {
  const whole = events.length <= wholeAtMost;
  const kept = whole ? events : events.filter((event) => !isEvidence(event));
  const fits = kept.length <= eventsAtMost;
  return {
    files: [
      ...(fits
        ? [
            {
              name: "history.jsonl",
              packed: pack(kept.map((event) => `${JSON.stringify(event)}\n`).join("")),
            },
          ]
        : []),
      { name: "plan.json", packed: pack(`${JSON.stringify(plan, null, 2)}\n`) },
      { name: "verdict.json", packed: pack(`${JSON.stringify(verdict, null, 2)}\n`) },
    ],
    omitted: whole
      ? []
      : [
          fits
            ? `The embedded history.jsonl lacks ${count(events.length - kept.length, "event")} that the nodes recorded (frames, syncs, explanations). The history.jsonl in the run’s folder has these events.`
            : `The history’s ${count(events.length, "event")} are too many to embed; history.jsonl is in the run’s folder.`,
        ],
  };
}

/**
 * Whether the event is evidence that may be left out. Evidence is most of a history, and readers miss it least. Starts
 * and ends of nodes are kept.
 */
const isEvidence = ({ e }: HistoryEvent): boolean =>
  e === "sent" || e === "received" || e === "sync" || e === "explain";
