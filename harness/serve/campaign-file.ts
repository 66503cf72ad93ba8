/** campaign.json as it comes from a disk: by any version, cut off, or made by somebody who wishes ill. */
import { readFileSync, statSync } from "node:fs";
import { Ajv } from "ajv";
import type { Campaign } from "../../reports/index.ts";

const text = { type: "string" } as const;
const amount = { type: "number", minimum: 0 } as const;
const outcome = { enum: ["valid", "invalid", "unknown"] } as const;
const record = (required: Readonly<Record<string, object>>, optional: Readonly<Record<string, object>> = {}): object => ({ type: "object", required: Object.keys(required), properties: { ...required, ...optional } });
const mapOf = (values: object): object => ({ type: "object", additionalProperties: values });
const listOf = (items: object): object => ({ type: "array", items });
const planSize = record({ operations: amount, faults: amount, clients: amount, keys: amount, nodes: amount });

/** What the pages read of it; more may be there. */
const schema = record(
  {
    format: { const: "quorate-campaign/1" },
    verdict: outcome,
    reasons: listOf(text),
    on: { enum: ["sim", "docker"] },
    seed: { type: "number" },
    command: text,
    replay: text,
    version: text,
    startedAt: text,
    elapsedMs: amount,
    asked: amount,
    histories: listOf(record({ index: amount, hash: text, verdict: outcome, operations: amount, elapsedMs: amount }, { folder: text })),
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
    anomalies: listOf(record({ guarantee: text, explanation: text, operations: listOf({ type: "number" }) })),
  },
  { bug: text, profile: text, environment: mapOf(text), interrupted: text, shrunk: record({ folder: text, from: planSize, to: planSize, tries: amount, ended: text }) },
);

const isCampaign = new Ajv({ strict: false }).compile<Campaign>(schema);
const bytesAtMost = 64 << 20;

/** The campaign, or a sentence's end that says why there is none. Never throws. */
export function readCampaignFile(file: string): Campaign | { readonly problem: string } {
  try {
    const { size } = statSync(file);
    if (size > bytesAtMost) return { problem: `campaign.json is too large to show: ${size} bytes` };
    const value: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (isCampaign(value)) return value;
    const [first] = isCampaign.errors ?? [];
    return { problem: `campaign.json is not as it should be: ${first?.instancePath ?? ""} ${first?.message ?? ""}`.trim() };
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return { problem: "no campaign.json: still running, or stopped before its end" };
    return { problem: `campaign.json cannot be read: ${error instanceof Error ? error.message : String(error)}` };
  }
}
