/** What a hunt tells a person as it goes. */
import { whoSweeps } from "../../reports/index.ts";
import type { HuntRow } from "./hunt.ts";

/** Of each bug how it was found, below it the causes, and last the command that replays it. Who the sweeper is, is said of the first that names it. */
export function huntTeller(): (row: HuntRow) => string {
  let told = false;
  return ({ bug, found, histories, seconds, guarantee, explanation, because, replay }) => {
    if (!found) return `${bug}: missed in ${histories} histories`;
    const swept = told ? [] : whoSweeps([explanation ?? ""]);
    told ||= swept.length > 0;
    return [`${bug}: found through ${guarantee ?? "?"} in history ${histories}, ${seconds} s: ${explanation ?? ""}`, ...swept.map((text) => `(${text})`), ...because, ...(replay === null ? [] : [`replay  ${replay}`])].join("\n    ");
  };
}
