/** Writes annotations and the job summary on GitHub Actions. */
import { appendFileSync } from "node:fs";
import { type Campaign, renderAnnotations, renderMarkdown } from "../../reports/index.ts";
import type { Output } from "./output.ts";

/**
 * Writes the campaign's annotations and job summary on GitHub Actions. Does nothing elsewhere. `environment` has the
 * environment variables of the process.
 */
export function tellGitHub(
  campaign: Campaign,
  output: Output,
  environment: NodeJS.ProcessEnv,
): void {
  if (environment["GITHUB_ACTIONS"] !== "true") return;
  for (const annotation of renderAnnotations(campaign)) output.say(annotation);
  const summary = environment["GITHUB_STEP_SUMMARY"];
  if (summary === undefined || summary === "") return;
  try {
    appendFileSync(summary, renderMarkdown(campaign));
  } catch (error) {
    // The verdict was printed before, and does not change.
    output.say(
      `The job's summary could not be written: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
}
