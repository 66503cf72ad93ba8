/** Reads the files from which a stopped or killed campaign continues. */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { judge, parseHistory } from "../../checkers/index.ts";
import { builtInKinds, type Json, parsePlan, type PlanOptions } from "../../generators/index.ts";
import type { HistoryRow } from "../../reports/index.ts";
import { UsageError } from "../errors.ts";
import { lazily } from "../lazily.ts";
import type { PlanSource } from "../search/index.ts";
import { lifeOf } from "../sign-of-life.ts";
import type { Tallies } from "./totals.ts";
import type { Kept } from "./write-up.ts";

/** The content of resume.json: how the campaign was started, and its results so far. */
export interface CampaignState {
  readonly format: "quorate-resume/1";
  /** The flags of `quorate run`, with the seed and the platform that it chose. */
  readonly asked: Readonly<Record<string, Json>>;
  readonly command: string;
  readonly startedAt: string;
  readonly elapsedMs: number;
  /** The judged histories in order of index. */
  readonly rows: readonly HistoryRow[];
  readonly totals: Tallies;
  /** The folders of the histories that the report would show. */
  readonly notable: Partial<Record<"failed" | "unknown" | "valid", string>>;
  /** The features that each history was the first to reach. Empty if the search is not guided. */
  readonly news: readonly (readonly [index: number, features: readonly string[]])[];
  /** The sign of life of the process that runs the campaign. Absent outside of Linux. */
  readonly owner?: string;
}

/** A campaign that is being continued. */
export interface Resumed {
  /** The run's folder. */
  readonly folder: string;
  readonly state: CampaignState;
}

export const stateFile = "resume.json";

const isStateShape = lazily(() =>
  new Ajv({ strict: false }).compile<CampaignState>({
    type: "object",
    required: ["format", "asked", "command", "startedAt", "elapsedMs", "rows", "totals", "notable"],
    properties: {
      format: { const: "quorate-resume/1" },
      asked: { type: "object" },
      command: { type: "string" },
      startedAt: { type: "string" },
      elapsedMs: { type: "number", minimum: 0 },
      rows: {
        type: "array",
        items: {
          type: "object",
          required: ["index", "hash", "verdict", "operations", "elapsedMs"],
          properties: { index: { type: "integer", minimum: 0 } },
        },
      },
      totals: {
        type: "object",
        required: ["operations", "faults", "guarantees", "outcomes", "reasons"],
      },
      notable: { type: "object", additionalProperties: { type: "string" } },
      news: { type: "array" },
      owner: { type: "string" },
    },
  }),
);

/**
 * Reads the state of an unfinished campaign.
 *
 * @param folder The run's folder.
 * @throws UsageError if the folder does not exist, its state cannot be read, or the campaign has ended or still runs.
 */
export function readState(folder: string): CampaignState {
  const expected = "--resume with the folder of a run that was stopped or killed";
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new UsageError({
      code: "no-such-run",
      expected,
      got: `${folder}, which is no folder`,
      hint: "Runs are in the folder runs/ unless --out named another",
    });
  const file = join(folder, stateFile);
  let state: unknown;
  try {
    state = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    const missing = error instanceof Error && "code" in error && error.code === "ENOENT";
    throw new UsageError({
      code: missing ? "nothing-to-resume" : "bad-resume",
      expected,
      got: missing
        ? `${folder}, which has no ${stateFile}: the campaign has ended, or the folder belongs to no campaign`
        : `${file}, which cannot be read (${error instanceof Error ? error.message : String(error)})`,
      hint: missing
        ? "quorate replay runs a history of the campaign again"
        : "Start a new campaign",
    });
  }
  const isState = isStateShape();
  if (!isState(state)) {
    const [error] = isState.errors ?? [];
    throw new UsageError({
      code: "bad-resume",
      expected,
      got: `${file}, which does not have the expected form: ${error?.instancePath ?? ""} ${error?.message ?? ""}`,
      hint: "Start a new campaign",
    });
  }
  if (lifeOf(state.owner) === "alive")
    throw new UsageError({
      code: "still-running",
      expected,
      got: `${folder}, whose campaign is running now`,
      hint: "Wait until the campaign ends, or stop it",
    });
  return state;
}

/**
 * Refuses to continue if plans would now be drawn differently: settings, kinds of fault or quorate's code may have
 * changed.
 *
 * @throws UsageError if the plan of the last kept history would now be different.
 */
export function refuseOtherPlans({ folder, state }: Resumed, source: PlanSource): void {
  const last = state.rows.findLast((row) => row.folder !== undefined);
  if (last?.folder === undefined) return;
  const file = join(folder, last.folder, "plan.json");
  const then = JSON.stringify(JSON.parse(readFileSync(file, "utf8")));
  if (then === JSON.stringify(source.plan(last.index))) return;
  throw new UsageError({
    code: "plans-differ",
    expected: `the same plans as before for ${folder}`,
    got: `another plan for history ${last.index}`,
    hint: "The version of quorate, the configuration or what this machine can do has changed: start a new campaign",
  });
}

/**
 * Loads a history that an earlier process kept, and judges it again.
 *
 * @param name The history's folder inside the run's folder.
 * @throws UsageError if the history cannot be read.
 */
export function loadKept({ folder, state }: Resumed, name: string, plans: PlanOptions): Kept {
  const row = state.rows.find((one) => one.folder === name);
  try {
    if (row === undefined) throw new Error(`no history of resume.json has the folder ${name}`);
    const { target, kinds = builtInKinds } = plans;
    const plan = parsePlan(
      JSON.parse(readFileSync(join(folder, name, "plan.json"), "utf8")),
      target,
      kinds,
    );
    const events = parseHistory(readFileSync(join(folder, name, "history.jsonl"), "utf8"));
    return {
      plan,
      events,
      verdict: judge(events, { checkers: kinds.checkers }),
      hash: row.hash,
      elapsedMs: row.elapsedMs,
      partsCalled: [],
      logs: new Map(),
      history: row.index,
      folder: name,
    };
  } catch (error) {
    throw new UsageError({
      code: "bad-resume",
      expected: `a complete plan and history in ${join(folder, name)}`,
      got: error instanceof Error ? error.message : String(error),
      hint: "Start a new campaign",
    });
  }
}
