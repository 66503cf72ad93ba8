/** Other tools' histories on the command line. */
import { readFileSync } from "node:fs";
import {
  foreignGuarantees,
  guaranteeFor,
  initialFor,
  judgeForeign,
  modelFor,
  readForeign,
  readValue,
} from "../../checkers/index.ts";
import type { Checked, CheckRequest } from "./check.ts";
import { usage } from "./exit.ts";
import { notBuilt } from "./values.ts";

/** Throws HistoryError for what cannot be read, UsageError for a guarantee that cannot be judged from clients' operations alone. */
export function checkForeign(
  file: string,
  format: "edn" | "jepsen-log",
  request: CheckRequest,
): Checked {
  const asked = request.guarantee;
  if (request.model === "siblings")
    throw usage({
      code: "not-for-other-histories",
      expected: "--model siblings with quorate's own history",
      got: `${file}, which says of no write what it supersedes`,
      hint: "Leave --model out",
    });
  if (asked !== undefined && !foreignGuarantees.some((name) => name === asked))
    throw notBuilt(
      `--guarantee ${asked} for ${file}`,
      `a checker of it for other tools' histories (there are: ${foreignGuarantees.join(", ")})`,
    );
  const history = readForeign(format, readFileSync(file, "utf8"));
  const model = request.model ?? modelFor(history);
  const guarantee = foreignGuarantees.find((name) => name === asked) ?? guaranteeFor(model);
  const initial =
    request.initial === undefined
      ? initialFor(history, model)
      : readValue(model === "kv" ? JSON.stringify(request.initial) : request.initial);
  const judgement = judgeForeign(history, { model, guarantee, initial });
  const verdict = judgement.verdict === "not-applicable" ? "unknown" : judgement.verdict;
  const reasons =
    judgement.reason === undefined
      ? judgement.anomalies.map(({ explanation }) => explanation)
      : [judgement.reason];
  return {
    verdict,
    reasons,
    foreign: { format, model, initial: initial ?? "nil", guarantee, judgement },
  };
}
