/** What the evidence shows about single operations, and how several such findings are combined. */
import { named } from "../messages/operation-messages.ts";
import type { Operation } from "../columnar/operation.ts";

/** What the evidence shows about one operation: the guarantee held, was broken, or neither can be shown. */
export type Finding =
  | { readonly finding: "held" }
  | {
      readonly finding: "broken";
      readonly explanation: string;
      readonly because: readonly string[];
    }
  /** Evidence is missing, so that neither `held` nor `broken` can be shown. */
  | { readonly finding: "unknown"; readonly reason: string };

export const unknown = (operation: Operation, reason: string): Finding => ({
  finding: "unknown",
  reason: `${named(operation)}: ${reason}`,
});

/** Broken if one of the findings is broken, otherwise unknown if one is unknown, otherwise held. */
export function allHold(findings: readonly Finding[]): Finding {
  let doubt: Finding | null = null;
  for (const finding of findings) {
    if (finding.finding === "broken") return finding;
    if (finding.finding === "unknown") doubt ??= finding;
  }
  return doubt ?? { finding: "held" };
}

/**
 * Held if one of the findings is held, each for one ring that the coordinator used. Otherwise unknown if one is
 * unknown, otherwise broken.
 */
export const holdsByOne = (operation: Operation, findings: readonly Finding[]): Finding =>
  findings.find(({ finding }) => finding === "held") ??
  findings.find(({ finding }) => finding === "unknown") ??
  findings.at(-1) ??
  unknown(operation, "the ring of the coordinator is not known");
