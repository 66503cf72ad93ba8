/** What a hunt tells a person as it goes. */
import { count, whatFinalPhaseIs } from "../../reports/index.ts";
import { huntable, unseenBecause } from "./plans.ts";
import type { HuntRow } from "./hunt.ts";

/**
 * Of each bug, of at most `max` histories, how it was found, below it the causes, and last the command that replays it.
 * The first sentence that names the final phase is followed by what that is.
 */
export function huntTeller(max: number, evidence: boolean): (row: HuntRow) => string {
  let told = false;
  return ({ bug, found, histories, seconds, guarantee, explanation, because, replay }) => {
    const ran = count(histories, "history", "histories");
    if (!found && histories < max) return `${bug}: not found in ${ran}, when it was stopped`;
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

/** Adds to `what` why the hunt had no chance where it ran without the Host's evidence, which alone shows the bug. */
export function missed(bug: string, evidence: boolean, what: string): string {
  const because = evidence ? null : unseenBecause(bug);
  return because === null
    ? what
    : `${what} without the Host's evidence (--no-evidence): ${because}`;
}

/** The bugs that a hunt for all leaves out where it runs without the Host's evidence, a line each. */
export function leftOut(asked: readonly string[], evidence: boolean): readonly string[] {
  if (evidence || asked.length > 0) return [];
  return huntable(true).flatMap((bug) => {
    const because = unseenBecause(bug);
    return because === null ? [] : [`${bug}: not hunted without the Host's evidence: ${because}`];
  });
}
