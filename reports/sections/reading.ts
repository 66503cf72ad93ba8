/** How to read the page: its terms, its signs, and the keys of the timeline. */
import { type Markup, markup } from "../markup.ts";
import { fold } from "./fold.ts";

const terms: readonly (readonly [term: string, meaning: string])[] = [
  [
    "valid, invalid, unknown",
    "Valid: every promise held. Invalid: a promise was broken. Unknown: too little could be judged to say either. Unknown never counts as valid.",
  ],
  [
    "promised",
    "The target’s settings and the faults of the history allow the guarantee, so the store must keep it. Only a broken promise makes a run invalid.",
  ],
  [
    "observed",
    "The guarantee was measured, although the store does not promise it under the settings and faults of the history. An observed guarantee need not hold.",
  ],
  [
    "history",
    "One plan of operations and faults, run on fresh replicas. A run is many histories from one seed.",
  ],
  [
    "ok, fail, info",
    "Ok: the operation succeeded. Fail: the operation certainly had no effect. Info: nobody knows whether the operation took effect, and it may still do so later.",
  ],
  [
    "final phase",
    "When all faults have ended, quorate waits for repair, inspects the replicas if the target allows that, and reads every key.",
  ],
  [
    "operation met a fault",
    "The operation touched a key of an affected node while the fault lasted.",
  ],
  ["times", "All times of one history are on its own clock, which starts with its nodes."],
  ["⚑", "An operation that the explanation of an anomaly names."],
  ["⚡", "A fault begins or ends."],
  [
    "◆ ◇ on a node’s line",
    "◆: the node synced its log, and from here on the write is on disk. ◇: the node dropped what it held, its restart did not find what it held, or an inspection showed something else than the log.",
  ],
  [
    "✚ ▲ ● on an arrow",
    "A repair: ✚ read repair, ▲ hinted handoff, ● exchange (anti-entropy). An arrow without a sign is a request, or a reply if it is dashed.",
  ],
  [
    "× at an arrow",
    "Nobody saw the message arrive. In a diagram, × stands near the sender’s line. Red words beside an arrow say what happened to the message.",
  ],
];

export const readingSection = (): Markup =>
  fold(
    { id: "reading", title: "How to read this page" },
    markup`<dl class="terms">${terms.map(([term, meaning]) => markup`<div><dt>${term}</dt><dd>${meaning}</dd></div>`)}</dl>
<p>Timeline: the wheel zooms, dragging pans. With the timeline focused, <kbd>←</kbd> <kbd>→</kbd> pan, <kbd>+</kbd> <kbd>−</kbd> zoom, <kbd>0</kbd> shows the whole run, <kbd>,</kbd> <kbd>.</kbd> go from operation to operation, <kbd>n</kbd> <kbd>p</kbd> from anomaly to anomaly, <kbd>Esc</kbd> clears. With the strip of the whole run focused, <kbd>←</kbd> <kbd>→</kbd> <kbd>Home</kbd> <kbd>End</kbd> move the part that is shown.</p>`,
  );
