/**
 * Sets: clients add elements, each once, and read all of them. On a register each element is a key, which an add writes
 * once, so adds never overwrite each other. A read reads the keys of all elements that the plan adds to the set, one
 * after the other.
 */
import type { GuaranteeName, Json } from "../../checkers/index.ts";
import { integer, range } from "../draw.ts";
import { keyName, keyNamesOf, type Plan, valueOf } from "../plan.ts";
import type { AskRegister, OverRegister, RegisterPromises } from "./over-register.ts";
import type { ClientRequest, Outcome } from "./request.ts";
import type { BuiltInWorkload } from "./workload.ts";

declare module "./workload.ts" {
  interface BuiltInWorkloads {
    readonly set: Workload;
  }
}

export const set: BuiltInWorkload<"set"> = {
  name: "set",
  meaning: "Adds of unique elements to sets, and reads of whole sets.",
  operations: {
    read: { say: ({ keyName }) => `reads the set ${keyName}`, writes: false },
    add: {
      args: {
        type: "object",
        properties: { element: { type: "string", minLength: 1 } },
        required: ["element"],
        additionalProperties: false,
      },
      say: ({ keyName, args }) => `adds ${String(args?.["element"])} to ${keyName}`,
      writes: true,
    },
  },
  always: "add",
  carries: false,
  // A read shows many adds at once, but on a register it costs one request for each element, so reads are rarer than
  // adds.
  mix: (random) => ({ read: integer(random, 1, 3), add: integer(random, 3, 6) }),
  args: (_, { f }, index) => (f === "add" ? { element: `e${index}` } : undefined),
  finalReads: ({ keys }) => range(keys).map((key) => ({ f: "read", key })),
  overRegister,
  promisedOver,
};

function overRegister(plan: Plan): OverRegister {
  const elements = new Map<string, Set<string>>(keyNamesOf(plan).map((key) => [key, new Set()]));
  for (const { f, key, args } of plan.operations)
    if (f === "add") elements.get(keyName(key, plan))?.add(elementOf(args));
  return {
    keys: [...elements].flatMap(([key, ofKey]) => [...ofKey].map((one) => elementKey(key, one))),
    requests: Math.max(1, ...[...elements.values()].map(({ size }) => size)),
    perform(request, register, done) {
      if (request.f === "add")
        register(
          {
            f: "write",
            key: elementKey(request.key, elementOf(request.args)),
            value: valueOf(request.op),
          },
          (outcome) => done(outcome.kind === "ok" ? { kind: "ok" } : outcome),
        );
      else readAll(request, [...(elements.get(request.key) ?? [])], register, done);
    },
  };
}

const elementKey = (key: string, element: string): string => `${key}-${element}`;

/** The element that an add names. The schema has checked that it is there. */
const elementOf = (args: Readonly<Record<string, Json>> = {}): string => String(args["element"]);

/**
 * Reads the keys of all elements, one after the other, until a read fails. An element is in the set if any sibling of
 * its key has a value.
 */
function readAll(
  { key }: ClientRequest,
  elements: readonly string[],
  register: AskRegister,
  done: (outcome: Outcome) => void,
): void {
  const found: string[] = [];
  const next = (index: number): void => {
    const element = elements[index];
    if (element === undefined) return done({ kind: "ok", result: found });
    register({ f: "read", key: elementKey(key, element) }, (outcome) => {
      if (outcome.kind !== "ok") return done(outcome);
      if (outcome.versions?.some(({ value }) => value !== null) === true) found.push(element);
      next(index + 1);
    });
  };
  next(0);
}

/**
 * Returns the promises of sets that are built from a register. Each key is written once and never deleted, so a read
 * that misses an acknowledged add is a stale read. If acknowledged writes are durable, the final reads must find every
 * acknowledged element if read and write quorums overlap, or if all replicas became equal. Handoff alone makes replicas
 * equal only for some keys.
 */
function promisedOver({ guarantees, repair }: RegisterPromises): readonly GuaranteeName[] {
  const has = (...names: readonly string[]): boolean => names.some((name) => guarantees.has(name));
  const isFresh = has("regular-stamped", "regular", "linearizable", "siblings-2");
  const repairsAllKeys = repair === undefined || repair.antiEntropy || repair.read !== "off";
  return [
    ...(has("no-thin-air") ? (["set-no-thin-air"] as const) : []),
    ...(has("durable") && (isFresh || (has("converged") && repairsAllKeys))
      ? (["set-complete"] as const)
      : []),
    ...(isFresh ? (["set-fresh"] as const) : []),
  ];
}
