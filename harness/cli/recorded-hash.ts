/**
 * Checks whether a history file was changed after its run. This module needs no code for plans, so that `check` starts
 * fast.
 */
import { basename, dirname, join, resolve } from "node:path";
import { readFoundFile } from "../files.ts";
import { hashHistoryFile } from "../history-file.ts";

/**
 * A sentence that says that the file was changed after its run. Null if it was not changed, or if no file of the run
 * records its hash.
 */
export function changedSince(file: string): string | null {
  const recorded = recordedHash(file);
  return recorded === null ? null : differenceOf(file, recorded);
}

/**
 * A sentence that says that the file no longer has the hash `hash`. Null if it has. `where` names the file that records
 * the hash.
 */
export function differenceOf(
  file: string,
  { hash, where }: { readonly hash: string; readonly where: string },
): string | null {
  const now = hashHistoryFile(file);
  return now === hash
    ? null
    : `${file} was changed after the run: ${where} records the hash ${hash}, the file has ${now}`;
}

/**
 * The hash that the run's campaign.json or replay.json records for a history file. Null if neither file records one for
 * this history.
 */
function recordedHash(file: string): { readonly hash: string; readonly where: string } | null {
  const folder = dirname(resolve(file));
  const run = dirname(dirname(folder));
  if (basename(file) !== "history.jsonl" || basename(dirname(folder)) !== "histories") return null;
  const campaign = fieldsOf(join(run, "campaign.json"));
  const rows = Array.isArray(campaign?.["histories"]) ? campaign["histories"] : [];
  for (const row of rows as readonly unknown[])
    if (
      isObject(row) &&
      typeof row["folder"] === "string" &&
      typeof row["hash"] === "string" &&
      join(run, row["folder"]) === folder
    )
      return { hash: row["hash"], where: join(run, "campaign.json") };
  const replay = fieldsOf(join(run, "replay.json"));
  // In real time each attempt of a replay has another history, and the file records the hash of the last attempt only.
  const isOfAll = replay?.["on"] === "sim" || replay?.["runs"] === 1;
  return isOfAll && typeof replay?.["hash"] === "string"
    ? { hash: replay["hash"], where: join(run, "replay.json") }
    : null;
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(file: string): Fields | null {
  try {
    const value: unknown = JSON.parse(readFoundFile(file));
    return isObject(value) ? value : null;
  } catch {
    // A missing, incomplete or unreadable file records no hash.
    return null;
  }
}

const isObject = (value: unknown): value is Fields => typeof value === "object" && value !== null;
