/** How to read the page: its terms, its signs, and the keys of the timeline. */
import { type Markup, markup } from "../markup.ts";
import { fold } from "./fold.ts";

const terms: readonly (readonly [term: string, meaning: string])[] = [
  [
    "valid, invalid, unknown",
    "Every promise held; a promise was broken; not enough could be judged. Unknown never counts as valid.",
  ],
  [
    "promised",
    "The target’s settings and the faults of the history allow the guarantee, so the store must keep it. Only a broken promise makes a run invalid.",
  ],
  [
    "observed",
    "Measured, although the store does not promise it under the settings and faults of the history. It need not hold.",
  ],
  [
    "history",
    "One plan of operations and faults, run on fresh replicas. A run is many histories from one seed.",
  ],
  [
    "ok, fail, info",
    "The operation succeeded; it certainly had no effect; nobody knows whether it took effect, and it may do so at any later time.",
  ],
  [
    "final phase",
    "When all faults have ended, quorate waits for repair, inspects the replicas and reads every key. These final reads are counted apart.",
  ],
  [
    "operation met a fault",
    "The operation touched a key of an affected node while the fault lasted.",
  ],
  ["times", "All times of one history are on its own clock, which starts with its nodes."],
  ["⚑", "An operation that a broken promise names."],
  ["⚡", "A fault begins or ends."],
  ["◆ on a node’s line", "The node synced its log: from here on the write is on disk."],
  [
    "✚ ▲ ● on an arrow",
    "A repair: read repair, hinted handoff, exchange (anti-entropy). Without a sign: a request; dashed: a reply.",
  ],
];

export const readingSection = (): Markup =>
  fold(
    { id: "reading", title: "How to read this page" },
    markup`<dl class="terms">${terms.map(([term, meaning]) => markup`<div><dt>${term}</dt><dd>${meaning}</dd></div>`)}</dl>
<p>Timeline: the wheel zooms, dragging pans. With the timeline focused, <kbd>←</kbd> <kbd>→</kbd> pan, <kbd>+</kbd> <kbd>−</kbd> zoom, <kbd>0</kbd> shows the whole run, <kbd>,</kbd> <kbd>.</kbd> go from operation to operation, <kbd>n</kbd> <kbd>p</kbd> from anomaly to anomaly, <kbd>Esc</kbd> clears. With the strip of the whole run focused, <kbd>←</kbd> <kbd>→</kbd> <kbd>Home</kbd> <kbd>End</kbd> move the part that is shown.</p>`,
  );
