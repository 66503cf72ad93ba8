/// <reference lib="dom" />
/** One timeline with its canvas, buttons, keys and pointer. */
import type { Trace, TraceMessage } from "../trace/trace-shape.ts";
import { createLayout, type Hit } from "./layout.ts";
import { createBrush } from "./brush.ts";
import { createDetails } from "./details.ts";
import { followFilters } from "./filters.ts";
import { createFormat } from "./format.ts";
import { findGaps } from "./gaps.ts";
import { createMarks } from "./marks.ts";
import { createMinimap } from "./minimap.ts";
import { followPointer } from "./pointer.ts";
import { createScene } from "./scene.ts";
import { createView } from "./view.ts";

export interface Timeline {
  /**
   * Selects an operation, moves the view to it, and shows its details. Returns false if the operation does not exist.
   */
  select(op: number): boolean;
  showAnomaly(index: number): void;
  readonly element: HTMLElement;
}

export function createTimeline(element: HTMLElement, trace: Trace): Timeline {
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- The caller says what element the part is, as for querySelector.
  const part = <E extends HTMLElement>(name: string): E => {
    const found = element.querySelector<E>(`[data-part="${name}"]`);
    if (found === null) throw new Error(`the report lacks its part ${name}`);
    return found;
  };
  const canvas = part<HTMLCanvasElement>("canvas");
  const tooltip = part("tooltip");
  const panel = part("details");
  const shorten = part<HTMLInputElement>("shorten");
  const format = createFormat(trace.axis);
  const gaps = findGaps(trace);
  const view = createView(trace.endUs, gaps, trace.fromUs);
  const layout = createLayout(trace);
  const scene = createScene(trace, layout, format, gaps);
  const marks = createMarks(trace, layout, format);
  const details = createDetails(trace, format);
  let witness: ReadonlySet<number> = new Set();
  let selected: number | undefined;
  let anomaly = -1;
  let frame = 0;
  const filters = followFilters((name) => part<HTMLSelectElement>(name), trace, redraw);
  const drawMinimap = createMinimap({
    canvas: part<HTMLCanvasElement>("minimap"),
    trace,
    gutter: layout.gutter,
    gaps,
    view,
    filters,
    redraw,
  });
  let messages: readonly TraceMessage[] = [];

  const plot = (): number => Math.max(1, canvas.clientWidth - layout.gutter);

  /**
   * The visible messages of the selected operation, or of the selected anomaly's operations together with those of no
   * operation. Without a selection, all visible messages, unless there are too many to tell apart.
   */
  function messagesShown(): readonly TraceMessage[] {
    const visible = trace.messages.filter(
      (message) =>
        (message.receivedUs ?? message.sentUs) >= view.fromUs() && message.sentUs <= view.toUs(),
    );
    if (selected !== undefined) return visible.filter((message) => message.op === selected);
    if (witness.size > 0)
      return visible.filter((message) => message.op === undefined || witness.has(message.op));
    return visible.length <= 300 ? visible : [];
  }

  /** The key of the selected operation, else of the selected anomaly, else of the filter. */
  function keyInFocus(): string | undefined {
    const focus = trace.operations.find(({ op }) =>
      selected === undefined ? witness.has(op) : op === selected,
    );
    return focus?.key ?? filters.key();
  }

  function draw(): void {
    frame = 0;
    const brush = createBrush(canvas, layout.height);
    if (brush === undefined) return;
    messages = messagesShown();
    brush.context.save();
    brush.context.translate(layout.gutter, 0);
    scene.back(brush, view, plot());
    const key = keyInFocus();
    if (key !== undefined) scene.owners(brush, view, plot(), key);
    marks.operations(brush, view, plot(), { passes: filters.passes, witness, selected });
    marks.messages(brush, view, plot(), messages);
    brush.context.restore();
    scene.names(brush, view, plot());
    drawMinimap();
    Object.assign(element.dataset, {
      fromUs: String(Math.round(view.fromUs())),
      toUs: String(Math.round(view.toUs())),
      selected: String(selected ?? ""),
      anomaly: String(anomaly),
      shortened: String(view.shortened()),
    });
  }

  function redraw(): void {
    if (frame === 0) frame = requestAnimationFrame(draw);
  }

  function focusOn(ops: ReadonlySet<number>): void {
    const shown = trace.operations.filter((operation) => ops.has(operation.op));
    if (shown.length === 0) return;
    const fromUs = Math.min(...shown.map((operation) => operation.startUs));
    const toUs = Math.max(...shown.map((operation) => operation.endUs ?? operation.startUs));
    view.show(fromUs, toUs);
    view.zoom(1.3, 0.5);
    redraw();
  }

  function describe(hit: Hit): void {
    details.write(panel, details.facts(hit));
  }

  function select(op: number): boolean {
    const operation = trace.operations.find((candidate) => candidate.op === op);
    if (operation === undefined) return false;
    selected = op;
    describe({ kind: "operation", operation });
    const visible =
      operation.startUs >= view.fromUs() && (operation.endUs ?? operation.startUs) <= view.toUs();
    if (
      !visible ||
      view.toUs() - view.fromUs() >
        60 * ((operation.endUs ?? operation.startUs) - operation.startUs)
    )
      focusOn(new Set([op, ...witness]));
    redraw();
    return true;
  }

  function showAnomaly(index: number): void {
    const shown = trace.anomalies[index];
    if (shown === undefined) return;
    anomaly = index;
    selected = undefined;
    witness = new Set(shown.operations);
    focusOn(witness);
    details.write(panel, {
      title: `${shown.promised ? "⚑ Broken promise" : "⚐ Observed, not promised"}: ${shown.guarantee} (anomaly ${index + 1} of ${trace.anomalies.length})`,
      rows: [
        ["what", shown.explanation],
        ...trace.operations
          .filter((operation) => witness.has(operation.op))
          .map(
            (operation) =>
              [`#${operation.op}`, `${operation.client}: ${format.operation(operation)}`] as const,
          ),
      ],
    });
    redraw();
  }

  function clear(): void {
    selected = undefined;
    anomaly = -1;
    witness = new Set();
    panel.textContent = panel.dataset["empty"] ?? "";
    redraw();
  }

  /** Selects the previous or the next operation in time, among the operations that the filters include. */
  function step(by: 1 | -1): void {
    const shown = trace.operations.filter(filters.passes);
    const current = shown.findIndex((operation) => operation.op === selected);
    const next = shown[current < 0 ? (by > 0 ? 0 : shown.length - 1) : current + by];
    if (next !== undefined) select(next.op);
  }

  function turnAnomaly(by: 1 | -1): void {
    const count = trace.anomalies.length;
    if (count > 0) showAnomaly((anomaly < 0 && by < 0 ? count - 1 : anomaly + by + count) % count);
  }

  const actions: Readonly<Record<string, () => void>> = {
    next: () => turnAnomaly(1),
    previous: () => turnAnomaly(-1),
    in: () => void view.zoom(0.6, 0.5),
    out: () => void view.zoom(1 / 0.6, 0.5),
    fit: () => void view.fit(),
    left: () => void view.pan(-0.15),
    right: () => void view.pan(0.15),
    before: () => step(-1),
    after: () => step(1),
    clear,
  };
  const keys: Readonly<Record<string, string>> = {
    ArrowLeft: "left",
    ArrowRight: "right",
    "+": "in",
    "=": "in",
    "-": "out",
    "0": "fit",
    Home: "fit",
    n: "next",
    p: "previous",
    ",": "before",
    ".": "after",
    Escape: "clear",
  };
  const act = (name: string | undefined): boolean => {
    const action = name === undefined ? undefined : actions[name];
    action?.();
    redraw();
    return action !== undefined;
  };

  for (const button of element.querySelectorAll<HTMLButtonElement>("button[data-action]")) {
    button.addEventListener("click", () => act(button.dataset["action"]));
  }
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (act(keys[event.key])) event.preventDefault();
  });
  shorten.addEventListener("change", () => {
    view.shorten(shorten.checked);
    redraw();
  });
  followPointer({
    canvas,
    tooltip,
    layout,
    view,
    plot,
    messages: () => messages,
    details,
    redraw,
    take: (hit) =>
      hit?.kind === "operation" ? select(hit.operation.op) : hit ? describe(hit) : clear(),
  });
  new ResizeObserver(redraw).observe(canvas);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  for (const moment of ["beforeprint", "afterprint"]) window.addEventListener(moment, draw);
  // A small run opens with all of its operations visible and long gaps shortened. In a run with a broken promise, the
  // operations of the first anomaly are marked.
  shorten.checked = trace.operations.length <= 40 && gaps.length > 0;
  shorten.disabled = gaps.length === 0;
  view.shorten(shorten.checked);
  if (trace.operations.length <= 40) focusOn(new Set(trace.operations.map(({ op }) => op)));
  if (trace.anomalies[0]?.promised) {
    const [fromUs, toUs] = [view.fromUs(), view.toUs()];
    showAnomaly(0);
    view.show(fromUs, toUs);
  }
  redraw();
  return { select, showAnomaly, element };
}
