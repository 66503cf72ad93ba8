/** Workflow commands of GitHub Actions, which show failures on the job's page. */
import type { Campaign } from "./campaign.ts";
import { findingLine } from "./findings.ts";
import { clip } from "./markup.ts";
import { headline, sentence, tellingAnomalies } from "./report-messages.ts";

/** The largest number of annotations of one level that GitHub shows for each step. */
const annotationsAtMost = 10;

/**
 * Returns the workflow commands for GitHub. For an invalid verdict: an error for each finding (a notice for a known
 * one) or, in a campaign without findings, for each anomaly, at most `annotationsAtMost` in all; before them one for a
 * node's error that ended the run. Without any of them, one error with the headline. For an unknown verdict a warning, and for a valid verdict a notice.
 */
export function renderAnnotations(campaign: Campaign): readonly string[] {
  switch (campaign.verdict) {
    case "valid":
      return [command("notice", "quorate: valid", sentence(headline(campaign)))];
    case "unknown":
      return [
        command(
          "warning",
          "quorate: unknown",
          `${sentence(headline(campaign))}\n${runAgain(campaign)}`,
        ),
      ];
    case "invalid": {
      const { nodeFault } = campaign;
      const own =
        nodeFault === undefined
          ? []
          : [
              command(
                "error",
                "quorate: a node is at fault",
                `${sentence(clip(nodeFault, 2_000))}\n${runAgain(campaign)}`,
              ),
            ];
      if (campaign.findings !== undefined)
        return [
          ...own,
          ...campaign.findings
            .slice(0, annotationsAtMost - own.length)
            .map((finding) =>
              command(
                finding.known ? "notice" : "error",
                `quorate: ${finding.guarantee} is broken${finding.known ? ", as known" : ""}`,
                `${sentence(findingLine(finding))}\n${finding.fingerprint}\n${runAgain({ ...campaign, ...finding })}`,
              ),
            ),
        ];
      const broken = tellingAnomalies(campaign)
        .slice(0, annotationsAtMost - own.length)
        .map(({ anomaly: { guarantee, explanation } }) =>
          command(
            "error",
            `quorate: ${guarantee} is broken`,
            `${sentence(clip(explanation, 600))}\n${runAgain(campaign)}`,
          ),
        );
      return own.length + broken.length > 0
        ? [...own, ...broken]
        : [command("error", "quorate: invalid", sentence(headline(campaign)))];
    }
  }
}

/**
 * Says how to replay the failure and how to find it again. The command that contains the plan is preferred, since a
 * path is useless once the job's machine is gone.
 */
const runAgain = ({
  replay,
  replayAnywhere,
  again,
  command: asked,
}: Pick<Campaign, "replay" | "replayAnywhere" | "again" | "command">): string =>
  `Replay: ${replayAnywhere ?? replay}\nFind it again: ${again ?? asked}`;

/**
 * Makes a workflow command. Line ends and the characters of the command syntax are escaped, so that nothing in a
 * history can start a command.
 */
function command(kind: "error" | "warning" | "notice", title: string, message: string): string {
  const data = (text: string): string =>
    clip(text.replace(/\r\n?/g, "\n"), 4_000).replace(/%/g, "%25").replace(/\n/g, "%0A");
  return `::${kind} title=${data(title).replace(/:/g, "%3A").replace(/,/g, "%2C")}::${data(message)}`;
}
