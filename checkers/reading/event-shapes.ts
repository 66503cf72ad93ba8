/** The shape of each event: which fields it must and may have, of which types. Unknown fields are not allowed. */
import { formerFinalPhase, formerFormat, isFormerRun } from "./former-format.ts";
import {
  anything,
  exactly,
  flag,
  list,
  mapOf,
  oneOf,
  onlyTrue,
  percentage,
  shape,
  type Shape,
  text,
  textOrNull,
  whole,
} from "./json-shape.ts";
import type { FrameEvent, HistoryEvent } from "../language/history.ts";

const vector = mapOf(whole);
const versioned = exactly({ version: text, value: textOrNull });
const state = exactly({ versions: list(versioned), "context?": vector });
const record = { key: text, versions: list(text), "context?": vector, "hintFor?": text };
const placement = exactly({ n: whole, r: whole, w: whole, preference: mapOf(list(text)) });
const evidence = { e: text, atUs: whole, node: text, boot: whole, seq: whole };
const failure = { e: text, atUs: whole, op: whole, code: text, "message?": text };

type EventName = Exclude<HistoryEvent["e"], "sent" | "received">;

const bounds = exactly({
  convergeUs: whole,
  skewUs: whole,
  reconnectUs: whole,
  "succeedPercent?": percentage,
  "tombstone?": exactly({ keptUs: whole, requestUs: whole }),
});
const repair = exactly({
  read: oneOf("off", "async", "blocking"),
  antiEntropy: flag,
  "handoff?": exactly({ windowUs: whole, keptWithinUs: whole, hintedErrors: list(text) }),
});
const commonToRuns = {
  e: text,
  on: text,
  nodes: list(text),
  "newcomers?": list(text),
  promised: list(text),
  claimed: list(text),
  bounds,
  stamps: oneOf("wall", "hybrid", "quorum", "none"),
  "deletes?": oneOf("grace", "reap", "physical"),
  "sync?": oneOf("periodic"),
  "routing?": oneOf("client"),
  "reads?": oneOf("digest"),
  "quorums?": oneOf("strict", "sloppy"),
};
const run = exactly({
  ...commonToRuns,
  format: oneOf("quorate-history/2", formerFormat),
  target: exactly({ name: text, version: text, settings: mapOf(anything) }),
  workload: text,
  capabilities: exactly({
    versions: oneOf("stamps", "siblings", "none"),
    inspection: flag,
    evidence: flag,
    "processes?": onlyTrue,
  }),
  "n?": whole,
  "r?": whole,
  "w?": whole,
  "preference?": mapOf(list(text)),
  "repair?": repair,
});
const formerRun = exactly({
  ...commonToRuns,
  format: oneOf(formerFormat),
  versions: oneOf("stamps", "siblings"),
  n: whole,
  r: whole,
  w: whole,
  preference: mapOf(list(text)),
  repair,
  evidence: flag,
});

/** The shape of each event, by its field `e`. The shapes of `sent` and `received` events are in `frameShapes`. */
export const eventShapes: Readonly<Record<EventName, Shape>> = {
  run: shape(run.schema, (value) => (isFormerRun(value) ? formerRun(value) : run(value))),
  invoke: exactly({
    e: text,
    atUs: whole,
    op: whole,
    client: text,
    process: whole,
    node: text,
    f: text,
    key: text,
    "value?": text,
    "args?": anything,
    "r?": whole,
    "w?": whole,
    "pr?": whole,
    "pw?": whole,
    "dw?": whole,
    "contextOf?": whole,
    "final?": onlyTrue,
  }),
  ok: exactly({
    e: text,
    atUs: whole,
    op: whole,
    "versions?": list(exactly({ "version?": text, value: textOrNull })),
    "context?": vector,
    "result?": anything,
  }),
  fail: exactly(failure),
  info: exactly(failure),
  fault: exactly({
    e: text,
    atUs: whole,
    phase: oneOf("inject", "injected", "heal", "healed", "skipped"),
    fault: whole,
    kind: text,
    nodes: list(text),
    "cuts?": list(list(text, 2)),
    "clients?": list(text),
    "effects?": list(text),
    "detail?": text,
  }),
  ring: exactly({
    e: text,
    atUs: whole,
    node: text,
    version: whole,
    members: list(text),
    reads: placement,
    writes: list(placement),
    "under?": text,
  }),
  phase: exactly({
    e: text,
    atUs: whole,
    phase: oneOf(
      "started",
      "empty",
      "operations",
      "final-phase",
      formerFinalPhase,
      "healed",
      "restarted",
      "sweep",
      "quiet",
      "not-quiet",
    ),
    "detail?": text,
  }),
  inspect: exactly({
    e: text,
    atUs: whole,
    node: text,
    when: oneOf("empty", "poll", "final"),
    state: mapOf(state),
    "ring?": whole,
    "leftovers?": whole,
  }),
  "node-ended": exactly({
    e: text,
    atUs: whole,
    node: text,
    by: oneOf("itself", "engine", "somebody"),
    detail: text,
  }),
  boot: exactly({ ...evidence, phase: oneOf("start", "end"), "detail?": text }),
  sync: exactly({
    ...evidence,
    records: list(exactly({ ...record, "ring?": anything, "dropped?": onlyTrue })),
    hash: text,
    "recovered?": onlyTrue,
  }),
  explain: exactly({ ...evidence, what: text, "key?": text, "detail?": text }),
  end: exactly({
    e: text,
    atUs: whole,
    "recorded?": whole,
    "evidence?": mapOf(mapOf(whole)),
    "reason?": text,
  }),
};

const frame = (fields: Readonly<Record<string, Shape>>): Shape =>
  exactly({ ...evidence, peer: text, frame: text, ...fields });

/** The shape of `sent` and `received` events, by their field `frame`. */
export const frameShapes: Readonly<Record<FrameEvent["frame"], Shape>> = {
  "client-read": frame({ trace: whole, key: text, "r?": whole }),
  "client-write": frame({ trace: whole, key: text, "w?": whole }),
  "client-read-ok": frame({ trace: whole, ...record }),
  "client-write-ok": frame({ trace: whole, ...record }),
  "client-error": frame({ trace: whole, code: text }),
  "replica-write": frame({
    "trace?": whole,
    request: whole,
    cause: oneOf("write", "read-repair", "anti-entropy", "handoff", "stream"),
    ...record,
  }),
  "replica-write-ok": frame({ "trace?": whole, request: whole, key: text }),
  "replica-read": frame({ "trace?": whole, request: whole, key: text }),
  "replica-read-ok": frame({ "trace?": whole, request: whole, ...record }),
  "replica-error": frame({ "trace?": whole, request: whole, code: text }),
  message: frame({
    message: whole,
    "trace?": whole,
    "body?": anything,
    "fate?": oneOf("lost", "twice"),
    "delayUs?": whole,
  }),
  stream: frame({ detail: text }),
  exchange: frame({ detail: text }),
  other: frame({ detail: text }),
};

/** A JSON Schema for one line of history.jsonl. */
export const historyEventSchema = (): object => ({
  oneOf: [
    ...Object.entries(eventShapes).map(([e, { schema }]) => ({
      title: e,
      allOf: [{ properties: { e: { const: e } } }, schema],
    })),
    ...Object.entries(frameShapes).map(([frame, { schema }]) => ({
      title: `sent, received: ${frame}`,
      allOf: [
        { properties: { e: { enum: ["sent", "received"] }, frame: { const: frame } } },
        schema,
      ],
    })),
  ],
});
