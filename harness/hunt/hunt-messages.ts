/** What a hunt tells a person as it goes. */
import type { GuaranteeName } from "../../checkers/index.ts";
import { count, whatFinalPhaseIs } from "../../reports/index.ts";
import { needsEvidence } from "../run/index.ts";
import type { HuntRow } from "./hunt.ts";

/**
 * Of each bug, of at most `max` histories, how it was found, below it the causes, and last the command that replays it.
 * The first sentence that names the final phase is followed by what that is.
 */
export function huntTeller(max: number, evidence: boolean): (row: HuntRow) => string {
  let told = false;
  return ({ bug, breaks, found, histories, seconds, guarantee, explanation, because, replay }) => {
    const ran = count(histories, "history", "histories");
    if (!found && histories < max) return `${bug}: not found in ${ran}, when it was stopped`;
    if (!found) return `${bug}: ${missed(breaks, evidence, `missed in ${ran}`)}`;
    const swept = told ? [] : whatFinalPhaseIs([explanation ?? ""]);
    told ||= swept.length > 0;
    return [
      `${bug}: found through ${guarantee ?? "?"} in history ${histories}, ${seconds} s: ${explanation ?? ""}`,
      ...swept.map((text) => `(${text})`),
      ...because,
      ...(replay === null ? [] : [`replay  ${replay}`]),
    ].join("\n    ");
  };
}

/**
 * Adds to `what` that the hunt had no chance: all guarantees that the bug breaks need the Host's evidence, and the hunt
 * ran without it.
 */
export function missed(breaks: readonly GuaranteeName[], evidence: boolean, what: string): string {
  if (evidence || !breaks.every((name) => needsEvidence.has(name))) return what;
  return `${what}: ${breaks.join(", ")} ${breaks.length === 1 ? "needs" : "need"} the Host's evidence, which --no-evidence leaves out`;
}
