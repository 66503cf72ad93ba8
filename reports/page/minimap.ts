/// <reference lib="dom" />
/** Draws the whole run as a strip: the number of operations, the faults, and the anomalies. */
import type { Trace } from "../trace/trace-shape.ts";
import type { Filters } from "./filters.ts";
import type { Gap } from "./gaps.ts";
import { createBrush } from "./brush.ts";
import { createFormat } from "./format.ts";
import { createView, type View } from "./view.ts";

/**
 * Returns a function that draws the strip and frames the part that `view` shows. Clicks and drags on the strip move
 * that part.
 */
export function createMinimap({
  canvas,
  trace,
  gutter,
  gaps,
  view,
  filters,
  redraw,
}: {
  readonly canvas: HTMLCanvasElement;
  readonly trace: Trace;
  readonly gutter: number;
  readonly gaps: readonly Gap[];
  readonly view: View;
  readonly filters: Filters;
  readonly redraw: () => void;
}): () => void {
  const height = 40;
  const format = createFormat(trace.axis);
  const whole = createView(trace.endUs, gaps, trace.fromUs);
  const shownUs = new Map(trace.operations.map(({ op, endUs, startUs }) => [op, endUs ?? startUs]));
  const anomalies = trace.anomalies.map(({ atUs, operations, promised }) => ({
    promised,
    atUs: atUs ?? Math.max(0, ...operations.map((op) => shownUs.get(op) ?? 0)),
  }));
  let counted = { key: "", columns: new Int32Array(0) };

  const plot = (): number => Math.max(1, canvas.clientWidth - gutter);

  /**
   * The number of operations that begin in each column of the strip, among those that the filters include. A column is
   * two pixels wide.
   */
  function density(): Int32Array {
    const key = `${plot()} ${filters.version()} ${whole.shortened()}`;
    if (key === counted.key) return counted.columns;
    const columns = new Int32Array(Math.ceil(plot() / 2) + 1);
    for (const operation of trace.operations) {
      const column = Math.floor(whole.x(operation.startUs, plot()) / 2);
      if (filters.passes(operation)) columns[column] = (columns[column] ?? 0) + 1;
    }
    counted = { key, columns };
    return columns;
  }

  function draw(): void {
    const brush = createBrush(canvas, height);
    if (brush === undefined) return;
    if (whole.shortened() !== view.shortened()) whole.shorten(view.shortened());
    whole.fit();
    const { context } = brush;
    context.fillStyle = brush.colour("stripe");
    context.fillRect(0, 0, brush.width, height);
    brush.text("whole run", 8, height / 2, brush.colour("muted"), gutter - 14);
    context.translate(gutter, 0);
    context.fillStyle = brush.colour("fault");
    context.globalAlpha = 0.22;
    for (const { fromUs, toUs } of trace.faults)
      context.fillRect(
        whole.x(fromUs, plot()),
        0,
        Math.max(1, whole.x(toUs, plot()) - whole.x(fromUs, plot())),
        height,
      );
    context.globalAlpha = 1;
    const columns = density();
    const most = Math.max(
      1,
      columns.reduce((largest, amount) => Math.max(largest, amount), 0),
    );
    context.fillStyle = brush.colour("muted");
    columns.forEach((amount, column) => {
      const tall = amount === 0 ? 0 : Math.max(2, (amount / most) * (height - 14));
      context.fillRect(column * 2, height - 2 - tall, 2, tall);
    });
    for (const { atUs, promised } of anomalies)
      brush.text(
        promised ? "⚑" : "⚐",
        whole.x(atUs, plot()) - 3,
        7,
        brush.colour(promised ? "witness" : "muted"),
      );
    const [left, right] = [
      Math.max(0, whole.x(view.fromUs(), plot())),
      Math.min(plot(), whole.x(view.toUs(), plot())),
    ];
    context.fillStyle = brush.colour("surface");
    context.globalAlpha = 0.65;
    context.fillRect(0, 0, left, height);
    context.fillRect(right, 0, plot() - right, height);
    context.globalAlpha = 1;
    context.strokeStyle = brush.colour("text");
    context.lineWidth = 1.5;
    context.strokeRect(left + 0.75, 0.75, Math.max(3, right - left - 1.5), height - 1.5);
    canvas.setAttribute("aria-valuenow", String(Math.round((100 * (left + right)) / 2 / plot())));
    canvas.setAttribute(
      "aria-valuetext",
      `${format.time(view.fromUs())} to ${format.time(view.toUs())} of ${format.time(trace.endUs)}`,
    );
  }

  function moveTo(event: PointerEvent): void {
    const middle = whole.at(event.offsetX - gutter, plot());
    const centre = view.at(plot() / 2, plot());
    view.pan((view.x(middle, plot()) - view.x(centre, plot())) / plot());
    redraw();
  }
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    moveTo(event);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (canvas.hasPointerCapture(event.pointerId)) moveTo(event);
  });
  const keys: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => void view.pan(-0.5),
    ArrowRight: () => void view.pan(0.5),
    Home: () => void view.pan(-1e9),
    End: () => void view.pan(1e9),
  };
  canvas.addEventListener("keydown", (event) => {
    const move = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key];
    if (move === undefined) return;
    event.preventDefault();
    move();
    redraw();
  });
  return draw;
}
