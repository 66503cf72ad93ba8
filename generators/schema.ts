/** The shape of plan.json, as JSON Schema. What a schema cannot say (indices in range, settings) is in parse.ts. */
import { formerGuaranteeNames, guaranteeNames } from "../checkers/index.ts";
import { mostDelayMs } from "./fault-shapes.ts";
import { hostEvents } from "./moment.ts";
import { quorumNames } from "../store/index.ts";

const count = { type: "integer", minimum: 1, maximum: 1000 };
const index = { type: "integer", minimum: 0, maximum: 999 };
const quorum = {
  if: { type: "string" },
  then: { enum: quorumNames },
  else: { type: "integer", minimum: 0, maximum: 1000 },
};
/** At most a day: what a plan says must fit a timer. */
const durationMs = { type: "integer", minimum: 0, maximum: 86_400_000 };
const nodes = { type: "array", items: index, minItems: 1, uniqueItems: true };

function closed(properties: Record<string, object>, required = Object.keys(properties)): object {
  return { type: "object", properties, required, additionalProperties: false };
}

const operation = closed(
  {
    client: index,
    afterMs: durationMs,
    node: index,
    f: { enum: ["read", "write", "delete"] },
    key: index,
    r: quorum,
    pr: quorum,
    w: quorum,
    pw: quorum,
    dw: quorum,
    carry: { type: "boolean" },
  },
  ["client", "afterMs", "node", "f", "key"],
);

const partition = {
  type: "object",
  discriminator: { propertyName: "shape" },
  oneOf: [
    closed({ shape: { const: "halves" }, side: nodes }),
    closed({ shape: { const: "isolate" }, node: index }),
    closed({ shape: { const: "one-way" }, from: index, to: index }),
    closed({ shape: { const: "ring" }, order: nodes }),
    closed({ shape: { const: "bridge" }, node: index, side: nodes }),
    closed({
      shape: { const: "links" },
      cuts: {
        type: "array",
        items: { type: "array", items: index, minItems: 2, maxItems: 2 },
        minItems: 1,
        uniqueItems: true,
      },
    }),
  ],
};

/** At most a day, forwards or backwards. */
const offsetMs = { type: "integer", minimum: -86_400_000, maximum: 86_400_000 };
const clock = {
  type: "object",
  discriminator: { propertyName: "shape" },
  oneOf: [
    closed({ shape: { const: "jump" }, byMs: offsetMs }),
    closed({
      shape: { const: "drift" },
      msPerS: { type: "integer", minimum: -900, maximum: 10_000 },
    }),
    closed({ shape: { const: "strobe" }, byMs: offsetMs, everyMs: { ...durationMs, minimum: 1 } }),
  ],
};

const direction = { enum: ["in", "out", "both"] };
const percent = { type: "integer", minimum: 1, maximum: 99 };
const links = [
  closed({ kind: { enum: ["loss", "duplicate"] }, nodes, direction, percent }),
  closed({
    kind: { const: "reorder" },
    nodes,
    direction,
    percent,
    lateMs: { type: "integer", minimum: 1, maximum: 60_000 },
  }),
  closed({
    kind: { const: "delay" },
    nodes,
    direction,
    delayMs: { type: "integer", minimum: 0, maximum: mostDelayMs },
    jitterMs: { type: "integer", minimum: 0, maximum: mostDelayMs },
  }),
  closed({
    kind: { const: "rate" },
    nodes,
    direction,
    bytesPerS: { type: "integer", minimum: 1, maximum: 1_000_000_000 },
  }),
  closed({ kind: { const: "clients" }, nodes, direction }),
];
const disk = closed({
  kind: { const: "disk" },
  nodes,
  damage: { enum: ["wipe", "tear", "flip", "truncate", "restore"] },
  atPerMille: { type: "integer", minimum: 0, maximum: 1000 },
});

/** Below these a node can hardly start, or not at all. */
const limit = closed({
  kind: { const: "limit" },
  nodes,
  processorPercent: { type: "integer", minimum: 1, maximum: 100 },
  memoryMiB: { type: "integer", minimum: 64, maximum: 1_048_576 },
});

const fault = {
  type: "object",
  discriminator: { propertyName: "kind" },
  oneOf: [
    closed({ kind: { const: "partition" }, partition }),
    closed({ kind: { enum: ["kill", "pause", "power", "disk-full", "slow-disk"] }, nodes }),
    closed({ kind: { const: "clock" }, nodes, clock }),
    ...links,
    disk,
    limit,
  ],
};

const moment = closed({
  event: { enum: [...hostEvents] },
  node: index,
  count: { type: "integer", minimum: 1, maximum: 1_000_000 },
});

export const planSchema = closed(
  {
    format: { const: "quorate-plan/1" },
    worldSeed: { type: "integer", minimum: 0, maximum: 0xffffffff },
    settings: { type: "object" },
    clients: count,
    keys: count,
    operations: { type: "array", items: operation, maxItems: 1_000_000 },
    faults: {
      type: "array",
      items: closed(
        { atMs: durationMs, durationMs: { ...durationMs, minimum: 1 }, fault, when: moment },
        ["atMs", "durationMs", "fault"],
      ),
      maxItems: 10_000,
    },
    claimed: {
      type: "array",
      items: { enum: [...guaranteeNames, ...formerGuaranteeNames] },
      uniqueItems: true,
    },
    bug: { type: "string", minLength: 1 },
  },
  ["format", "worldSeed", "settings", "clients", "keys", "operations", "faults", "claimed"],
);
