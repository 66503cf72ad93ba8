/** What a hunt tells a person as it goes. */
import { whoSweeps } from "../../reports/index.ts";
import type { HuntRow } from "./hunt.ts";

/** Of each bug, of at most `max` histories, how it was found, and below it the causes. Who the sweeper is, is said of the first that names it. */
export function huntTeller(max: number): (row: HuntRow) => string {
  let told = false;
  return ({ bug, found, histories, seconds, guarantee, explanation, because }) => {
    if (!found) return histories < max ? `${bug}: not found in ${histories} histories, when it was stopped` : `${bug}: missed in ${histories} histories`;
    const swept = told ? [] : whoSweeps([explanation ?? ""]);
    told ||= swept.length > 0;
    return [`${bug}: found through ${guarantee ?? "?"} in history ${histories}, ${seconds} s: ${explanation ?? ""}`, ...swept.map((text) => `(${text})`), ...because].join("\n    ");
  };
}
