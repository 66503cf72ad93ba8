/// <reference lib="dom" />
/** Handles wheel, drag, hover and click on a timeline. */
import type { TraceMessage } from "../trace/trace-shape.ts";
import type { Details } from "./details.ts";
import type { Hit, Layout } from "./layout.ts";
import type { View } from "./view.ts";

export interface Pointed {
  readonly canvas: HTMLCanvasElement;
  readonly tooltip: HTMLElement;
  readonly layout: Layout;
  readonly view: View;
  readonly details: Details;
  plot(): number;
  messages(): readonly TraceMessage[];
  redraw(): void;
  /** Called with what the user clicked on. Undefined: the click was on nothing. */
  take(hit: Hit | undefined): void;
}

export function followPointer({
  canvas,
  tooltip,
  layout,
  view,
  plot,
  messages,
  details,
  redraw,
  take,
}: Pointed): void {
  /** The drag under way. Until the pointer has moved three pixels, it counts as a click. */
  let drag: { readonly x: number; lastX: number; moved: boolean } | undefined;

  const under = (event: MouseEvent): Hit | undefined => {
    const x = event.offsetX - layout.gutter;
    return x < 0 ? undefined : layout.hit(x, event.offsetY, plot(), view, messages());
  };

  function hover(event: PointerEvent): void {
    const hit = under(event);
    tooltip.hidden = hit === undefined;
    canvas.style.cursor = hit === undefined ? "grab" : "pointer";
    if (hit === undefined) return;
    const { title, rows } = details.facts(hit);
    details.write(tooltip, { title, rows: rows.slice(0, 9) });
    const left = Math.min(event.offsetX + 14, canvas.clientWidth - tooltip.offsetWidth - 4);
    const below = event.offsetY + 18;
    tooltip.style.left = `${Math.max(0, left)}px`;
    tooltip.style.top = `${below}px`;
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    drag = { x: event.offsetX, lastX: event.offsetX, moved: false };
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (drag === undefined) return hover(event);
    drag.moved ||= Math.abs(event.offsetX - drag.x) > 3;
    if (!drag.moved) return;
    tooltip.hidden = true;
    canvas.style.cursor = "grabbing";
    view.pan((drag.lastX - event.offsetX) / plot());
    drag.lastX = event.offsetX;
    redraw();
  });
  canvas.addEventListener("pointerup", (event) => {
    if (drag !== undefined && !drag.moved) take(under(event));
    drag = undefined;
  });
  canvas.addEventListener("pointercancel", () => {
    drag = undefined;
  });
  canvas.addEventListener("pointerleave", () => {
    tooltip.hidden = true;
  });
  // If zooming and moving change nothing, as when the whole run is visible, the wheel scrolls the page.
  canvas.addEventListener(
    "wheel",
    (event) => {
      const sideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
      const amount = sideways ? event.deltaX || event.deltaY : event.deltaY;
      const changed = sideways
        ? view.pan(amount / plot())
        : view.zoom(
            Math.exp(Math.max(-120, Math.min(120, amount)) / 400),
            Math.max(0, event.offsetX - layout.gutter) / plot(),
          );
      if (!changed) return;
      event.preventDefault();
      tooltip.hidden = true;
      redraw();
    },
    { passive: false },
  );
}
