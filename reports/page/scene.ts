/** Draws what surrounds the operations: the axis, lanes with their names, rings, boots, syncs and faults. */
import { clientLane } from "../trace/client-name.ts";
import type { Trace } from "../trace/trace-shape.ts";
import type { Brush } from "./brush.ts";
import type { Format } from "./format.ts";
import type { Gap } from "./gaps.ts";
import type { Layout } from "./layout.ts";
import type { View } from "./view.ts";

/** Draws a part of the timeline. `plot` is the width of the area to the right of the lanes' names. */
export type Part = (brush: Brush, view: View, plot: number) => void;

export function createScene(
  trace: Trace,
  layout: Layout,
  format: Format,
  gaps: readonly Gap[],
): {
  readonly back: Part;
  readonly names: Part;
  /** Draws the owners of a key over time, if membership changed. */
  owners(brush: Brush, view: View, plot: number, key: string): void;
} {
  const bottom = layout.height - 12;

  /** Draws the ticks of the axis: at round times, or at even positions if gaps are shortened. */
  function drawTicks(brush: Brush, view: View, plot: number): void {
    const tick = (atUs: number, step: number): void => {
      const x = view.x(atUs, plot);
      brush.line(
        [
          [x, layout.axis - 5],
          [x, bottom],
        ],
        brush.colour("grid"),
      );
      brush.text(format.time(atUs, step), x + 3, 10, brush.colour("muted"), plot - x - 2);
    };
    if (view.shortened()) {
      const first = view.at(0, plot);
      for (let x = 0; x < plot; x += 110) {
        const atUs = view.at(x, plot);
        if (atUs >= 0)
          tick(
            atUs,
            Math.max(
              1,
              Math.min((view.at(x + 110, plot) - atUs) / 20, (view.toUs() - first) / 100),
            ),
          );
      }
      return;
    }
    const rough = ((view.toUs() - view.fromUs()) / Math.max(plot, 1)) * 110;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step =
      [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough) ??
      rough;
    for (
      let atUs = Math.max(0, Math.ceil(view.fromUs() / step) * step);
      atUs <= view.toUs();
      atUs += step
    )
      tick(atUs, step);
  }

  function drawGaps(brush: Brush, view: View, plot: number): void {
    if (!view.shortened()) return;
    for (const gap of gaps) {
      const [left, right] = [view.x(gap.fromUs, plot), view.x(gap.toUs, plot)];
      if (right < 0 || left > plot) continue;
      const middle = (left + right) / 2;
      const zigzag = Array.from(
        { length: Math.ceil((bottom - layout.axis) / 5) },
        (_, step) => [middle + (step % 2 === 0 ? -3 : 3), layout.axis + step * 5] as const,
      );
      brush.line(zigzag, brush.colour("line"), 1.5);
      const label = `idle ${format.time(gap.toUs - gap.fromUs)}`;
      const width = brush.context.measureText(label).width;
      if (right - left > width + 6)
        brush.text(label, middle - width / 2, bottom + 3, brush.colour("muted"));
    }
  }

  function drawAxis(brush: Brush, view: View, plot: number): void {
    drawTicks(brush, view, plot);
    drawGaps(brush, view, plot);
    for (const phase of trace.phases) {
      const x = view.x(phase.atUs, plot);
      if (x < 0 || x > plot) continue;
      brush.line(
        [
          [x, layout.axis - 8],
          [x, bottom],
        ],
        brush.colour("muted"),
        1,
        [1, 3],
      );
    }
    let free = -Infinity;
    for (const phase of trace.phases) {
      const x = view.x(phase.atUs, plot);
      if (x < free || x > plot || x < 0) continue;
      brush.text(`▸ ${phase.name}`, x, 23, brush.colour("text"), plot - x - 2);
      free = x + brush.context.measureText(`▸ ${phase.name}`).width + 8;
    }
  }

  /** When the next fault begins that is drawn in the same row. Infinity: there is none. */
  function nextInRow(fault: Trace["faults"][number]): number {
    const row = layout.faultRows.get(fault);
    return trace.faults.reduce(
      (next, other) =>
        other.fromUs > fault.fromUs && layout.faultRows.get(other) === row
          ? Math.min(next, other.fromUs)
          : next,
      Infinity,
    );
  }

  function drawFaults(brush: Brush, view: View, plot: number): void {
    const { context } = brush;
    for (const fault of trace.faults) {
      const x = Math.max(-2, view.x(fault.fromUs, plot));
      const width = Math.max(2, Math.min(plot + 2, view.x(fault.toUs, plot)) - x);
      if (x > plot || x + width < 0) continue;
      const texture = brush.texture(fault.kind, brush.colour("fault"));
      context.globalAlpha = 0.1;
      context.fillStyle = brush.colour("fault");
      context.fillRect(x, layout.axis, width, bottom - layout.axis);
      for (const node of fault.nodes) {
        const lane = layout.lane("node", node);
        if (lane === undefined) continue;
        context.globalAlpha = 0.45;
        context.fillStyle = texture;
        context.fillRect(x, lane.top + 1, width, lane.height - 2);
      }
      const lane = layout.lane("faults", "faults");
      if (lane !== undefined) {
        const top = lane.top + 4 + (layout.faultRows.get(fault) ?? 0) * layout.faultRowHeight;
        const height = layout.faultRowHeight - 3;
        context.globalAlpha = 0.5;
        context.fillStyle = texture;
        context.fillRect(x, top, width, height);
        context.globalAlpha = 1;
        context.strokeStyle = brush.colour("fault");
        context.strokeRect(x + 0.5, top + 0.5, Math.max(1, width - 1), height - 1);
        // A name may extend beyond its fault, up to the next fault of the same row.
        const end = Math.min(plot, view.x(nextInRow(fault), plot));
        const room = Math.max(width, end - Math.max(x, 0)) - 6;
        const shown = Math.min(room, context.measureText(fault.label).width + 6);
        if (room > 24) {
          context.fillStyle = brush.colour("surface");
          context.fillRect(Math.max(x, 0) + 3, top + 2, shown, height - 4);
        }
        brush.text(
          fault.label,
          Math.max(x, 0) + 6,
          top + height / 2 + 0.5,
          brush.colour("text"),
          room - 4,
        );
      }
      context.globalAlpha = 1;
    }
  }

  function drawNodes(brush: Brush, view: View, plot: number): void {
    const { context } = brush;
    for (const node of trace.nodes) {
      const lane = layout.lane("node", node.name);
      if (lane === undefined) continue;
      for (const boot of node.boots) {
        const x = Math.max(-2, view.x(boot.fromUs, plot));
        const width = Math.max(1, Math.min(plot + 2, view.x(boot.toUs, plot)) - x);
        if (x > plot || x + width < 0) continue;
        context.fillStyle = brush.colour("node");
        context.fillRect(x, lane.top + 8, width, lane.height - 16);
        if (boot.boot > 0)
          brush.text(
            `boot ${boot.boot}`,
            Math.max(x, 0) + 5,
            lane.top + lane.height / 2,
            brush.colour("muted"),
            width - 8,
          );
      }
    }
    for (const sync of trace.syncs) {
      const lane = layout.lane("node", sync.node);
      const x = view.x(sync.atUs, plot);
      if (lane === undefined || x < 0 || x > plot) continue;
      const y = lane.top + lane.height / 2;
      context.fillStyle = brush.colour("sync");
      context.beginPath();
      context.moveTo(x, y - 5);
      context.lineTo(x + 4, y);
      context.lineTo(x, y + 5);
      context.lineTo(x - 4, y);
      context.fill();
    }
  }

  /**
   * Draws a box for each version of the ring, darker while a change of membership is under way. A line marks the
   * beginning of each later version.
   */
  function drawRings(brush: Brush, view: View, plot: number): void {
    const lane = layout.lane("ring", "ring");
    if (lane === undefined) return;
    const { context } = brush;
    trace.rings?.forEach(({ version, under, fromUs, toUs }, index) => {
      const [x, end] = [Math.max(-2, view.x(fromUs, plot)), Math.min(plot + 2, view.x(toUs, plot))];
      if (x > plot || end < 0) return;
      context.globalAlpha = under === undefined ? 0.12 : 0.35;
      context.fillStyle = brush.colour("owner");
      context.fillRect(x, lane.top + 4, Math.max(1, end - x), lane.height - 8);
      context.globalAlpha = 1;
      if (index > 0)
        brush.line(
          [
            [x, lane.top + 2],
            [x, bottom],
          ],
          brush.colour("owner"),
          1,
          [2, 4],
        );
      const name = under === undefined ? `ring ${version}` : `${version}: ${under}`;
      if (end - Math.max(x, 0) > 12)
        brush.text(
          name,
          Math.max(x, 0) + 4,
          lane.top + lane.height / 2,
          brush.colour("text"),
          end - Math.max(x, 0) - 6,
        );
    });
  }

  function owners(brush: Brush, view: View, plot: number, key: string): void {
    for (const owner of trace.owners ?? []) {
      const lane = layout.lane("node", owner.node);
      if (owner.key !== key || lane === undefined) continue;
      const [x, end] = [view.x(owner.fromUs, plot), view.x(owner.toUs, plot)];
      const y = lane.top + lane.height - 4;
      if (end < 0 || x > plot) continue;
      brush.line(
        [
          [Math.max(0, x), y],
          [Math.min(plot, end), y],
        ],
        brush.colour("owner"),
        3,
        owner.role === "owner" ? [] : [4, 4],
      );
    }
  }

  function back(brush: Brush, view: View, plot: number): void {
    layout.lanes.forEach((lane, index) => {
      if (index % 2 === 1) return;
      brush.context.fillStyle = brush.colour("stripe");
      brush.context.fillRect(0, lane.top, plot, lane.height);
    });
    drawAxis(brush, view, plot);
    drawRings(brush, view, plot);
    drawNodes(brush, view, plot);
    drawFaults(brush, view, plot);
  }

  /** Draws the lanes' names, left of the plot. This comes last, since it covers everything that extends there. */
  function names(brush: Brush): void {
    const { context } = brush;
    context.fillStyle = brush.colour("surface");
    context.fillRect(0, 0, layout.gutter, layout.height);
    brush.text("time", 8, 10, brush.colour("muted"));
    brush.text("phase", 8, 23, brush.colour("muted"));
    for (const lane of layout.lanes) {
      const name =
        lane.kind === "client"
          ? clientLane(lane.name)
          : lane.kind === lane.name
            ? lane.name
            : `${lane.kind} ${lane.name}`;
      brush.text(name, 8, lane.top + lane.height / 2, brush.colour("text"), layout.gutter - 14);
    }
    brush.line(
      [
        [layout.gutter - 0.5, 0],
        [layout.gutter - 0.5, layout.height],
      ],
      brush.colour("line"),
    );
  }

  return { back, names, owners };
}
