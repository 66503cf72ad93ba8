/** Judges other tools' histories for the command line. */
import {
  type ForeignFormat,
  type ForeignGuarantee,
  foreignGuarantees,
  type ForeignOperation,
  type ForeignResult,
  formatNames,
  judgeForeign,
  longestLegalPrefix,
  type ParsedHistory,
  parserFor,
} from "../../checkers/index.ts";
import type { Checked, CheckRequest } from "./check.ts";
import type { CheckBudget } from "./check-budget.ts";
import { usage } from "./exit.ts";
import { notBuilt } from "./values.ts";

/**
 * Reads and judges one history of another tool.
 *
 * @param pieces The bytes of the history's files, in pieces.
 * @throws HistoryError if the history cannot be read.
 * @throws UsageError if other tools' histories are not judged by the requested guarantee or model.
 */
export async function checkForeign(
  file: string,
  format: ForeignFormat,
  pieces: AsyncIterable<Buffer>,
  request: CheckRequest,
  budget: CheckBudget,
): Promise<Checked> {
  const { model, guarantee } = request;
  if (model === "siblings")
    throw usage({
      code: "not-for-other-histories",
      expected: "--model siblings with quorate's own history",
      got: `${file}, a history that does not say which writes a write supersedes`,
      hint: "Leave --model out",
    });
  if (guarantee !== undefined && !isForeign(guarantee))
    throw notBuilt(
      `--guarantee ${guarantee} for ${file}`,
      `a checker of ${guarantee} for other tools' histories (there are checkers of ${foreignGuarantees.join(", ")})`,
    );
  const parser = parserFor(format);
  for await (const bytes of pieces) {
    parser.push(bytes);
    budget.demand(parser.memoryBytes);
  }
  const parsed = parser.finish();
  const result = judgeForeign(parsed, {
    ...(model === undefined ? {} : { model }),
    ...(guarantee === undefined ? {} : { guarantee }),
    ...(request.initial === undefined ? {} : { initial: request.initial }),
    ...(request.order === undefined ? {} : { order: request.order }),
    budget: budget.searches,
  });
  const { verdict, reason, anomalies } = result.judgement;
  return {
    verdict,
    reasons: reason === undefined ? anomalies.map(({ explanation }) => explanation) : [reason],
    foreign: result,
    ...(request.html === undefined ? {} : { operations: operationsOf(parsed) }),
  };
}

const operationsOf = ({ history }: ParsedHistory): readonly ForeignOperation[] =>
  Array.from({ length: history.count }, (_, op) => history.operation(op));

/** Writes the page of one foreign history. */
export async function writeForeignPage(
  page: string,
  file: string,
  command: string,
  { verdict, reasons, foreign, operations = [] }: Checked,
): Promise<void> {
  // Imported only if a page is wanted: `check` starts faster without these modules.
  const [{ renderForeign }, { version }, { writeNamed }] = await Promise.all([
    import("../../reports/index.ts"),
    import("../version.ts"),
    import("../files.ts"),
  ]);
  const { judgement, model, initial } = foreign ?? {};
  // A sequential order need not respect real time and covers all keys, so no longest legal order of one register is
  // sought.
  const isRegister =
    (model === "register" || model === "cas-register") && foreign?.guarantee !== "sequential";
  const html = renderForeign({
    file,
    verdict,
    reasons,
    notes: judgement?.notes ?? [],
    reading: foreign === undefined ? "nothing in the history could be judged" : readingOf(foreign),
    command,
    version,
    operations,
    found: Number(judgement?.measurements?.["anomaliesTotal"] ?? judgement?.anomalies.length ?? 0),
    anomalies: (judgement?.anomalies ?? []).map((anomaly) => {
      const named = (anomaly.part ?? anomaly.operations).flatMap((op) => operations[op] ?? []);
      const first = initial === undefined || initial === "nil" ? null : initial;
      const prefix = isRegister ? longestLegalPrefix(named, first) : undefined;
      return prefix === undefined ? anomaly : { ...anomaly, prefix };
    }),
  });
  writeNamed(page, html);
}

export const isForeign = (name: string): name is ForeignGuarantee =>
  foreignGuarantees.some((one) => one === name);

/** Says for people how the history was read, and which of its properties were given by flags or guessed. */
export function readingOf(result: ForeignResult): string {
  const { model, guarantee, initial, keys, keyCount, operations, judgement, format } = result;
  const how = (isGiven: boolean): string => (isGiven ? "given" : "guessed");
  const parts = [`read as ${formatNames[format]}`, `${operations} operations`];
  if (model === undefined || guarantee === undefined) return parts.join(", ");
  parts.push(`model ${model} (${how(result.isModelGiven)})`, guarantee);
  if (initial !== undefined) parts.push(`initial value ${initial} (${how(result.isInitialGiven)})`);
  parts.push(
    keys === "none"
      ? "one object, no keys"
      : `${keyCount} ${keyCount === 1 ? "key" : "keys"} by ${keys === "field" ? ":key" : "tuples [key value]"}`,
    `${judgement.judged} judged`,
  );
  return parts.join(", ");
}

/** The result as a part of the JSON document of --json. */
export function foreignDocument(result: ForeignResult): object {
  const { judgement, guarantee, model, initial, keys, keyCount, order, events, operations } =
    result;
  return {
    format: result.format,
    model: model ?? null,
    modelBy: result.isModelGiven ? "flag" : "guess",
    initial: initial ?? null,
    initialBy: result.isInitialGiven ? "flag" : "guess",
    keysBy: keys,
    keys: keyCount,
    order,
    events,
    operations,
    guarantees: guarantee === undefined ? {} : { [guarantee]: { ...judgement, promised: true } },
    anomalies: judgement.anomalies,
    notes: judgement.notes,
  };
}
