/**
 * Says which mutants a measurement leaves out. The runner reports these as run-time errors, which are no part of
 * Stryker's score.
 *
 * QUORATE_MUTANTS_SAMPLE, for example `7:5`, keeps only about 5 % of the mutants, which the seed 7 chooses.
 * `equivalent.json` lists mutants that somebody has read and shown to be equivalent: no history is judged differently.
 * The list names a mutant by the text of its line and not by the line's number, so that a mutant counts again once its
 * line changes.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));

/** @type {readonly { file: string; line: string; from: string; to: string; why: string }[]} */
const equivalent = JSON.parse(readFileSync(join(here, "equivalent.json"), "utf8"));

/**
 * Why a mutant is left out. Undefined: it is not.
 *
 * @param mutant The mutant as Stryker gives it to runners: its lines and columns count from 0.
 * @returns {string | undefined}
 */
export function whyLeftOut(mutant) {
  const { fileName, mutatorName, replacement, location } = mutant;
  const { start, end } = location;
  const file = fileName.slice(fileName.lastIndexOf("checkers/"));
  const place = [file, start.line, start.column, end.line, end.column, mutatorName, replacement];
  if (!isInSample(place.join(" "))) return "not in the sample";
  const { line, from, to } = textOf(mutant);
  const listed = equivalent.find(
    (one) => one.file === file && one.line === line && one.from === from && one.to === to,
  );
  return listed === undefined ? undefined : `equivalent: ${listed.why}`;
}

/** The mutant as text: its file, the line where it begins, what it replaces in that line, and by what. */
export function textOf({ fileName, replacement, location: { start, end } }) {
  const file = fileName.slice(fileName.lastIndexOf("checkers/"));
  const line = linesOf(file)[start.line] ?? "";
  const from =
    start.line === end.line ? line.slice(start.column, end.column) : line.slice(start.column);
  return { file, line: line.trim(), from: from.trim(), to: replacement.replaceAll(/\s+/g, " ") };
}

/** The lines of each source file that was read. The files themselves contain no mutants. */
const sources = new Map();
function linesOf(file) {
  let lines = sources.get(file);
  if (lines === undefined)
    sources.set(file, (lines = readFileSync(join(here, "../..", file), "utf8").split("\n")));
  return lines;
}

function isInSample(name) {
  const [seed, percent] = (process.env["QUORATE_MUTANTS_SAMPLE"] ?? "0:100").split(":");
  const drawn = createHash("sha256").update(`${seed} ${name}`).digest().readUInt32BE();
  return drawn < (Number(percent) / 100) * 2 ** 32;
}
