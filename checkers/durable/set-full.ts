/**
 * The fate of each element, as in Jepsen's set-full. An element is known from its first acknowledgement, or the first
 * read that shows it. Among the reads that began later: an element is `lost` if the last ones do not show it, and
 * `stable` if they do. A stable element was stale from when it was known until the start of the latest read that did
 * not show it. Times have any one unit, and reads are ordered by their start.
 */
import { quantiles } from "../numbers/quantiles.ts";
import type { Measurement } from "../language/verdict.ts";

export interface ElementReads {
  /** When the element became known. Infinity: never. */
  readonly known: number;
  /** The start of the latest read that shows it. −Infinity: none. */
  readonly lastPresent: number;
  /** The start of the latest read that does not show it. */
  readonly lastAbsent: number;
}

export type ElementFate =
  | { readonly fate: "lost" | "never-read" | "unknown" }
  /** `staleFor` is 0 if no read that began after the element was known missed it. */
  | { readonly fate: "stable"; readonly staleFor: number };

export function fateOf({ known, lastPresent, lastAbsent }: ElementReads): ElementFate {
  if (known === Infinity) return { fate: "unknown" };
  const isMissed = lastAbsent > known;
  if (isMissed && lastAbsent > lastPresent) return { fate: "lost" };
  if (lastPresent === -Infinity) return { fate: "never-read" };
  return { fate: "stable", staleFor: isMissed ? lastAbsent - known : 0 };
}

/**
 * The number of elements with each fate. For stable ones also quantiles of how long they were stale. `unit.name` is the
 * suffix of these figures' names, and times are divided by `unit.per`.
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
