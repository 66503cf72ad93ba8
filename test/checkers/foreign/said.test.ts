/**
 * Tests what `check` says about small histories. All its texts are in one file, so that people can review them:
 * test/fixtures/foreign-verdicts.md.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { HistoryError, judgeForeign, readForeign } from "../../../checkers/index.ts";
import type { ForeignQuestion } from "../../../checkers/index.ts";
import { done, line } from "./support.ts";

const file = join(import.meta.dirname, "../../fixtures/foreign-verdicts.md");
/** For each section of the file: its name, its history and the judgement. */
const sections = readFileSync(file, "utf8")
  .split("\n## ")
  .slice(1)
  .map((section) => section.trim().split("\n\n"));

/** The events for one line of a section, such as `0 add 1`, `1 read nil -> [1]` or `2 invoke read nil`. */
function eventsOf(words: string): string {
  const event = /^(\d+) (invoke|ok|fail|info) (\S+) (.*)$/.exec(words);
  if (event !== null) {
    const [, process, type = "", f = "", value = ""] = event;
    return line(Number(process), type, f, value);
  }
  const [, process, f = "", asked = "", answered = asked] =
    /^(\d+) (\S+) (.*?)(?: -> (.*))?$/.exec(words) ?? [];
  return done(f, asked, answered, Number(process));
}

/**
 * The model, guarantee and initial value in the first line of a history, such as `model set, guarantee linearizable`.
 * Undefined if the line names none of them.
 */
function questionOf(first: string): ForeignQuestion | undefined {
  const given = first.split(", ").map((part) => /^(model|guarantee|initial) (.*)$/.exec(part));
  return given.includes(null)
    ? undefined
    : (Object.fromEntries(given.map((match) => match?.slice(1) ?? [])) as ForeignQuestion);
}

function saidOf(history: string): string {
  const lines = history.split("\n");
  const question = questionOf(lines[0] ?? "");
  const text = (question === undefined ? lines : lines.slice(1)).map(eventsOf).join("");
  try {
    const { model, guarantee, initial, keyCount, judgement } = judgeForeign(
      readForeign(text),
      question,
    );
    const { verdict, reason, anomalies, notes, measurements, judged } = judgement;
    return [
      `${verdict}, ${model ?? "no model"}, ${guarantee ?? "no guarantee"}, initial ${initial ?? "none"}, ${keyCount} keys, ${judged} judged`,
      ...(reason === undefined ? [] : [`because ${reason}`]),
      ...anomalies.map(
        ({ guarantee: broken, explanation, operations, key, cycle, part }) =>
          `- ${explanation} (${broken}; operations ${operations.join(", ")}${part === undefined ? "" : `; smallest part ${part.join(", ")}`}${key === undefined ? "" : `; key ${key}`})${cycle === undefined ? "" : ` ${cycle.join(" | ")}`}`,
      ),
      ...notes.map((note) => `- note: ${note}`),
      ...(Object.keys(measurements).length === 0
        ? []
        : [`measured ${JSON.stringify(measurements)}`]),
    ].join("\n");
  } catch (error) {
    if (!(error instanceof HistoryError)) throw error;
    return `refused: ${error.code}, ${error.message}`;
  }
}

describe("what is said of a small history", () => {
  test.each(sections.map(([name = "", history = "", said = ""]) => [name, history, said]))(
    "%s",
    (_, history, said) => {
      expect(saidOf(history)).toBe(said);
    },
  );
});
