/**
 * Judges a register with compare-and-set: the operations of each key must be linearizable, which the general search
 * decides. A compare-and-set that was not applied counts as a read of the value that it reports as found. One that
 * reports no value is left out.
 */
import { clientThrough } from "../messages/operation-messages.ts";
import { conclude } from "../conclude.ts";
import type { Anomaly, Judgement } from "../language/verdict.ts";
import { defaultBudget, search, type SearchBudget, type SearchProblem } from "../search/search.ts";
import { byKey, type Done, field, mayCount } from "./done.ts";

const guarantee = "linearizable";

type Value = string | null;

/** The effect of an operation on the register. */
type Effect =
  | { readonly f: "read"; readonly value: Value }
  | { readonly f: "write"; readonly value: Value }
  | { readonly f: "cas"; readonly old: Value; readonly value: Value };

interface Step {
  readonly done: Done;
  readonly effect: Effect;
}

const valueOf = (value: unknown): Value => (typeof value === "string" ? value : null);

/** The effect that an operation had or may have had. Null: it had no effect and does not show the key's value. */
function effectOf(done: Done): Effect | null {
  const { f, outcome, result, value, args } = done;
  switch (f) {
    case "read":
      return outcome === "ok"
        ? { f: "read", value: valueOf(result ?? done.versions?.[0]?.value) }
        : null;
    case "write":
      return mayCount(done) ? { f: "write", value: valueOf(value) } : null;
    case "delete":
      return mayCount(done) ? { f: "write", value: null } : null;
    case "cas": {
      if (!mayCount(done)) return null;
      const [old, put] = [valueOf(field(args, "old")), valueOf(field(args, "new"))];
      const cas = { f: "cas", old, value: put } as const;
      if (outcome !== "ok" || field(result, "applied") === true) return cas;
      const found = field(result, "found");
      return found === undefined ? null : { f: "read", value: valueOf(found) };
    }
    default:
      return null;
  }
}

/** Drops indeterminate operations that set a value which no operation read or expected: no order needs them. */
function useful(steps: readonly Step[]): readonly Step[] {
  const wanted = new Set<Value>(
    steps.map(({ effect }) =>
      effect.f === "cas" ? effect.old : effect.f === "read" ? effect.value : "",
    ),
  );
  return steps.filter(({ done, effect }) => done.outcome === "ok" || wanted.has(effect.value));
}

interface Problem {
  readonly steps: readonly Step[];
  readonly problem: SearchProblem;
  valueOf(state: number): Value;
}

function problemOf(all: readonly Step[]): Problem {
  const steps = useful(all);
  const values: Value[] = [null];
  const codes = new Map<Value, number>([[null, 0]]);
  const code = (value: Value): number => {
    let known = codes.get(value);
    if (known === undefined) {
      codes.set(value, (known = values.length));
      values.push(value);
    }
    return known;
  };
  const kinds = new Map<string, number>();
  const kind = steps.map(({ effect }) => {
    const name = JSON.stringify(effect);
    const known = kinds.get(name) ?? kinds.size;
    kinds.set(name, known);
    return known;
  });
  const value = Int32Array.from(steps, ({ effect }) => code(effect.value));
  const old = Int32Array.from(steps, ({ effect }) => (effect.f === "cas" ? code(effect.old) : -1));
  return {
    steps,
    valueOf: (state) => values[state] ?? null,
    problem: {
      initial: 0,
      start: Float64Array.from(steps, ({ done }) => done.startUs),
      end: Float64Array.from(steps, ({ done }) => (done.outcome === "ok" ? done.endUs : Infinity)),
      pure: Uint8Array.from(steps, ({ effect }) => (effect.f === "read" ? 1 : 0)),
      kind: Int32Array.from(kind),
      step: (state, index) => {
        const next = value[index] ?? -1;
        switch (steps[index]?.effect.f) {
          case "read":
            return next === state ? state : -1;
          case "cas":
            return old[index] === state ? next : -1;
          default:
            return next;
        }
      },
    },
  };
}

const show = (value: Value): string => value ?? "nothing";

function brief({ done, effect }: Step): string {
  const through = clientThrough(done);
  switch (effect.f) {
    case "read":
      return done.f === "cas"
        ? `the failed compare-and-set by ${through}, which found ${show(effect.value)}`
        : `the read of ${show(effect.value)} by ${through}`;
    case "write":
      return `the write of ${show(effect.value)} by ${through}`;
    case "cas":
      return `the change from ${show(effect.old)} to ${show(effect.value)} by ${through}`;
  }
}

/** An explanation names at most this many of the values that the key could hold. */
const valuesNamed = 4;

function explain(key: string, { steps, problem, valueOf }: Problem, found: Stuck): Anomaly {
  const stuck = steps[found.stuck];
  const last = found.prefix.findLast((index) => problem.pure[index] === 0);
  const setter = last === undefined ? undefined : steps[last];
  const held = [...new Set(found.states.map((state) => show(valueOf(state))))].sort();
  const could =
    held.length <= valuesNamed
      ? held.join(" or ")
      : `${held.slice(0, valuesNamed).join(" or ")} or one of ${held.length - valuesNamed} other values`;
  const after =
    setter === undefined ? "" : ` (in one such order the last change is ${brief(setter)})`;
  return {
    guarantee,
    key,
    explanation: `${stuck === undefined ? "an operation" : brief(stuck)} fits nowhere: all operations on ${key} that were answered earlier can be put in order${after}, but after them ${key} can only hold ${could}`,
    operations: [
      ...(setter === undefined ? [] : [setter.done.op]),
      ...(stuck === undefined ? [] : [stuck.done.op]),
    ],
    ...(stuck === undefined ? {} : { atUs: stuck.done.endUs }),
  };
}

interface Stuck {
  readonly stuck: number;
  readonly states: readonly number[];
  readonly prefix: readonly number[];
}

/**
 * Judges whether the operations of each key are linearizable. If the budget runs out for a key, that key is undecided,
 * and the verdict is `unknown` unless another key is not linearizable. Otherwise the verdict is exact.
 */
export function casLinearizable(
  operations: readonly Done[],
  budget: SearchBudget = defaultBudget,
): Judgement {
  const anomalies: Anomaly[] = [];
  const undecided: string[] = [];
  let judged = 0;
  for (const [key, of] of byKey(operations)) {
    const steps = of.flatMap((done): readonly Step[] => {
      const effect = effectOf(done);
      return effect === null ? [] : [{ done, effect }];
    });
    judged += steps.filter(({ done }) => done.outcome === "ok").length;
    const problem = problemOf(steps);
    const result = search(problem.problem, budget);
    if (result.found === "none") anomalies.push(explain(key, problem, result));
    else if (result.found === "unknown") undecided.push(`key ${key}: ${result.reason}`);
  }
  return conclude({ anomalies, undecided, judged });
}
