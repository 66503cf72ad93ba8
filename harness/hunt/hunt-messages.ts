/** What a hunt prints while it runs. */
import { count, whatFinalPhaseIs } from "../../reports/index.ts";
import { huntable, unseenBecause } from "./plans.ts";
import type { HuntRow } from "./hunt.ts";

/**
 * Returns a function that says whether and how a bug was found, its causes, and the command that replays it. The first
 * text that mentions the final phase also explains it.
 */
export function huntTeller(max: number, evidence: boolean): (row: HuntRow) => string {
  let told = false;
  return ({ bug, found, histories, seconds, guarantee, explanation, because, replay }) => {
    const ran = count(histories, "history", "histories");
    if (!found && histories < max) return `${bug}: not found in ${ran}, when the hunt was stopped`;
    if (!found) return `${bug}: ${missed(bug, evidence, `missed in ${ran}`)}`;
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

/** If the hunt had no evidence and only evidence shows the bug, adds to `what` that the hunt had no chance, and why. */
export function missed(bug: string, evidence: boolean, what: string): string {
  const because = evidence ? null : unseenBecause(bug);
  return because === null
    ? what
    : `${what} without the Host's evidence (--no-evidence): ${because}`;
}

/** Returns one line for each bug that a hunt for all bugs leaves out because it has no evidence. */
export function leftOut(asked: readonly string[], evidence: boolean): readonly string[] {
  if (evidence || asked.length > 0) return [];
  return huntable(true).flatMap((bug) => {
    const because = unseenBecause(bug);
    return because === null ? [] : [`${bug}: not hunted without the Host's evidence: ${because}`];
  });
}
