/// <reference lib="dom" />
/** Draws colours, patterns and text on a canvas. */
import { faultTexture } from "./texture.ts";

export interface Brush {
  readonly context: CanvasRenderingContext2D;
  readonly width: number;
  readonly height: number;
  /** A colour of the style sheet: the value of the custom property `--name`. */
  colour(name: string): string;
  /** The fill for a kind of fault, whose texture distinguishes the kind without colour. */
  texture(kind: string, colour: string): CanvasPattern | string;
  line(
    points: readonly (readonly [x: number, y: number])[],
    colour: string,
    width?: number,
    dash?: readonly number[],
  ): void;
  /** Draws text, cut to `room` pixels and 120 characters. Draws nothing if there is hardly any room. */
  text(text: string, x: number, y: number, colour: string, room?: number): void;
}

/**
 * Makes the canvas as sharp as the screen, as wide as its box and as high as `height`, and clears it. Returns undefined
 * if the browser cannot draw on it.
 */
export function createBrush(canvas: HTMLCanvasElement, height: number): Brush | undefined {
  const context = canvas.getContext("2d");
  if (context === null) return undefined;
  const width = canvas.clientWidth;
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.height = `${height}px`;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  // Values may be right-to-left text, which must not move labels.
  context.direction = "ltr";
  context.textBaseline = "middle";
  context.font = "11px system-ui, sans-serif";
  const style = getComputedStyle(canvas);
  const colours = new Map<string, string>();

  function colour(name: string): string {
    const known = colours.get(name) ?? style.getPropertyValue(`--${name}`).trim();
    colours.set(name, known);
    return known;
  }

  function texture(kind: string, ink: string): CanvasPattern | string {
    const tile = document.createElement("canvas");
    tile.width = tile.height = 8;
    const pen = tile.getContext("2d");
    if (pen === null || context === null) return ink;
    pen.strokeStyle = ink;
    pen.lineWidth = 1.2;
    pen.stroke(new Path2D(faultTexture(kind)));
    return context.createPattern(tile, "repeat") ?? ink;
  }

  function line(
    points: readonly (readonly [number, number])[],
    ink: string,
    lineWidth = 1,
    dash: readonly number[] = [],
  ): void {
    if (context === null) return;
    context.strokeStyle = ink;
    context.lineWidth = lineWidth;
    context.setLineDash([...dash]);
    context.beginPath();
    points.forEach(([x, y], index) => (index === 0 ? context.moveTo(x, y) : context.lineTo(x, y)));
    context.stroke();
    context.setLineDash([]);
  }

  function text(written: string, x: number, y: number, ink: string, room = Infinity): void {
    if (context === null || room < 12) return;
    let shown = written.length > 120 ? `${written.slice(0, 120)}…` : written;
    while (shown.length > 2 && context.measureText(shown).width > room) {
      const keep = Math.min(
        shown.length - 2,
        Math.floor((shown.length * room) / context.measureText(shown).width) - 1,
      );
      shown = keep < 2 ? "" : `${shown.slice(0, keep)}…`;
    }
    if (shown === "" || context.measureText(shown).width > room) return;
    context.fillStyle = ink;
    context.fillText(shown, x, y);
  }

  return { context, width, height, colour, texture, line, text };
}
