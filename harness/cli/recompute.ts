/** Compares a run's files with what its campaign.json says about them. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import {
  type Checker,
  type GuaranteeName,
  HistoryError,
  type Outcome,
  type Verdict,
} from "../../checkers/index.ts";
import type { Campaign, GuaranteeTotals, HistoryRow } from "../../reports/index.ts";
import { anomaliesOf, brokenPromises, isMostlyUnknown } from "../campaign/index.ts";
import { judgeFile } from "./read-history.ts";
import { differenceOf } from "./recorded-hash.ts";

export interface Recomputed {
  /** The campaign as the run's files show it. What the files cannot show comes from campaign.json. */
  readonly campaign: Campaign;
  /** A sentence for each difference from campaign.json. */
  readonly differences: readonly string[];
}

/** The share of unknown histories that earlier versions tolerated. Their campaign files do not name it. */
const usualTolerance = 0.01;

interface Finding {
  readonly verdict: Outcome;
  /**
   * The verdict on the history file as it is now. Absent if the file is missing or cannot be read, or if it was changed
   * after the run.
   */
  readonly whole?: Verdict;
  readonly differences: readonly string[];
}

/**
 * Judges the run's history files again and sums the verdicts. For a history without a file, the verdict in
 * campaign.json counts. A file that was changed after the run is not judged.
 *
 * @param checkers The checkers of the run's configuration, in addition to the built-in checkers.
 */
export function recompute(
  run: string,
  written: Campaign,
  checkers: readonly Checker[] = [],
): Recomputed {
  const judged = (folder: string): Finding => judgedIn(run, folder, checkers);
  const found = written.histories.map((row) => ({ row, ...findingOf(run, row, judged) }));
  const others = unnamed(run, written).map((folder) => ({ folder, ...judged(folder) }));
  const shrunk = written.shrunk?.folder;
  const smallest =
    shrunk === undefined || found.some(({ row }) => row.folder === shrunk)
      ? undefined
      : judged(shrunk);
  const broken = [
    ...found.map(({ row, whole }) => ({ name: `history ${row.index}`, whole })),
    ...others.map(({ folder, whole }) => ({ name: folder, whole })),
  ].flatMap(({ name, whole }) => (whole?.verdict === "invalid" ? [{ name, whole }] : []));
  const differences = [...found, ...others].flatMap((one) => one.differences);
  if (smallest?.whole !== undefined && smallest.whole.verdict !== "invalid")
    differences.push(
      `campaign.json says that ${shrunk} breaks a promise, but when judged again this history is ${smallest.whole.verdict}`,
    );
  const guarantees = withBroken(
    written.guarantees,
    broken.map(({ whole }) => whole),
  );
  for (const name of Object.keys(guarantees) as GuaranteeName[])
    if (guarantees[name] !== written.guarantees[name])
      differences.push(
        `campaign.json does not say that ${name} is broken, but a history breaks ${name}`,
      );

  const verdict = verdictOf(written, found, broken.length > 0, differences.length > 0);
  if (verdict !== written.verdict)
    differences.push(`campaign.json says ${written.verdict}; the run's histories say ${verdict}`);
  if (differences.length === 0) return { campaign: written, differences };
  const reasons = broken.flatMap(({ name, whole }) =>
    whole.reasons.slice(0, 1).map((reason) => `${name}: ${reason}`),
  );
  const shown = broken[0];
  return {
    campaign: {
      ...written,
      verdict,
      reasons: [...new Set([...reasons, ...differences, ...written.reasons])],
      histories: found.map(({ row, verdict: its }) =>
        row.verdict === its ? row : { ...row, verdict: its },
      ),
      guarantees,
      anomalies:
        written.anomalies.length > 0 || shown === undefined
          ? written.anomalies
          : anomaliesOf(shown.whole),
    },
    differences,
  };
}

function findingOf(run: string, row: HistoryRow, judged: (folder: string) => Finding): Finding {
  if (row.folder === undefined) return { verdict: row.verdict, differences: [] };
  const file = join(run, row.folder, "history.jsonl");
  if (!existsSync(file)) return { verdict: row.verdict, differences: [] };
  const changed = differenceOf(file, { hash: row.hash, where: "campaign.json" });
  // A changed file is not what the run saw, so its new content decides nothing.
  if (changed !== null)
    return {
      verdict: row.verdict === "invalid" ? "invalid" : "unknown",
      differences: [changed],
    };
  const { verdict, whole, differences } = judged(row.folder);
  return {
    verdict,
    ...(whole === undefined ? {} : { whole }),
    differences:
      verdict === row.verdict
        ? differences
        : [
            ...differences,
            `campaign.json says that history ${row.index} is ${row.verdict}, but when judged again this history is ${verdict}`,
          ],
  };
}

function judgedIn(run: string, folder: string, checkers: readonly Checker[]): Finding {
  const file = join(run, folder, "history.jsonl");
  if (!existsSync(file)) return { verdict: "unknown", differences: [] };
  try {
    const whole = judgeFile(file, { checkers });
    return { verdict: whole.verdict, whole, differences: [] };
  } catch (error) {
    if (!(error instanceof HistoryError)) throw error;
    return { verdict: "unknown", differences: [`${file} cannot be read: ${error.message}`] };
  }
}

/**
 * Folders of histories that campaign.json does not name. Empty for a run that was stopped, since it leaves its
 * unfinished history.
 */
function unnamed(run: string, written: Campaign): readonly string[] {
  const folder = join(run, "histories");
  if (written.interrupted !== undefined || !existsSync(folder)) return [];
  const named = new Set(written.histories.map((row) => row.folder));
  return readdirSync(folder)
    .filter((name) => /^\d{1,9}$/.test(name))
    .map((name) => `histories/${name}`)
    .filter((name) => !named.has(name));
}

function verdictOf(
  written: Campaign,
  found: readonly { readonly verdict: Outcome }[],
  isBroken: boolean,
  differs: boolean,
): Outcome {
  if (written.nodeFault !== undefined) return "invalid";
  if (isBroken || found.some(({ verdict }) => verdict === "invalid")) return "invalid";
  const unknown = found.filter(({ verdict }) => verdict === "unknown").length;
  const { tolerateUnknown = usualTolerance } = written;
  if (
    differs ||
    written.verdict === "invalid" ||
    isMostlyUnknown(unknown, found.length, tolerateUnknown)
  )
    return "unknown";
  return written.verdict;
}

/** The totals, with `invalid` for each guarantee that one of these verdicts breaks. */
function withBroken(
  totals: Campaign["guarantees"],
  verdicts: readonly Verdict[],
): Campaign["guarantees"] {
  const rows: Partial<Record<GuaranteeName, GuaranteeTotals>> = { ...totals };
  for (const verdict of verdicts)
    for (const name of brokenPromises(verdict)) {
      const row = rows[name];
      if (row?.verdict === "invalid") continue;
      const counted = { judgedIn: 0, promisedIn: 0, observed: { judgedIn: 0, brokenIn: 0 } };
      rows[name] = {
        ...counted,
        meaning: verdict.guarantees[name]?.meaning ?? name,
        ...row,
        promised: true,
        verdict: "invalid",
        judgedIn: Math.max(1, row?.judgedIn ?? 0),
        promisedIn: Math.max(1, row?.promisedIn ?? 0),
        brokenIn: Math.max(1, row?.brokenIn ?? 0),
      };
    }
  return rows;
}
