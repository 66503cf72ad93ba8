/** The JSON Schema of plan.json. Constraints that a schema cannot express (index ranges, settings) are in parse.ts. */
import { formerGuaranteeNames, guaranteeNames } from "../checkers/index.ts";
import { closed, dayMs, index } from "./faults/schemas.ts";
import type { ResolvedLanguage } from "./options.ts";
import { hostEvents } from "./trigger.ts";
import { workloadsOn } from "./workloads/over-register.ts";

const count = { type: "integer", minimum: 1, maximum: 10_000 };
const name = { type: "string", minLength: 1 };

const trigger = closed({
  event: { enum: [...hostEvents] },
  node: index,
  count: { type: "integer", minimum: 1, maximum: 1_000_000 },
});

/** The schema for plans of this target with these kinds of fault and workloads. `fault` is the schema of a fault. */
export function planSchema(
  { target, kinds }: ResolvedLanguage,
  fault: object = {
    type: "object",
    discriminator: { propertyName: "kind" },
    oneOf: [...kinds.faults.values()].map(({ schema }) => schema),
  },
): object {
  const operation = closed(
    {
      client: index,
      afterMs: dayMs,
      node: index,
      f: name,
      key: index,
      args: { type: "object" },
      ...(target.levels === undefined ? {} : { levels: target.levels.schema }),
      carry: { type: "boolean" },
    },
    ["client", "afterMs", "node", "f", "key"],
  );
  return closed(
    {
      format: { const: "quorate-plan/2" },
      target: closed({ name, version: { type: "string" } }),
      workload: {
        enum: workloadsOn(target, kinds.workloads.values()),
      },
      worldSeed: { type: "integer", minimum: 0, maximum: 0xffffffff },
      settings: { type: "object" },
      clients: count,
      keys: count,
      keyNames: { type: "array", items: name, uniqueItems: true },
      operations: { type: "array", items: operation, maxItems: 1_000_000 },
      faults: {
        type: "array",
        items: closed({ atMs: dayMs, durationMs: { ...dayMs, minimum: 1 }, fault, when: trigger }, [
          "atMs",
          "durationMs",
          "fault",
        ]),
        maxItems: 10_000,
      },
      claimed: {
        type: "array",
        items: { enum: [...guaranteeNames, ...formerGuaranteeNames] },
        uniqueItems: true,
      },
      restart: { type: "boolean" },
      bug: name,
    },
    [
      "format",
      "target",
      "workload",
      "worldSeed",
      "settings",
      "clients",
      "keys",
      "operations",
      "faults",
      "claimed",
    ],
  );
}
