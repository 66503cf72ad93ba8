/** Other tools' histories on the command line. */
import {
  type ForeignFormat,
  type ForeignGuarantee,
  foreignGuarantees,
  type ForeignResult,
  formatNames,
  judgeForeign,
  parserFor,
} from "../../checkers/index.ts";
import type { Checked, CheckRequest } from "./check.ts";
import type { CheckBudget } from "./check-budget.ts";
import { usage } from "./exit.ts";
import { notBuilt } from "./values.ts";

/**
 * @param pieces the whole file.
 * @throws HistoryError for what cannot be read, UsageError for a guarantee that cannot be judged from clients' operations alone.
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
      got: `${file}, which says of no write what it supersedes`,
      hint: "Leave --model out",
    });
  if (guarantee !== undefined && !isForeign(guarantee))
    throw notBuilt(
      `--guarantee ${guarantee} for ${file}`,
      `a checker of it for other tools' histories (there are: ${foreignGuarantees.join(", ")})`,
    );
  const parser = parserFor(format);
  for await (const bytes of pieces) {
    parser.push(bytes);
    budget.demand(parser.memoryBytes);
  }
  const result = judgeForeign(parser.finish(), {
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
  };
}

export const isForeign = (name: string): name is ForeignGuarantee =>
  foreignGuarantees.some((one) => one === name);

/** How the history was read, for people: what was given, what was guessed. */
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

/** The same for machines. */
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
