/**
 * One progress line on stderr. A terminal shows it in place of the last line; elsewhere a new line is printed every ten
 * seconds.
 */
import { count } from "../../reports/index.ts";
import type { CampaignProgress } from "../campaign/index.ts";

export interface ProgressLine {
  update(now: CampaignProgress): void;
  /** Clears the line and ends its updates, so that other output can follow. A later `update` begins again. */
  clear(): void;
}

export function createProgressLine(stream: NodeJS.WriteStream): ProgressLine {
  const startedMs = Date.now();
  const everyMs = stream.isTTY ? 100 : 10_000;
  let shownMs = startedMs;
  let last: CampaignProgress | null = null;
  let timer: NodeJS.Timeout | undefined;
  const show = (): void => {
    const nowMs = Date.now();
    if (last === null || nowMs - shownMs < everyMs) return;
    shownMs = nowMs;
    const line = lineOf(last, (nowMs - startedMs) / 1000);
    stream.write(
      stream.isTTY
        ? `\r\u001b[2K${line.slice(0, (stream.columns || 80) - 1)}`
        : `${line.slice(0, 80)}\n`,
    );
  };
  return {
    update(now) {
      last = now;
      // A single step, such as one try while shrinking, may take long.
      timer ??= setInterval(show, 1000).unref();
      show();
    },
    clear() {
      clearInterval(timer);
      timer = undefined;
      if (stream.isTTY) stream.write("\r\u001b[2K");
    },
  };
}

/**
 * Says what the campaign does now, how far it is, and how long it will take. The least important part comes last, where
 * a narrow terminal cuts it off.
 */
export function lineOf(now: CampaignProgress, elapsedS: number): string {
  const time = `${elapsedS.toFixed(0)} s`;
  if (now.stage === "shrinking")
    return `shrinking: ${count(now.tries ?? 0, "try", "tries")}, ${time}; smallest: ${now.smallest ?? "the whole"}`;
  const ofTime = (1000 * elapsedS) / (now.timeLimitMs ?? Infinity);
  const done = Math.min(1, Math.max(now.histories / Math.max(1, now.asked), ofTime));
  const left = done > 0 ? `, ${((elapsedS * (1 - done)) / done).toFixed(0)} s left` : "";
  const inside =
    now.inside === undefined
      ? ""
      : `; this one: ${now.inside.completed} of ${count(now.inside.operations, "operation")}`;
  const asked = Number.isFinite(now.asked) ? ` of ${now.asked}` : "";
  return `history ${now.histories}${asked}, ${(100 * done).toFixed(0)} %, ${time}${left}${inside}`;
}
