/** Formats times, operations and values for people. */
import type { Trace, TraceOperation } from "../trace/trace-shape.ts";

export interface Format {
  /** A time or duration. `stepUs` is the precision to show: "1.250 s", "3.4 ms", "120 µs". */
  time(us: number, stepUs?: number): string;
  /** An operation with its result, for example "write k0 v3" or "read k0 → v2". */
  operation(operation: TraceOperation): string;
  /** A client's value. Null means a deletion and becomes "(deleted)". An empty value becomes "(empty)". */
  value(value: string | null): string;
}

/**
 * Creates the formatter of one history. `axis` is "events" for a history without clocks, whose times are event numbers.
 */
export function createFormat(axis?: Trace["axis"]): Format {
  function time(us: number, stepUs = us === 0 ? 1_000 : Math.abs(us) / 1_000): string {
    if (axis === "events") return `event ${Math.max(0, Math.round(us))}`;
    const digits = (unitUs: number): number =>
      Math.max(0, Math.min(6, Math.ceil(Math.log10(unitUs / Math.max(stepUs, 1)))));
    if (Math.abs(us) >= 1_000_000 || stepUs >= 100_000)
      return `${(us / 1_000_000).toFixed(Math.min(6, digits(1_000_000)))} s`;
    if (Math.abs(us) >= 1_000 || stepUs >= 100)
      return `${(us / 1_000).toFixed(Math.min(3, digits(1_000)))} ms`;
    return `${Math.round(us)} µs`;
  }

  const value = (written: string | null): string =>
    written === null ? "(deleted)" : written === "" ? "(empty)" : written;

  function operation(of: TraceOperation): string {
    const head =
      of.f === "write"
        ? `${of.name ?? "write"} ${of.key} ${value(of.value ?? "")}`
        : `${of.f} ${of.key}`;
    if (of.outcome === "fail") return `${head} ✕ ${of.code ?? ""}`;
    if (of.outcome === "info") return `${head} ? ${of.code ?? ""}`;
    if (of.outcome === "open") return `${head} …`;
    if (of.f !== "read") return head;
    const found = (of.versions ?? []).map((version) => value(version.value)).join(" | ");
    return `${head} → ${found === "" ? "not found" : found}`;
  }

  return { time, operation, value };
}
