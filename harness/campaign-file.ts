/** Reads campaign.json, hunt.json and replay.json from disk. These files may be of any version, cut off or forged. */
import { statSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";
import { readFoundFile } from "./files.ts";
import { lazily } from "./lazily.ts";
import type { Campaign, HuntReport, ReplayReport } from "../reports/index.ts";

const text = { type: "string" } as const;
const amount = { type: "number", minimum: 0 } as const;
const outcome = { enum: ["valid", "invalid", "unknown"] } as const;
const record = (
  required: Readonly<Record<string, object>>,
  optional: Readonly<Record<string, object>> = {},
): object => ({
  type: "object",
  required: Object.keys(required),
  properties: { ...required, ...optional },
});
const mapOf = (values: object): object => ({ type: "object", additionalProperties: values });
const listOf = (items: object): object => ({ type: "array", items });
const planSize = record({
  operations: amount,
  faults: amount,
  clients: amount,
  keys: amount,
  nodes: amount,
});

const tally = record({ applicable: amount, judged: amount, broken: amount });
const succeeded = record({ asked: amount, ok: amount });
const reasons = listOf({
  type: "array",
  prefixItems: [text, amount],
  minItems: 2,
  maxItems: 2,
});

/** The schema of campaign.json, with most of the fields that quorate reads. Other fields may be present. */
const schema = record(
  {
    format: { enum: ["quorate-campaign/1", "quorate-campaign/2"] },
    verdict: outcome,
    reasons: listOf(text),
    on: text,
    seed: { type: "number" },
    command: text,
    replay: text,
    version: text,
    startedAt: text,
    elapsedMs: amount,
    asked: amount,
    histories: listOf(
      record(
        { index: amount, hash: text, verdict: outcome, operations: amount, elapsedMs: amount },
        { folder: text, why: text, likeness: amount, retried: text },
      ),
    ),
    operations: record({ total: amount, ok: amount, fail: amount, info: amount }),
    faults: mapOf(record({ injected: amount, overlapped: amount })),
    guarantees: mapOf(
      record({
        meaning: text,
        promised: { type: "boolean" },
        verdict: { enum: ["valid", "invalid", "unknown", "not-applicable"] },
        promisedIn: amount,
        judgedIn: amount,
        brokenIn: amount,
        observed: record({ judgedIn: amount, brokenIn: amount }),
      }),
    ),
    anomalies: listOf(
      record({ guarantee: text, explanation: text, operations: listOf({ type: "number" }) }),
    ),
  },
  {
    // Files of format /1 have no target, since that format knew only the bundled store.
    target: record({ name: text, version: text }),
    bug: text,
    tolerateUnknown: amount,
    profile: text,
    replayAnywhere: text,
    replayNeeds: listOf(text),
    again: text,
    resume: text,
    environment: mapOf(text),
    interrupted: text,
    nodeFault: text,
    findings: listOf(
      record(
        {
          fingerprint: text,
          guarantee: text,
          explanation: text,
          histories: amount,
          first: amount,
          folder: text,
          known: { type: "boolean" },
        },
        { replayAnywhere: text },
      ),
    ),
    likenesses: listOf(
      record(
        {
          shape: text,
          guarantee: text,
          explanation: text,
          histories: amount,
          first: amount,
          folder: text,
        },
        {
          smallest: record(
            {
              fingerprint: text,
              explanation: text,
              folder: text,
              steps: listOf(text),
              from: planSize,
              to: planSize,
              tries: amount,
              ended: text,
            },
            { replayAnywhere: text },
          ),
        },
      ),
    ),
    withoutKnown: outcome,
    known: listOf(text),
    part: record({
      campaign: text,
      histories: amount,
      shard: record({ index: amount, of: amount }),
      tolerateUnknown: amount,
      claimed: listOf(text),
      tallies: record(
        {
          operations: record({ total: amount, ok: amount, fail: amount, info: amount }),
          faults: mapOf(record({ injected: amount, overlapped: amount })),
          guarantees: mapOf(
            record({ promisedIn: amount, promised: tally, observed: tally, meaning: text }),
          ),
          outcomes: record({ valid: amount, invalid: amount, unknown: amount }),
          reasons: record({ valid: reasons, invalid: reasons, unknown: reasons }),
        },
        { reads: succeeded, writes: succeeded },
      ),
    }),
    shown: listOf(record({ title: text, folder: text, history: amount })),
    shrunk: record(
      { folder: text, from: planSize, to: planSize, tries: amount, ended: text },
      { history: amount },
    ),
  },
);

const isCampaign = lazily(() =>
  new Ajv({ strict: false }).compile<Campaign>({
    ...schema,
    if: { properties: { format: { const: "quorate-campaign/2" } } },
    then: { required: ["target"] },
  }),
);
const orNull = (schema: object): object => ({ anyOf: [schema, { type: "null" }] });
const controlRunsSchema = listOf(
  record({
    bug: text,
    histories: amount,
    alarms: listOf(record({ explanation: text, replay: text })),
    unknown: amount,
    okShare: amount,
  }),
);
const huntSchema = record(
  {
    format: { const: "quorate-hunt/1" },
    on: text,
    seed: { type: "number" },
    max: amount,
    evidence: { type: "boolean" },
    command: text,
    version: text,
    startedAt: text,
    elapsedMs: amount,
  },
  {
    interrupted: text,
    bugs: listOf(
      record(
        {
          bug: text,
          source: text,
          found: { type: "boolean" },
          histories: amount,
          seconds: amount,
          guarantee: orNull(text),
          explanation: orNull(text),
          shrunk: orNull(record({ operations: amount, faults: amount, nodes: amount })),
          replay: orNull(text),
          measured: orNull(
            record({ share: amount, low: amount, high: amount, medianHistories: orNull(amount) }),
          ),
        },
        { because: listOf(text) },
      ),
    ),
    controlRuns: controlRunsSchema,
    // Earlier versions wrote `twins` instead of `controlRuns`.
    twins: controlRunsSchema,
  },
);

type KeptHuntReport = HuntReport & { readonly twins?: HuntReport["controlRuns"] };
const isHuntReport = lazily(() => new Ajv({ strict: false }).compile<KeptHuntReport>(huntSchema));
const isReplayReport = lazily(() =>
  new Ajv({ strict: false }).compile<ReplayReport>(
    record(
      {
        format: { const: "quorate-replay/1" },
        on: text,
        target: text,
        startedAt: text,
        runs: amount,
        reproduced: amount,
        expected: text,
        verdict: outcome,
        hash: orNull(text),
      },
      { interrupted: text },
    ),
  ),
);
const bytesAtMost = 64 << 20;

/**
 * Checks the parsed content of campaign.json. Returns the campaign in the current format, or the end of a sentence that
 * says what is wrong with the file.
 */
export function parseCampaign(value: unknown): Campaign | { readonly problem: string } {
  const isValid = isCampaign();
  if (!isValid(value)) return { problem: firstProblem(isValid) };
  // Files of format /1 have no target, although the type requires it.
  const target = (value as Partial<Campaign>).target ?? { name: "bundled", version: value.version };
  return { ...value, format: "quorate-campaign/2", target };
}

/** Returns the campaign, or the end of a sentence that says why the file cannot be read. Never throws. */
export function readCampaignFile(file: string): Campaign | { readonly problem: string } {
  const value = read(file, "campaign.json", isCampaign());
  return "problem" in value ? value : parseCampaign(value);
}

/** Returns the hunt's report, or the end of a sentence that says why the file cannot be read. Never throws. */
export function readHuntFile(file: string): HuntReport | { readonly problem: string } {
  const value = read(file, "hunt.json", isHuntReport());
  if ("problem" in value) return value;
  const { twins, ...report } = value;
  return twins === undefined ? report : { controlRuns: twins, ...report };
}

/** Returns the replay's report, or the end of a sentence that says why the file cannot be read. Never throws. */
export const readReplayFile = (file: string): ReplayReport | { readonly problem: string } =>
  read(file, "replay.json", isReplayReport());

function read<Value>(
  file: string,
  name: string,
  isValue: ValidateFunction<Value>,
): Value | { readonly problem: string } {
  try {
    const { size } = statSync(file);
    if (size > bytesAtMost) return { problem: `${name} is too large to show: ${size} bytes` };
    const value: unknown = JSON.parse(readFoundFile(file));
    if (isValue(value)) return value;
    return { problem: `${name} does not have the expected form: ${firstProblem(isValue)}` };
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT")
      return {
        problem: `no ${name}: the run is still running, or was stopped before its end${name === "replay.json" ? ", or an earlier version of quorate made it" : ""}`,
      };
    return {
      problem: `${name} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}

function firstProblem({ errors }: ValidateFunction): string {
  const [first] = errors ?? [];
  return `${first?.instancePath ?? ""} ${first?.message ?? ""}`.trim();
}

/**
 * Whether a subfolder of a run contains a smallest failing case: `shrunk`, or `shrunk-12` for history 12 of a campaign
 * with --keep-going.
 */
export const isOfSmallestCase = (name: string): boolean => /^shrunk(-\d+)?$/.test(name);
