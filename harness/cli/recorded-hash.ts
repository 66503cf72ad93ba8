/**
 * Checks whether a history file is still the one that its run wrote. Needs no code for plans, so that `check` starts
 * fast.
 */
import { readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { hashHistoryFile } from "../history-file.ts";

/**
 * A sentence that says why the file is not the one that its run wrote. Null: it is, or no file beside it records a
 * hash.
 */
export function changedSince(file: string): string | null {
  const recorded = recordedHash(file);
  return recorded === null ? null : differenceOf(file, recorded);
}

/** The same check for a given hash. `where` names the file that records it. */
export function differenceOf(
  file: string,
  { hash, where }: { readonly hash: string; readonly where: string },
): string | null {
  const now = hashHistoryFile(file);
  return now === hash
    ? null
    : `${file} was changed after the run: ${where} records the hash ${hash}, the file has ${now}`;
}

/** The hash that the run's campaign.json or replay.json records for a history. */
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
  // In real time each run of a replay has a history of its own, and the recorded hash is that of the last one.
  const isOfAll = replay?.["on"] === "sim" || replay?.["runs"] === 1;
  return isOfAll && typeof replay?.["hash"] === "string"
    ? { hash: replay["hash"], where: join(run, "replay.json") }
    : null;
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(file: string): Fields | null {
  try {
    const value: unknown = JSON.parse(readFileSync(file, "utf8"));
    return isObject(value) ? value : null;
  } catch {
    // A missing, incomplete or unreadable file records no hash.
    return null;
  }
}

const isObject = (value: unknown): value is Fields => typeof value === "object" && value !== null;
