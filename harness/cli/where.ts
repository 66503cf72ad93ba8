/** Finds the platform on which a plan ran, from the files beside the plan. */
import { closeSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { readFoundFile, refuseDevice } from "../files.ts";

/**
 * Reads the platform from the first line of the history in the plan's folder, else from the campaign.json in that
 * folder or up to two levels above. Undefined if none of them names a platform. Never throws: code that needs these
 * files reports their errors itself.
 */
export function whereItRan(folder: string): string | undefined {
  return (
    onOf(() => firstLine(join(folder, "history.jsonl"))) ??
    ["", "..", "../.."]
      .map((above) => onOf(() => readFoundFile(join(folder, above, "campaign.json"))))
      .find((on) => on !== undefined)
  );
}

/**
 * Whether an earlier version of quorate wrote the history. Its bytes, and so its hash, differ from what this version
 * writes.
 */
export function isOfFormerFormat(historyFile: string): boolean {
  return firstLine(historyFile).includes('"format":"quorate-history/1"');
}

function onOf(read: () => string): string | undefined {
  try {
    const value: unknown = JSON.parse(read());
    if (typeof value !== "object" || value === null || !("on" in value)) return undefined;
    return typeof value.on === "string" ? value.on : undefined;
  } catch {
    // A missing or damaged file names no platform.
    return undefined;
  }
}

function firstLine(file: string): string {
  refuseDevice(file);
  const descriptor = openSync(file, "r");
  try {
    const beginning = Buffer.alloc(longestHeader);
    return beginning.toString("utf8", 0, readSync(descriptor, beginning)).split("\n", 1)[0] ?? "";
  } finally {
    closeSync(descriptor);
  }
}

const longestHeader = 1 << 20;
