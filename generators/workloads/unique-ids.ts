/**
 * Unique ids: clients ask for ids, and no id may be given twice. On a register an id is made by a write: the key with
 * the version that the store gave the write. All clients write the same keys, so only the version distinguishes the ids
 * of one key.
 */
import { range } from "../draw.ts";
import { keyNamesOf, type Plan, valueOf } from "../plan.ts";
import type { OverRegister } from "./over-register.ts";
import type { Outcome } from "./request.ts";
import type { BuiltInWorkload } from "./workload.ts";

declare module "./workload.ts" {
  interface BuiltInWorkloads {
    readonly "unique-ids": Workload;
  }
}

export const uniqueIds: BuiltInWorkload<"unique-ids"> = {
  name: "unique-ids",
  meaning: "Clients ask for ids, and no id may be given twice.",
  operations: {
    generate: { say: ({ keyName }) => `asks the generator ${keyName} for an id`, writes: true },
  },
  always: "generate",
  carries: false,
  mix: () => ({ generate: 1 }),
  // There is nothing to read, so the last operations generate ids. After restarts, nodes must not give out earlier ids
  // again.
  finalReads: ({ keys }) => range(keys).map((key) => ({ f: "generate", key })),
  overRegister,
  // A version identifies one write, whatever the quorums, the repair and the clocks. A target without versions gives no
  // ids to judge.
  promisedOver: () => ["unique-ids"],
};

function overRegister(plan: Plan): OverRegister {
  return {
    keys: keyNamesOf(plan),
    requests: 1,
    perform({ op, key }, register, done) {
      register({ f: "write", key, value: valueOf(op) }, (outcome) => done(withId(key, outcome)));
    },
  };
}

/** Returns the outcome with the id: the key and the version of the write. Without a version there is no id to judge. */
function withId(key: string, outcome: Outcome): Outcome {
  if (outcome.kind !== "ok") return outcome;
  const version = outcome.versions?.[0]?.version;
  return version === undefined ? { kind: "ok" } : { kind: "ok", result: `${key}/${version}` };
}
