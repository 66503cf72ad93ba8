/** Findings about single operations, and how to combine them. */
import { named } from "../messages/operation-messages.ts";
import type { Operation } from "../columnar/operation.ts";

/** What the evidence shows about one operation. */
export type Finding =
  | { readonly finding: "held" }
  | {
      readonly finding: "broken";
      readonly explanation: string;
      readonly because: readonly string[];
    }
  /** Evidence is missing, so that neither can be shown. */
  | { readonly finding: "unknown"; readonly reason: string };

export const unknown = (operation: Operation, reason: string): Finding => ({
  finding: "unknown",
  reason: `${named(operation)}: ${reason}`,
});

/** Broken if one finding is broken. Held if all are held. */
export function allHold(findings: readonly Finding[]): Finding {
  let doubt: Finding | null = null;
  for (const finding of findings) {
    if (finding.finding === "broken") return finding;
    if (finding.finding === "unknown") doubt ??= finding;
  }
  return doubt ?? { finding: "held" };
}

/** Held if the operation is held under one of the rings that its coordinator used. */
export const holdsByOne = (operation: Operation, findings: readonly Finding[]): Finding =>
  findings.find(({ finding }) => finding === "held") ??
  findings.find(({ finding }) => finding === "unknown") ??
  findings.at(-1) ??
  unknown(operation, "the ring of its coordinator is not known");
