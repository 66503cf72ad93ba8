/**
 * quorate.regressions: a file with the plans of earlier failures, one token a line, for the user to commit. A run first
 * replays those of these plans that it can.
 */
import { appendFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { isToken, parsePlan, type Plan, planTarget, readToken } from "../../generators/index.ts";
import type { Campaign } from "../../reports/index.ts";
import { readFoundFile } from "../files.ts";
import { anomaliesOf, attempt } from "../campaign/index.ts";
import type { Cluster } from "../platforms/cluster.ts";
import { cannotMake, type RunOptions, wasInterrupted } from "../run/index.ts";
import type { Chosen } from "./chosen-target.ts";
import { usage } from "./exit.ts";

/** The result of replaying one token of the file. */
export interface Regression {
  readonly token: string;
  readonly verdict: "holds" | "broken" | "unknown" | "not-here";
  /** What is wrong, or why the token could not be judged. Absent if the promises hold. */
  readonly why?: string;
}

const usualName = "quorate.regressions";

/**
 * The regressions file: the file that the user named, else quorate.regressions in the folder. Undefined if the folder
 * has none; a run does not create one.
 */
export function regressionsFile(named: string | undefined, folder: string): string | undefined {
  if (named !== undefined) return named;
  const usual = join(folder, usualName);
  return existsSync(usual) ? usual : undefined;
}

/**
 * Reads the tokens of the file and removes duplicates. A missing file counts as empty. Comments begin with #.
 *
 * @throws UsageError if the file cannot be read or is a device or a pipe, or if any other line is no token.
 */
export function readRegressions(file: string): readonly string[] {
  if (!existsSync(file)) return [];
  let text: string;
  try {
    text = readFoundFile(file);
  } catch (error) {
    throw usage({
      code: "unreadable",
      expected: "a readable file of tokens",
      got: `${file}: ${error instanceof Error ? error.message : String(error)}`,
      hint: "Remove this file, or name another file with --regressions",
    });
  }
  const tokens = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
  const wrong = tokens.find((token) => !isToken(token));
  if (wrong === undefined) return [...new Set(tokens)];
  throw usage({
    code: "bad-regression",
    expected: "lines with one token each, or comments that begin with #",
    got: `${JSON.stringify(wrong.slice(0, 60))} in ${file}`,
    hint: "A token begins with quorate:v2:, as a failing run prints it",
  });
}

/** Replays each token once, in order, until the signal aborts. An interrupted replay does not count. */
export async function replayRegressions(
  tokens: readonly string[],
  chosen: Chosen,
  cluster: Cluster,
  run: RunOptions & { readonly signal: AbortSignal },
): Promise<readonly Regression[]> {
  const found: Regression[] = [];
  for (const token of tokens) {
    if (run.signal.aborted) break;
    const replayed = await replayOne(token, chosen, cluster, run);
    if (replayed === null) break;
    found.push({ token, ...replayed });
  }
  return found;
}

/** Replays a token. Returns null if the signal interrupted the replay. */
async function replayOne(
  token: string,
  { target, kinds }: Chosen,
  cluster: Cluster,
  run: RunOptions,
): Promise<Omit<Regression, "token"> | null> {
  const input = readToken(token);
  const of = planTarget(input)?.name ?? "bundled";
  if (of !== target.name)
    return { verdict: "not-here", why: `the token's plan is for the target ${of}` };
  const plan: Plan = parsePlan(input, target, kinds);
  const impossible = plan.faults
    .map(({ fault }) => cannotMake(fault.kind, cluster, kinds))
    .find((reason) => reason !== null);
  if (impossible !== undefined && impossible !== null)
    return { verdict: "not-here", why: impossible };
  const { verdict, events } = await attempt(plan, cluster, { ...run, kinds });
  if (wasInterrupted(events)) return null;
  switch (verdict.verdict) {
    case "valid":
      return { verdict: "holds" };
    case "invalid":
      return {
        verdict: "broken",
        why: anomaliesOf(verdict)[0]?.explanation ?? verdict.reasons[0] ?? "a promise is broken",
      };
    case "unknown":
      return { verdict: "unknown", why: verdict.reasons[0] ?? "nobody can tell" };
  }
}

/** A line for people about the replay of one token of `file`. */
export function regressionLine({ token, verdict, why }: Regression, file: string): string {
  const name = `${token.slice(0, 24)}…`;
  switch (verdict) {
    case "holds":
      return `Holds again: ${name} of ${file}.`;
    case "broken":
      return `Still broken: ${name} of ${file}: ${why ?? ""}. Replay: npx quorate replay ${token}`;
    case "unknown":
      return `Unknown whether ${name} of ${file} is still broken: ${why ?? ""}.`;
    case "not-here":
      return `Left out ${name} of ${file}: ${why ?? ""}.`;
  }
}

/**
 * Adds the tokens of a campaign's failures that the file lacks, each below a comment that says what broke.
 * @returns The number of tokens added.
 */
export function addRegressions(file: string, campaign: Campaign): number {
  const has = new Set(readRegressions(file));
  const failures = campaign.findings ?? [
    {
      guarantee: campaign.anomalies[0]?.guarantee ?? "a promise",
      explanation: campaign.anomalies[0]?.explanation ?? campaign.reasons[0] ?? "",
      replayAnywhere: campaign.replayAnywhere,
    },
  ];
  const lines = failures.flatMap(({ guarantee, explanation, replayAnywhere }) => {
    const token = replayAnywhere?.split(" ").find(isToken);
    if (campaign.verdict !== "invalid" || token === undefined || has.has(token)) return [];
    has.add(token);
    return [`# ${guarantee}: ${explanation.replace(/\s+/g, " ")}\n${token}\n`];
  });
  if (lines.length > 0) appendFileSync(file, lines.join(""));
  return lines.length;
}
