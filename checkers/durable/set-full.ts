/**
 * Computes the fate of an element, as in Jepsen's set-full. An element is known from its first acknowledgement or from
 * the first read that shows it; if it never is, its fate is `unknown`. A read that does not show the element counts
 * only if it began after that. The element is `lost` if such a read began after every read that shows the element.
 * Otherwise it is `never-read` if no read shows it, else `stable`. A stable element was stale from when it was known
 * until the start of the latest read that missed it. All times have one unit, and reads are ordered by their start.
 */
import { quantiles } from "../numbers/quantiles.ts";
import type { Measurement } from "../language/verdict.ts";

export interface ElementReads {
  /** When the element became known. Infinity: it never did. */
  readonly known: number;
  /** The start of the latest read that shows the element. −Infinity: no read shows it. */
  readonly lastPresent: number;
  /** The start of the latest read that does not show the element. −Infinity: there is no such read. */
  readonly lastAbsent: number;
}

export type ElementFate =
  | { readonly fate: "lost" | "never-read" | "unknown" }
  /**
   * `staleFor` is the time from when the element was known to the start of the latest read that missed it. 0: no later
   * read missed the element.
   */
  | { readonly fate: "stable"; readonly staleFor: number };

export function fateOf({ known, lastPresent, lastAbsent }: ElementReads): ElementFate {
  if (known === Infinity) return { fate: "unknown" };
  const isMissed = lastAbsent > known;
  if (isMissed && lastAbsent > lastPresent) return { fate: "lost" };
  if (lastPresent === -Infinity) return { fate: "never-read" };
  return { fate: "stable", staleFor: isMissed ? lastAbsent - known : 0 };
}

/**
 * The number of elements with each fate, and quantiles of how long the stable elements were stale. `unit.name` is the
 * suffix of the figure's name, and all times are divided by `unit.per`.
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
