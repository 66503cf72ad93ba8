/** Says how each operation ended, in a few words for the steps of a plan. */
import type { FailEvent, HistoryEvent, OkEvent } from "../../checkers/index.ts";

/**
 * Says how each operation of a history ended.
 *
 * @param events A history.
 * @returns The number of each operation → how it ended.
 */
export function outcomeTexts(events: readonly HistoryEvent[]): ReadonlyMap<number, string> {
  const texts = new Map<number, string>();
  const reads = new Set<number>();
  for (const event of events)
    if (event.e === "invoke") {
      texts.set(event.op, "no answer");
      if (event.f === "read") reads.add(event.op);
    } else if (event.e === "ok" || event.e === "fail" || event.e === "info")
      texts.set(event.op, textOf(event, reads.has(event.op)));
  return texts;
}

function textOf(event: OkEvent | FailEvent, isRead: boolean): string {
  switch (event.e) {
    case "ok":
      if (!isRead || event.versions === undefined) return "ok";
      return event.versions.length === 0
        ? "nothing"
        : event.versions.map(({ value }) => value ?? "deleted").join(" and ");
    case "fail":
      return `failed: ${event.code}`;
    case "info":
      return `nobody knows: ${event.code}`;
  }
}
