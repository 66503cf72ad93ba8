/** Draws operations and messages. */
import type { Trace, TraceMessage, TraceOperation } from "../trace/trace-shape.ts";
import type { Brush } from "./brush.ts";
import type { Format } from "./format.ts";
import type { Layout } from "./layout.ts";
import type { View } from "./view.ts";

export interface Emphasis {
  /**
   * Whether the filters include the operation. Excluded operations are drawn faintly, or not at all if they are narrow,
   * unless they are selected or in `witness`.
   */
  passes(operation: TraceOperation): boolean;
  /** The operations of the selected anomaly. */
  readonly witness: ReadonlySet<number>;
  readonly selected: number | undefined;
}

export interface Marks {
  operations(brush: Brush, view: View, plot: number, emphasis: Emphasis): void;
  messages(brush: Brush, view: View, plot: number, shown: readonly TraceMessage[]): void;
}

export function createMarks(trace: Trace, layout: Layout, format: Format): Marks {
  /**
   * Draws one operation. If there is room, a successful write is filled, a read is hollow, a delete is crossed, and the
   * border is dashed if the outcome is not known. A failed operation ends in a cross.
   */
  function drawOperation(
    brush: Brush,
    view: View,
    plot: number,
    of: TraceOperation,
    strong: boolean,
    selected: boolean,
  ): void {
    const lane = layout.lane("client", of.client);
    if (lane === undefined) return;
    const { context } = brush;
    const x = Math.max(-4, view.x(of.startUs, plot));
    const end = Math.min(plot + 4, view.x(of.endUs ?? trace.endUs, plot));
    const width = Math.max(3, end - x);
    const top = lane.top + 5;
    const height = lane.height - 10;
    const ink = brush.colour(of.outcome === "ok" ? of.f : of.outcome === "fail" ? "fail" : "info");
    const y = top + height / 2;
    if (width > 5) {
      context.setLineDash(of.outcome === "info" || of.outcome === "open" ? [3, 2] : []);
      context.lineWidth = 1.5;
      context.strokeStyle = ink;
      context.fillStyle = of.f === "read" || of.outcome !== "ok" ? brush.colour("surface") : ink;
      context.fillRect(x, top, width, height);
      context.strokeRect(x + 0.75, top + 0.75, width - 1.5, height - 1.5);
      context.setLineDash([]);
    } else {
      context.fillStyle = ink;
      context.fillRect(
        x,
        of.f === "read" ? top + height / 3 : top,
        width,
        of.f === "read" ? height / 3 : height,
      );
    }
    if (of.f === "delete" && width > 10)
      brush.line(
        [
          [x + 2, top + 2],
          [x + width - 2, top + height - 2],
        ],
        of.outcome === "ok" ? brush.colour("surface") : ink,
      );
    if (of.outcome === "fail") {
      brush.line(
        [
          [x + width - 4, y - 4],
          [x + width + 4, y + 4],
        ],
        ink,
        2,
      );
      brush.line(
        [
          [x + width - 4, y + 4],
          [x + width + 4, y - 4],
        ],
        ink,
        2,
      );
    }
    const solid = of.f !== "read" && of.outcome === "ok";
    const room = x + width - Math.max(x, 0) - 9;
    const label =
      room < 12
        ? undefined
        : [`#${of.op} ${format.operation(of)}`, `#${of.op}`].find(
            (candidate) => candidate.length < 120 && context.measureText(candidate).width <= room,
          );
    if (label !== undefined)
      brush.text(label, Math.max(x, 0) + 5, y + 0.5, brush.colour(solid ? "onfill" : "text"), room);
    if (!strong && !selected) return;
    context.lineWidth = 2.5;
    context.strokeStyle = brush.colour(selected ? "text" : "witness");
    context.strokeRect(x - 3, top - 3, width + 6, height + 6);
    if (strong) brush.text("⚑", x - 3, top - 4, brush.colour("witness"));
  }

  /**
   * Draws a line from the end of each client's first indeterminate write on, since such a write may take effect at any
   * later time. One line serves for all indeterminate writes of the client.
   */
  function drawTails(brush: Brush, view: View, plot: number): void {
    const from = new Map<string, number>();
    for (const { client, outcome, f, endUs } of trace.operations) {
      if (outcome === "info" && f !== "read" && endUs !== undefined)
        from.set(client, Math.min(from.get(client) ?? Infinity, endUs));
    }
    for (const [client, fromUs] of from) {
      const lane = layout.lane("client", client);
      const x = Math.max(0, view.x(fromUs, plot));
      if (lane === undefined || x > plot) continue;
      const y = lane.top + lane.height / 2;
      brush.line(
        [
          [x, y],
          [plot, y],
        ],
        brush.colour("info"),
        1,
        [1, 5],
      );
    }
  }

  // These arrays are made once, since every frame needs them for thousands of operations.
  const starts = Float64Array.from(trace.operations, ({ startUs }) => startUs);
  const ends = Float64Array.from(trace.operations, ({ endUs }) => endUs ?? trace.endUs);
  const looks: { readonly top: number; readonly height: number; readonly colour: string }[] = [];
  const lookNumbers = new Map<string, number>();
  /**
   * For each operation, the index of its look. Narrow operations look alike if client, kind and outcome are the same.
   */
  const look = Int32Array.from(trace.operations, ({ client, f, outcome }) => {
    const name = `${client} ${f} ${outcome}`;
    const known = lookNumbers.get(name);
    if (known !== undefined) return known;
    const { top = 0, height = 0 } = layout.lane("client", client) ?? {};
    const bar = height - 10;
    looks.push({
      top: f === "read" ? top + 5 + bar / 3 : top + 5,
      height: f === "read" ? bar / 3 : bar,
      colour: outcome === "ok" ? f : outcome === "fail" ? "fail" : "info",
    });
    lookNumbers.set(name, looks.length - 1);
    return looks.length - 1;
  });
  // The longest duration of an operation. An operation that is visible now began no longer than this before the view's
  // start.
  const longestUs = ends.reduce(
    (most, endUs, index) => Math.max(most, endUs - (starts[index] ?? 0)),
    0,
  );

  /** The index of the first operation that begins at or after the time `atUs`. */
  function firstFrom(atUs: number): number {
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) < atUs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  function operations(brush: Brush, view: View, plot: number, emphasis: Emphasis): void {
    drawTails(brush, view, plot);
    const { context } = brush;
    const special: TraceOperation[] = [];
    const drawn = looks.map(() => -1);
    const narrow: number[][] = looks.map(() => []);
    const alpha = emphasis.witness.size > 0 ? 0.55 : 1;
    const [fromUs, toUs] = [view.fromUs(), view.toUs()];
    const last = firstFrom(toUs);
    for (let index = firstFrom(fromUs - longestUs); index < last; index++) {
      const operation = trace.operations[index];
      const endUs = ends[index] ?? 0;
      if (operation === undefined || endUs < fromUs) continue;
      if (emphasis.witness.has(operation.op) || operation.op === emphasis.selected) {
        special.push(operation);
        continue;
      }
      const other = !emphasis.passes(operation);
      const x = view.x(starts[index] ?? 0, plot);
      if (view.x(endUs, plot) - x >= 3) {
        context.globalAlpha = other ? 0.12 : alpha;
        drawOperation(brush, view, plot, operation, false, false);
        continue;
      }
      // When the view is zoomed out, thousands of operations fall on two pixels. Only one operation of each look is
      // drawn there.
      const number = look[index] ?? 0;
      const column = Math.floor(x / 2);
      if (other || drawn[number] === column) continue;
      drawn[number] = column;
      narrow[number]?.push(column * 2);
    }
    context.globalAlpha = alpha;
    narrow.forEach((columns, number) => {
      const { top, height, colour } = looks[number] ?? { top: 0, height: 0, colour: "text" };
      context.fillStyle = brush.colour(colour);
      for (const x of columns) context.fillRect(x, top, 3, height);
    });
    context.globalAlpha = 1;
    for (const operation of special)
      drawOperation(
        brush,
        view,
        plot,
        operation,
        emphasis.witness.has(operation.op),
        operation.op === emphasis.selected,
      );
  }

  function messages(brush: Brush, view: View, plot: number, shown: readonly TraceMessage[]): void {
    for (const message of shown) {
      const from = layout.laneOf(message.from);
      const to = layout.laneOf(message.to);
      if (from === undefined || to === undefined || from === to) continue;
      const ink = brush.colour(`message-${message.kind}`);
      const [x1, y1] = [view.x(message.sentUs, plot), from.top + from.height / 2];
      const [x2, y2] = [view.x(message.receivedUs ?? message.sentUs, plot), to.top + to.height / 2];
      if (Math.max(x1, x2) < 0 || Math.min(x1, x2) > plot) continue;
      const dash = {
        request: [],
        reply: [5, 3],
        "read-repair": [8, 3, 2, 3],
        handoff: [1, 3],
        stream: [14, 3, 4, 3],
        exchange: [10, 4],
        error: [2, 2],
      }[message.kind];
      if (message.receivedUs === undefined) {
        const [x, y] = [(x1 + x2) / 2, (y1 + y2) / 2];
        brush.line(
          [
            [x1, y1],
            [x, y],
          ],
          ink,
          1.4,
          dash,
        );
        brush.line(
          [
            [x - 4, y - 4],
            [x + 4, y + 4],
          ],
          ink,
          2,
        );
        brush.line(
          [
            [x - 4, y + 4],
            [x + 4, y - 4],
          ],
          ink,
          2,
        );
        continue;
      }
      const sign = {
        request: "",
        reply: "",
        "read-repair": "✚",
        handoff: "▲",
        stream: "■",
        exchange: "●",
        error: "",
      }[message.kind];
      brush.line(
        [
          [x1, y1],
          [x2, y2],
        ],
        ink,
        sign === "" ? 1.4 : 2.2,
        dash,
      );
      brush.text(sign, (x1 + x2) / 2 - 4, (y1 + y2) / 2, ink);
      const angle = Math.atan2(y2 - y1, x2 - x1);
      const tip = (turn: number): readonly [number, number] => [
        x2 - 8 * Math.cos(angle + turn),
        y2 - 8 * Math.sin(angle + turn),
      ];
      brush.line([tip(0.4), [x2, y2], tip(-0.4)], ink, 1.6);
    }
  }

  return { operations, messages };
}
