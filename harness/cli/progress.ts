/** One live line on stderr: rewritten in a terminal, a line every few seconds elsewhere. */
import { count } from "../../reports/index.ts";
import type { CampaignProgress } from "../campaign/index.ts";

export interface ProgressLine {
  update(now: CampaignProgress): void;
  /** Clears the line before something else is printed. */
  clear(): void;
}

export function createProgressLine(stream: NodeJS.WriteStream): ProgressLine {
  const startedMs = Date.now();
  const everyMs = stream.isTTY ? 100 : 10_000;
  let shownMs = startedMs;
  return {
    update(now) {
      const nowMs = Date.now();
      if (nowMs - shownMs < everyMs) return;
      shownMs = nowMs;
      const line = lineOf(now, (nowMs - startedMs) / 1000);
      stream.write(
        stream.isTTY ? `\r\u001b[2K${line.slice(0, (stream.columns || 80) - 1)}` : `${line}\n`,
      );
    },
    clear() {
      if (stream.isTTY) stream.write("\r\u001b[2K");
    },
  };
}

function lineOf(now: CampaignProgress, elapsedS: number): string {
  const time = `${elapsedS.toFixed(0)} s`;
  if (now.stage === "shrinking")
    return `shrinking: ${count(now.tries ?? 0, "try", "tries")}, smallest so far ${now.smallest ?? "the whole"} · ${time}`;
  const inside =
    now.inside === undefined
      ? ""
      : ` · this one ${(now.inside.elapsedMs / 1000).toFixed(0)} s, ${now.inside.completed}/${count(now.inside.operations, "operation")}, ${count(now.inside.faults, "fault")} active`;
  // A campaign that fills its time has no number to reach.
  const of = now.asked >= 1_000_000 ? "" : `/${now.asked}`;
  return `history ${now.histories}${of} · ${count(now.operations, "operation")} · ${count(now.faults, "fault")} · ${time}${inside}`;
}
