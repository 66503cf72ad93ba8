/** Generates the text of docs/store-mutants.md. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../../harness/paths.ts";
import { mixInWords } from "./histories.ts";
import type { Mutant } from "./mutants.ts";
import type { Answer } from "./worker.ts";

export interface Result extends Mutant {
  readonly fate: Answer["fate"];
  /** The number of histories that reach the changed code. */
  readonly reachedBy: number;
  readonly seconds: number;
}

/**
 * Why a mutant survived. Mutants with a reason of the kind `same`, `speed` or `words` do not count, since no history
 * can show them.
 */
interface Reason {
  readonly kind: "same" | "speed" | "words" | "missed";
  readonly file: string;
  /** The text of the changed line. It identifies the line even if the file changes elsewhere. */
  readonly text: string;
  readonly was: string;
  readonly becomes: string;
  readonly why: string;
}

const reasonsFile = "test/mutation/store/reasons.json";

const kinds = {
  same: "changes nothing that a node does",
  speed: "changes only how fast",
  words: "changes only words",
} as const;

export interface About {
  readonly seed: number;
  readonly histories: number;
  /** All mutants in the files of which the histories execute some code. */
  readonly candidates: readonly Mutant[];
  readonly files: readonly string[];
  readonly commit: string;
}

export function table(results: readonly Result[], about: About): string {
  const reasons = JSON.parse(
    readFileSync(join(packageRoot, reasonsFile), "utf8"),
  ) as readonly Reason[];
  const judged = results.map((result) => ({ result, reason: reasonOf(result, reasons) }));
  const isCounted = ({ result: { fate }, reason }: (typeof judged)[number]): boolean =>
    fate.kind === "killed" ||
    (fate.kind === "survived" && !(reason !== null && reason.kind in kinds));
  const counted = judged.filter(isCounted);
  const killed = counted.filter(({ result }) => result.fate.kind === "killed").length;
  const of = (kind: string): number => results.filter(({ fate }) => fate.kind === kind).length;
  const apart = results.length - counted.length - of("time-out") - of("error");
  const survivors = counted.filter(({ result }) => result.fate.kind === "survived");
  return `# What the tester finds of the store's mutants

\`npm run mutation:store\` changes one thing in store/ at a time and asks whether the simulated campaign finds it: at
most ${about.histories} histories each, until one breaks a promise or a node crashes. It is the honest measure of what quorate can find.

Of ${results.length} mutants **${killed} of ${counted.length} that count were found: ${percent(killed, counted.length)}**. ${of("time-out")} ran without end, ${of("error")} could not run; both are in no score.
${apart} do not count, as no history can show them: they change only words or speed, or nothing; they are listed below.

- Measured at commit ${about.commit}, \`npm run mutation:store -- --mutants ${results.length} --seed ${about.seed}\`.
- The ${results.length} were drawn by chance, with seed ${about.seed}, from the ${about.candidates.length.toLocaleString("en-US")} mutants of the files that the simulated histories execute: nodes and clients. The tester's own reading of frames and settings runs unchanged.
- Of ten histories: ${mixInWords}. All kinds of fault, seed ${about.seed}, settings left open as \`quorate run\` leaves them.
- A mutant that no history reaches counts as a survivor.

${rows([
  ["file", "drawn", "found", "survived", "does not count", "no end", "could not run"],
  ...about.files.map((file) => fileRow(file, judged)),
])}

## Survivors

${rows([
  ["place", "was", "becomes", "histories that reach it", "why"],
  ...survivors
    .sort((a, b) => byPlace(a.result, b.result))
    .map(({ result, reason }) => [
      `${result.file}:${result.line}`,
      code(result.was),
      code(result.becomes),
      String(result.reachedBy),
      reason?.why ?? "not looked into",
    ]),
])}

## Those that do not count

${rows([
  ["place", "was", "becomes", "why"],
  ...judged
    .filter((one) => one.result.fate.kind === "survived" && !isCounted(one))
    .sort((a, b) => byPlace(a.result, b.result))
    .map(({ result, reason }) => [
      `${result.file}:${result.line}`,
      code(result.was),
      code(result.becomes),
      reason === null ? "" : because(reason),
    ]),
])}
`;
}

function fileRow(
  file: string,
  judged: readonly { readonly result: Result; readonly reason: Pick<Reason, "kind"> | null }[],
): string[] {
  const own = judged.filter(({ result }) => result.file === file);
  const of = (kind: string): number => own.filter(({ result }) => result.fate.kind === kind).length;
  const apart = own.filter(
    ({ result, reason }) =>
      result.fate.kind === "survived" && reason !== null && reason.kind in kinds,
  ).length;
  return [
    file,
    ...[own.length, of("killed"), of("survived") - apart, apart, of("time-out"), of("error")].map(
      (count) => (count === 0 ? "" : String(count)),
    ),
  ];
}

function reasonOf(result: Result, reasons: readonly Reason[]): Pick<Reason, "kind" | "why"> | null {
  const { file, was, becomes } = result;
  const text = lineOf(result);
  const written = reasons.find(
    (reason) =>
      reason.file === file &&
      reason.text === text &&
      reason.was === was &&
      reason.becomes === becomes,
  );
  if (written !== undefined) return written;
  // Whether the text is for people. Names of messages and errors contain no spaces.
  const isSentence = result.mutator === "StringLiteral" && /\S \S|\$\{/.test(was);
  return isSentence || isExplained(result) ? { kind: "words", why: "" } : null;
}

/** Whether the mutant changes a text with which a node explains itself. Verdicts do not depend on such texts. */
function isExplained({ file, from, to }: Mutant): boolean {
  const source = readFileSync(join(packageRoot, file), "utf8");
  const call = source.lastIndexOf("host.explain(", from);
  return call >= 0 && source.indexOf(");", call) >= to;
}

/** The line of source on which the mutant begins. */
export const lineOf = ({ file, line }: Mutant): string =>
  readFileSync(join(packageRoot, file), "utf8").split("\n")[line - 1]?.trim() ?? "";

const because = ({ kind, why }: Pick<Reason, "kind" | "why">): string =>
  kind === "missed" ? why : [kinds[kind], why].filter((part) => part !== "").join(": ");

const percent = (part: number, whole: number): string =>
  whole === 0 ? "–" : `${((100 * part) / whole).toFixed(1)} %`;

const byPlace = (a: Mutant, b: Mutant): number =>
  a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line;

const code = (text: string): string => {
  const short = text.replace(/\s+/g, " ").replaceAll("`", "'").replaceAll("|", "\\|");
  return `\`${short.length > 70 ? `${short.slice(0, 69)}…` : short}\``;
};

function rows([head = [], ...body]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...body.map(line)].join("\n");
}
