/** The page of a run that still goes on: its progress and findings. The page's script inserts what the server sends. */
import { createHash } from "node:crypto";
import { liveScript } from "../assets.ts";
import type { Campaign } from "../campaign.ts";
import { clip, type Markup, markup, trusted } from "../markup.ts";
import { count, duration, number, share } from "../report-messages.ts";
import { page, runLink } from "./page.ts";
import { brokenOf, type ListedRun } from "./run.ts";

/** The hash of this page's script for the server's Content-Security-Policy. */
export const liveScriptHash = `'sha256-${createHash("sha256").update(liveScript, "utf8").digest("base64")}'`;

/**
 * Renders the page of a run that still goes on.
 *
 * @param isRunning Whether the process of the run is alive.
 */
export const renderLive = (run: ListedRun, isRunning: boolean): string =>
  page(
    `${clip(run.name, 60)}, live`,
    markup`<p class="crumbs"><a href="/">← all runs</a></p><section><h1><bdi>${clip(run.name, 120)}</bdi></h1>
<div id="live" aria-live="polite" data-events="${runLink(run.name, "events")}">${liveView(run, isRunning)}</div></section><script>${trusted(liveScript)}</script>`,
  );

/** The part of the page that changes during the run. */
export function liveView({ name, campaign, problem }: ListedRun, isRunning: boolean): Markup {
  if (campaign === undefined)
    return markup`<p class="headline">No history has ended yet.</p><p class="quiet">${problem ?? ""}</p>`;
  const { histories, asked, operations, faults, elapsedMs } = campaign;
  const failing = histories.filter(({ verdict }) => verdict === "invalid").length;
  const injected = Object.values(faults).reduce((sum, kind) => sum + kind.injected, 0);
  const broken = brokenOf(campaign);
  return markup`<p class="headline">${isRunning ? "Running" : "Ended"}: ${count(histories.length, "history", "histories")} of ${number(asked)}${isRunning && timeLeft(campaign)}.</p>
<p><progress max="${Math.max(asked, 1)}" value="${histories.length}" aria-label="Histories that have ended"></progress></p>
<ul><li>${count(failing, "failing history", "failing histories")}${broken.length > 0 && `: ${clip(broken.join(", "), 300)}`}</li>
<li>${count(operations.total, "operation")}, ${share(operations.ok, operations.total)} succeeded; ${count(injected, "fault")}</li>
<li>${duration(elapsedMs)} so far</li></ul>
<p><a href="${runLink(name)}">${isRunning ? "What there is so far" : "The run"}</a></p>`;
}

/**
 * The remaining time, estimated from the mean of the finished histories. Empty if no estimate is possible or nothing is
 * left.
 */
function timeLeft({ histories, asked, elapsedMs }: Campaign): string {
  const left = asked - histories.length;
  return histories.length === 0 || left <= 0
    ? ""
    : `, about ${duration((elapsedMs / histories.length) * left)} left`;
}
