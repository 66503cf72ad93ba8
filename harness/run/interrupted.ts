import type { HistoryEvent } from "../../checkers/index.ts";

/** The reason of a history that ended early because the user stopped the command. */
export const interrupted = "interrupted";

/** Whether the user stopped the command before this history was complete. */
export function wasInterrupted(events: readonly HistoryEvent[]): boolean {
  const end = events.at(-1);
  return end?.e === "end" && end.reason === interrupted;
}
