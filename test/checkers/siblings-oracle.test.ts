<<<<<<< HEAD
/** The rules of siblings against their definitions, tried on every pair of operations of small random histories. */
import { describe, expect, test } from "vitest";
import { Intervals } from "../../checkers/intervals.ts";
import { modelOf } from "../../checkers/model.ts";
import { NumberSet } from "../../checkers/number-set.ts";
import { registry } from "../../checkers/registry.ts";
import { chance, Scenario } from "./support.ts";
import type { Model } from "../../checkers/model.ts";
import type { GuaranteeName, Operation, VersionedValue } from "../../checkers/index.ts";

/** One key, a few clients; reads return whatever was written, tombstones of unknown origin too. */
function random(seed: number): Model {
  const { int, pick } = chance(seed);
  const scenario = new Scenario({ versions: "siblings", stamps: "none", r: 1 + int(3), w: 1 + int(3), evidence: false });
  const written: VersionedValue[] = [];
  const readable = (): VersionedValue[] => [...new Set(Array.from({ length: int(4) }, () => (written.length === 0 ? { version: "z:9", value: null } : pick(written))))];
  const sources: number[] = [];
  let dots = 0;
  for (let i = 0; i < 11; i++) {
    const startMs = i * 2 + int(4);
    const endMs = startMs + 1 + int(7);
    const context = { a: int(8) };
    if (int(2) === 0) {
      sources.push(scenario.read(readable(), startMs, endMs, { context, ...(int(6) === 0 ? { final: true } : {}) }));
      continue;
    }
    const version = `a:${++dots}`;
    const carried = sources.length > 0 && int(3) > 0 ? { contextOf: pick(sources) } : {};
    const outcome = pick(["ok", "ok", "ok", "info", "fail"] as const);
    const isDelete = int(4) === 0;
    const op = isDelete ? scenario.delete(version, startMs, endMs, { ...carried, context, outcome }) : scenario.write(`v${dots}`, startMs, endMs, { version, ...carried, context, outcome });
    if (outcome !== "fail" || int(4) === 0) written.push({ version, value: isDelete ? null : `v${dots}` });
    if (outcome === "ok" && int(4) === 0) sources.push(op);
  }
  return modelOf(scenario.events());
}

/** Sup as it is defined, by following contexts back. */
function superseded(model: Model, perhaps: boolean): (write: Operation) => ReadonlySet<Operation> {
  const writers = model.writers("k0");
  const seenBy = (write: Operation): readonly Operation[] => {
    const source = write.contextOf === undefined ? undefined : model.operation.get(write.contextOf);
    if (source === undefined) return [];
    if (source.f !== "read") return [source];
    return source.versions.flatMap((versioned) => writers.of(versioned) ?? (perhaps && versioned.value === null ? writers.anonymousDeletes : []));
  };
  // A context cannot come from the future; where a history says so, what that write had seen does not count.
  const byStart = [...model.operations].sort((a, b) => a.startUs - b.startUs);
  const order = (write: Operation): number => byStart.indexOf(write);
  return (write) => {
    const found = new Set<Operation>();
    const followed = new Set<Operation>();
    const follow = (from: Operation): void => {
      for (const seen of seenBy(from)) {
        if (seen === from) continue;
        found.add(seen);
        if (order(seen) > order(from) || followed.has(seen)) continue;
        followed.add(seen);
        follow(seen);
      }
    };
    follow(write);
    return found;
  };
}

/** The reads that break each rule, by op. */
function broken(model: Model, guarantee: GuaranteeName): number[] {
  const { run, operations } = model;
  const writers = model.writers("k0");
  const surely = superseded(model, false);
  const perhaps = superseded(model, true);
  const writes = operations.filter(({ f }) => f !== "read");
  const acknowledged = writes.filter(({ outcome }) => outcome === "ok");
  const blind = acknowledged.filter(({ contextOf }) => contextOf === undefined);
  const strict = guarantee === "siblings-5" || run.r + run.w > run.n;
  return operations
    .filter((read) => {
      if (read.f !== "read" || read.outcome !== "ok" || !(strict || read.final)) return false;
      const members = read.versions.flatMap((versioned) => writers.of(versioned) ?? []);
      const before = acknowledged.filter(({ endUs }) => endUs < read.startUs);
      const begun = writes.filter(({ startUs, outcome }) => startUs <= read.endUs && outcome !== "fail");
      switch (guarantee) {
        case "siblings-2": {
          const deletes = begun.filter(({ f }) => f === "delete");
          return before.some((write) => !members.includes(write) && !members.some((member) => perhaps(member).has(write)) && !deletes.some((one) => one === write || perhaps(one).has(write)));
        }
        case "siblings-4":
        case "no-resurrection":
          return before.some((by) => (guarantee === "siblings-4" || by.f === "delete") && members.some((member) => surely(by).has(member)));
        case "siblings-5":
          return blind.some((write) => {
            const covered = (read.context?.["a"] ?? 0) >= Number(writers.versionOf(write)?.slice(2));
            const other = blind.some((one) => one !== write && one.startUs <= read.endUs);
            return write.startUs <= read.endUs && covered && other && !members.includes(write) && !begun.some((by) => perhaps(by).has(write));
          });
        default:
          throw new Error(`no definition of ${guarantee} here`);
      }
    })
    .map(({ op }) => op);
}

describe("the rules of siblings", () => {
  test.each<GuaranteeName>(["siblings-2", "siblings-4", "siblings-5", "no-resurrection"])("%s breaks where its definition does, on 2,000 histories", (guarantee) => {
    let invalid = 0;
    let valid = 0;
    for (let seed = 0; seed < 2_000; seed++) {
      const model = random(seed);
      const judgement = registry[guarantee]?.(model);
      const expected = broken(model, guarantee);
      expect(judgement?.anomalies.map(({ operations }) => operations.at(-1)), `seed ${seed}`).toEqual(expected);
      if (expected.length > 0) invalid++;
      else valid++;
    }
    expect(Math.min(invalid, valid)).toBeGreaterThan(20);
  }, 60_000);
});

describe("NumberSet", () => {
  test("is a set of numbers, shared or not, full or not", () => {
    for (let seed = 0; seed < 60; seed++) {
      const { int, pick } = chance(seed);
      const limit = pick([1, 32, 33, 256, 257, 3_000]);
      const empty = NumberSet.empty(limit);
      const sets = [{ set: empty, of: new Set<number>() }];
      for (let times = 0; times < 40; times++) {
        const one = pick(sets);
        const other = pick(sets);
        const from = int(limit);
        const until = int(4) === 0 ? Math.min(limit, from + int(600)) : from + 1;
        const joins = int(2) === 0;
        let set = joins ? one.set.union(other.set) : one.set;
        const of = new Set(joins ? [...one.of, ...other.of] : one.of);
        for (let number = from; number < until; number++) {
          set = set.with(number);
          of.add(number);
        }
        sets.push({ set, of });
        for (let number = 0; number < limit; number += 1 + int(9)) expect(set.has(number)).toBe(of.has(number));
        const beyond: number[] = [];
        set.forEachBeyond(other.set, (number) => beyond.push(number));
        expect(beyond).toEqual([...of].filter((number) => !other.of.has(number)).sort((a, b) => a - b));
        const end = int(limit + 1);
        const expected = Array.from({ length: end }, (_, number) => number).find((number) => !of.has(number) && !other.of.has(number)) ?? -1;
        expect(NumberSet.firstMissing([set, other.set], end)).toBe(expected);
      }
    }
  });
});

describe("Intervals", () => {
  test("finds those that hold a time, and no other", () => {
    for (let seed = 0; seed < 2_000; seed++) {
      const { int } = chance(seed);
      const from = Float64Array.from({ length: int(9) }, () => int(10)).sort();
      const until = from.map((time) => (int(5) === 0 ? Infinity : time + int(5)));
      const intervals = new Intervals(from, until);
      for (let at = 0; at < 16; at++) {
        const found: number[] = [];
        for (let i = intervals.next(0, at); i >= 0; i = intervals.next(i + 1, at)) found.push(i);
        expect(found, `seed ${seed} at ${at}`).toEqual([...from.keys()].filter((i) => (from[i] as number) <= at && (until[i] as number) > at));
      }
    }
  });
});
=======
import { expect, test } from "vitest";
import { chance, judgeBy, of, Scenario, tombstone } from "./support.ts";
import { modelOf } from "../../checkers/model.ts";
import { sampleSize } from "./sample-size.ts";
import type { GuaranteeName, VersionedValue } from "../../checkers/index.ts";
import type { OperationOptions } from "./support.ts";

const histories = sampleSize(20_000);

interface Put {
  readonly op: number;
  readonly f: "write" | "delete";
  readonly dot: string;
  readonly shown: VersionedValue;
  readonly outcome: NonNullable<OperationOptions["outcome"]>;
  readonly startMs: number;
  readonly endMs: number;
  /** What the context that it carried stands for; undefined: a blind put. */
  readonly saw: readonly (Put | "somebody")[] | undefined;
}

interface Get {
  readonly op: number;
  readonly members: readonly Put[];
  readonly unknown: boolean;
  readonly unknownTombstone: boolean;
  readonly context: Readonly<Record<string, number>>;
  readonly startMs: number;
  readonly endMs: number;
}

interface Drawn {
  readonly scenario: Scenario;
  readonly puts: readonly Put[];
  readonly gets: readonly Get[];
}

/** An unheard delete's tombstone cannot be told from another's. */
const isUnheard = ({ f, outcome }: Put): boolean => f === "delete" && (outcome === "info" || outcome === "open");

/** Everything that the context showed and, in turn, what that superseded. `perhaps`: a tombstone of unknown origin stands for each unheard delete. */
function superseded(put: Put, puts: readonly Put[], perhaps: boolean, seen: Set<Put> = new Set()): Set<Put> {
  for (const one of put.saw ?? []) {
    for (const by of one !== "somebody" ? [one] : perhaps ? puts.filter(isUnheard) : []) {
      if (by === put || seen.has(by)) continue;
      seen.add(by);
      superseded(by, puts, perhaps, seen);
    }
  }
  return seen;
}

const covers = (context: Get["context"], dot: string): boolean => {
  const [actor, counter] = dot.split(":") as [string, string];
  return (context[actor] ?? 0) >= Number(counter);
};

const acknowledged = (put: Put): boolean => put.outcome === "ok";

/** Which reads break each rule, by the words of its definition. */
const rules: Readonly<Partial<Record<GuaranteeName, (get: Get, puts: readonly Put[]) => boolean>>> = {
  "siblings-1": ({ members, unknown, unknownTombstone, endMs }, puts) =>
    members.some(({ startMs }) => startMs > endMs) || unknown || (unknownTombstone && !puts.some((put) => isUnheard(put) && put.startMs <= endMs)),
  "siblings-2": ({ members, startMs, endMs }, puts) => {
    const sup = members.flatMap((member) => [member, ...superseded(member, puts, true)]);
    const deletes = puts.filter(({ f, outcome, startMs }) => f === "delete" && outcome !== "fail" && startMs <= endMs);
    const covered = deletes.flatMap((one) => [one, ...superseded(one, puts, true)]);
    return puts.some((put) => acknowledged(put) && put.endMs < startMs && !sup.includes(put) && !covered.includes(put));
  },
  "siblings-3": ({ members }, puts) => members.some((member) => members.some((other) => other !== member && superseded(other, puts, false).has(member))),
  "siblings-4": ({ members, startMs }, puts) => puts.some((put) => acknowledged(put) && put.endMs < startMs && members.some((member) => superseded(put, puts, false).has(member))),
  "siblings-5": ({ members, context, endMs }, puts) => {
    const blind = puts.filter((put) => acknowledged(put) && put.saw === undefined && put.startMs <= endMs);
    const may = puts.filter(({ outcome, startMs }) => outcome !== "fail" && startMs <= endMs).flatMap((put) => [...superseded(put, puts, true)]);
    return blind.length > 1 && blind.some((put) => !members.includes(put) && covers(context, put.dot) && !may.includes(put));
  },
  "siblings-7": ({ members }) => new Set(members).size < members.length,
  "no-resurrection": ({ members, startMs }, puts) =>
    puts.some((put) => put.f === "delete" && acknowledged(put) && put.endMs < startMs && members.some((member) => superseded(put, puts, false).has(member))),
};

test(`the rules of siblings agree with their definitions on ${histories} small histories`, () => {
  const counts = new Map<string, number>();
  for (let seed = 0; seed < histories; seed++) {
    const drawn = random(seed);
    const model = modelOf(drawn.scenario.events());
    for (const [name, isBroken] of Object.entries(rules)) {
      const guarantee = name as GuaranteeName;
      const { verdict, anomalies, judged } = judgeBy(guarantee, model);
      const applies = guarantee !== "no-resurrection" || drawn.puts.some((put) => put.f === "delete" && acknowledged(put));
      const broken = applies ? drawn.gets.filter((get) => isBroken(get, drawn.puts)).map(({ op }) => op) : [];
      const wanted = !applies ? "not-applicable" : broken.length > 0 ? "invalid" : drawn.gets.length === 0 ? "unknown" : "valid";
      const shown = anomalies.map(({ operations }) => operations.at(-1));
      if (verdict !== wanted || shown.join() !== broken.join() || judged !== (applies ? drawn.gets.length : 0)) {
        expect.fail(`seed ${seed}, ${name}: ${verdict} (${shown.join()}), but it is ${wanted} (${broken.join()}): ${JSON.stringify(drawn.scenario.events())}`);
      }
      counts.set(`${name} ${wanted}`, (counts.get(`${name} ${wanted}`) ?? 0) + 1);
    }
  }
  for (const name of Object.keys(rules)) for (const verdict of ["valid", "invalid"]) expect(counts.get(`${name} ${verdict}`), `${name} ${verdict}`).toBeGreaterThan(histories / 50);
}, 60_000);

/** Puts blind or with the context of what was answered before, and gets that return what they like of what is or will be written. */
function random(seed: number): Drawn {
  const { int, pick } = chance(seed);
  const scenario = new Scenario({ versions: "siblings", stamps: "none" });
  const puts: Put[] = [];
  const gets: Get[] = [];
  const answered: { readonly op: number; readonly endMs: number; readonly saw: readonly (Put | "somebody")[] }[] = [];
  let atMs = 0;
  const unheardDot = (i: number): string => `u:${i}`;
  for (let i = 0, size = 3 + int(7); i < size; i++) {
    atMs += int(3);
    const endMs = atMs + int(4);
    if (int(5) < 3) {
      const outcome: Put["outcome"] = int(4) === 0 ? pick(["info", "fail", "open"] as const) : "ok";
      const f = int(4) === 0 ? "delete" : "write";
      const dot = `${pick(["a", "b"])}:${i + 1}`;
      const known = answered.filter((one) => one.endMs <= atMs);
      const source = int(3) > 0 && known.length > 0 ? pick(known) : undefined;
      const options = { outcome, version: dot, ...(source === undefined ? {} : { contextOf: source.op }) };
      const op = f === "write" ? scenario.write(`v${i}`, atMs, endMs, options) : scenario.delete(dot, atMs, endMs, options);
      const put: Put = { op, f, dot, shown: f === "write" ? of(`v${i}`, dot) : tombstone(dot), outcome, startMs: atMs, endMs, saw: source?.saw };
      puts.push(put);
      if (outcome === "ok") answered.push({ op, endMs, saw: [put] });
      continue;
    }
    const begun = puts.filter(({ startMs }) => startMs <= endMs && int(2) === 0);
    const twice = begun.length > 0 && int(10) === 0 ? [pick(begun)] : [];
    // An unheard delete's tombstone is of unknown origin.
    const members = [...begun, ...twice].filter((put) => put.f === "write" || put.outcome === "ok");
    const tombstones = begun.filter((put) => isUnheard(put)).map((_, j) => tombstone(unheardDot(10 * i + j)));
    const unknownTombstone = tombstones.length > 0 || int(30) === 0;
    const unknown = int(20) === 0;
    const shown = [
      ...members.map((put, j) => (members.indexOf(put) === j ? put.shown : { ...put.shown, version: put.f === "write" ? `c:${i + 1}` : put.dot })),
      ...tombstones, ...(unknownTombstone && tombstones.length === 0 ? [tombstone(unheardDot(10 * i))] : []), ...(unknown ? [of("v99", `z:${i}`)] : []),
    ];
    const context = { a: int(9), b: int(9) };
    const op = scenario.read(shown, atMs, endMs, { context });
    gets.push({ op, members, unknown, unknownTombstone, context, startMs: atMs, endMs });
    answered.push({ op, endMs, saw: [...members, ...(unknownTombstone ? ["somebody" as const] : [])] });
  }
  return { scenario, puts, gets };
}
>>>>>>> main
