/** Describes the findings of a campaign with --keep-going. */
import type { Campaign, Finding, HistoryRow } from "./campaign.ts";
import { clip } from "./markup.ts";
import { count } from "./report-messages.ts";

/**
 * The number of findings and failing histories. Undefined if the campaign has no findings, for example because it ended
 * at its first failure.
 */
export function findingsTitle({ findings = [], histories }: Campaign): string | undefined {
  if (findings.length === 0) return undefined;
  const failing = findings.reduce((sum, finding) => sum + finding.histories, 0);
  const known = findings.filter((finding) => finding.known).length;
  return `${count(findings.length, "finding")} in ${failing} failing of ${count(histories.length, "history", "histories")}${known === 0 ? "" : `, ${known} known`}`;
}

/** One finding in one line, without its fingerprint. */
export const findingLine = ({ guarantee, explanation, histories, first, known }: Finding): string =>
  `${known ? "known: " : ""}${guarantee}, ${count(histories, "history", "histories")}, first ${first}: ${clip(explanation, 400)}`;

/** The largest number of findings that summary.md and the terminal list. campaign.json lists all findings. */
export const findingsListed = 10;

/** The finding to which a failing history belongs. */
export function findingOf(
  { findings = [], likenesses = [] }: Campaign,
  { likeness }: HistoryRow,
): Finding | undefined {
  const alike = likeness === undefined ? undefined : likenesses[likeness];
  if (alike === undefined) return undefined;
  const fingerprint = alike.smallest?.fingerprint ?? alike.shape;
  return findings.find((finding) => finding.fingerprint === fingerprint);
}
