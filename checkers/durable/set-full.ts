/**
 * What became of each element, as Jepsen's set-full has it. An element is known from its first acknowledgement, or the
 * first read that shows it. Of the reads that began after that: `lost` is an element that the last ones do not show;
 * `stable` one that the last ones show, and stale before that for as long as reads that began did not show it. Times
 * are of any one unit; reads are ordered by their start.
 */
import { quantiles } from "../numbers/quantiles.ts";
import type { Measurement } from "../language/verdict.ts";

export interface ElementReads {
  /** Infinity: never. */
  readonly known: number;
  /** The start of the latest read that shows it, −Infinity: none does. */
  readonly lastPresent: number;
  /** The start of the latest read that does not. */
  readonly lastAbsent: number;
}

export type ElementFate =
  | { readonly fate: "lost" | "never-read" | "unknown" }
  /** 0: it was never absent once it was known. */
  | { readonly fate: "stable"; readonly staleFor: number };

export function fateOf({ known, lastPresent, lastAbsent }: ElementReads): ElementFate {
  if (known === Infinity) return { fate: "unknown" };
  const isMissed = lastAbsent > known;
  if (isMissed && lastAbsent > lastPresent) return { fate: "lost" };
  if (lastPresent === -Infinity) return { fate: "never-read" };
  return { fate: "stable", staleFor: isMissed ? lastAbsent - known : 0 };
}

/**
 * How many elements met which fate; for those that are stable, quantiles of how long they were stale. `unit` ends the
 * name of those figures.
 */
export function fatesTogether(
  fates: readonly ElementFate[],
  unit: { readonly name: string; readonly per: number },
): Readonly<Record<string, Measurement>> {
  const latencies = fates.flatMap((one) =>
    one.fate === "stable" ? [one.staleFor / unit.per] : [],
  );
  const count = (fate: ElementFate["fate"]): number =>
    fates.filter((one) => one.fate === fate).length;
  return {
    elements: {
      tried: fates.length,
      known: fates.length - count("unknown"),
      stable: latencies.length,
      stale: latencies.filter((latency) => latency > 0).length,
      lost: count("lost"),
      neverRead: count("never-read"),
    },
    [`stableLatency${unit.name}`]: quantiles(latencies),
  };
}
