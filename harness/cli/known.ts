/** The file of known fingerprints: anomalies that must not fail a pipeline, one a line. */
import type { Campaign } from "../../reports/index.ts";
import { readText } from "../files.ts";
import { usage } from "./exit.ts";

/**
 * Reads the fingerprints of a file and removes duplicates. Lines that are empty or begin with # are ignored. Throws
 * UsageError if the file cannot be read or contains any other line.
 */
export function readKnown(file: string): readonly string[] {
  const lines = linesOf(file);
  const wrong = lines.find((line) => !/^[^:\s]+: \S.*$/.test(line));
  if (wrong === undefined) return [...new Set(lines)];
  throw usage({
    code: "bad-fingerprint",
    expected:
      "fingerprints in the file of --known, one a line, such as: durable: write(n1 k1); kill",
    got: `${JSON.stringify(wrong.slice(0, 100))} in ${file}`,
    hint: "Copy a fingerprint that a run prints; comments begin with #",
  });
}

function linesOf(file: string): readonly string[] {
  try {
    return readText(file)
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter((line) => line !== "" && !line.startsWith("#"));
  } catch (error) {
    throw usage({
      code: "unreadable",
      expected: "a readable file of known fingerprints",
      got: `${file}: ${error instanceof Error ? error.message : String(error)}`,
      hint: "Create the file or make it readable, or leave --known out",
    });
  }
}

/**
 * The known fingerprints that no failure of this campaign has. Empty for a campaign without --keep-going, and for one
 * of several shards, which do not see each other's failures.
 */
export function notSeen({ known = [], findings = [], part }: Campaign): readonly string[] {
  if (part === undefined || part.shard.of > 1) return [];
  const seen = new Set(findings.map(({ fingerprint }) => fingerprint));
  return known.filter((fingerprint) => !seen.has(fingerprint));
}
