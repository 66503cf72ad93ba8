/** Formats times, operations and values for people. */
import type { Trace, TraceOperation } from "../trace/trace-shape.ts";

/**
 * A time of a history as text: "12.4 ms". Times below 0.1 ms have two or three decimals, so that only 0 looks like 0.
 * The checkers' sentences format times in the same way.
 */
export function milliseconds(us: number): string {
  if (us === 0) return "0 ms";
  const decimals = Math.abs(us) >= 100 ? 1 : Math.abs(us) >= 10 ? 2 : 3;
  return `${(us / 1_000).toFixed(decimals)} ms`;
}

/** Makes a function that formats times of the history for an axis that ends at `endUs`. */
export function timeUpTo(endUs: number): (us: number) => string {
  const format = createFormat();
  return (us) => format.time(us, endUs / 100);
}

export interface Format {
  /**
   * A time or duration in milliseconds, the one unit of a history's times. `stepUs` is the precision to show: "3.412
   * ms" for 1, "3 ms" for 1,000. Absent: as `milliseconds` rounds.
   */
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
  function time(us: number, stepUs?: number): string {
    if (axis === "events") return `event ${Math.max(0, Math.round(us))}`;
    if (stepUs === undefined) return milliseconds(us);
    const decimals = Math.ceil(Math.log10(1_000 / Math.max(stepUs, 1)));
    return `${(us / 1_000).toFixed(Math.max(0, Math.min(3, decimals)))} ms`;
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
