/**
 * Unique ids: clients ask for ids, and none may be given twice. Over a register an id is made by a write: it is the key
 * and the version that the store gave to the write. All clients write to the same keys, since what tells two ids of one
 * key apart is the version alone.
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
  meaning: "Generates ids, each of which no client may get twice.",
  operations: {
    generate: { say: ({ keyName }) => `generates an id from ${keyName}`, writes: true },
  },
  always: "generate",
  carries: false,
  mix: () => ({ generate: 1 }),
  // There is nothing to read: what matters is that nodes which restarted give none of the ids that they gave before.
  finalReads: ({ keys }) => range(keys).map((key) => ({ f: "generate", key })),
  overRegister,
  // A version names one write, whatever the quorums, the repair and the clocks. A target without versions shows no ids
  // to judge.
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

/** Without a version there is no id: the write succeeded, and nothing is judged. */
function withId(key: string, outcome: Outcome): Outcome {
  if (outcome.kind !== "ok") return outcome;
  const version = outcome.versions?.[0]?.version;
  return version === undefined ? { kind: "ok" } : { kind: "ok", result: `${key}/${version}` };
}
