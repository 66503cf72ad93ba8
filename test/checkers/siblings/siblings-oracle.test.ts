import { expect, test } from "vitest";
import { chance, judgeBy, of, Scenario, tombstone } from "../support.ts";
import { modelOf } from "../../../checkers/model/model.ts";
import { sampleSize } from "../sample-size.ts";
import type { GuaranteeName, VersionedValue } from "../../../checkers/index.ts";
import type { OperationOptions } from "../support.ts";

const histories = sampleSize(20_000);
/** The number of long histories. There are enough that each rule that the test counts is broken in some. */
const longHistories = Math.max(12, sampleSize(24));

interface Put {
  readonly op: number;
  readonly f: "write" | "delete";
  readonly dot: string;
  readonly shown: VersionedValue;
  readonly outcome: NonNullable<OperationOptions["outcome"]>;
  readonly startMs: number;
  readonly endMs: number;
  /**
   * The writes that the put's context covers. Undefined if the put is blind. "somebody" stands for a delete whose
   * answer never came.
   */
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

/**
 * Whether this is a delete without an answer. Its version is unknown, so its tombstone looks like that of any other
 * such delete.
 */
const isUnheard = ({ f, outcome }: Put): boolean =>
  f === "delete" && (outcome === "info" || outcome === "open");

/**
 * All puts that a put superseded: those that its context covers, and those that they superseded in turn. If `perhaps`
 * is set, a tombstone of unknown origin counts for each delete without an answer.
 */
function superseded(put: Put, puts: readonly Put[], perhaps: boolean): Set<Put> {
  const known = (perhaps ? supersededPerhaps : supersededSurely).get(put);
  if (known !== undefined) return known;
  const all = collect(put, puts, perhaps, new Set());
  (perhaps ? supersededPerhaps : supersededSurely).set(put, all);
  return all;
}

const supersededPerhaps = new WeakMap<Put, Set<Put>>();
const supersededSurely = new WeakMap<Put, Set<Put>>();

function collect(put: Put, puts: readonly Put[], perhaps: boolean, seen: Set<Put>): Set<Put> {
  for (const one of put.saw ?? []) {
    for (const by of one !== "somebody" ? [one] : perhaps ? puts.filter(isUnheard) : []) {
      if (by === put || seen.has(by)) continue;
      seen.add(by);
      collect(by, puts, perhaps, seen);
    }
  }
  return seen;
}

const covers = (context: Get["context"], dot: string): boolean => {
  const [actor, counter] = dot.split(":") as [string, string];
  return (context[actor] ?? 0) >= Number(counter);
};

const acknowledged = (put: Put): boolean => put.outcome === "ok";

/** For each rule, its definition: whether a read breaks it. */
const rules: Readonly<Partial<Record<GuaranteeName, (get: Get, puts: readonly Put[]) => boolean>>> =
  {
    "siblings-1": ({ members, unknown, unknownTombstone, endMs }, puts) =>
      members.some(({ startMs }) => startMs > endMs) ||
      unknown ||
      (unknownTombstone && !puts.some((put) => isUnheard(put) && put.startMs <= endMs)),
    "siblings-2": ({ members, startMs, endMs }, puts) => {
      const sup = members.flatMap((member) => [member, ...superseded(member, puts, true)]);
      const deletes = puts.filter(
        ({ f, outcome, startMs }) => f === "delete" && outcome !== "fail" && startMs <= endMs,
      );
      const covered = deletes.flatMap((one) => [one, ...superseded(one, puts, true)]);
      return puts.some(
        (put) =>
          acknowledged(put) && put.endMs < startMs && !sup.includes(put) && !covered.includes(put),
      );
    },
    "siblings-3": ({ members }, puts) =>
      members.some((member) =>
        members.some((other) => other !== member && superseded(other, puts, false).has(member)),
      ),
    "siblings-4": ({ members, startMs }, puts) =>
      puts.some(
        (put) =>
          acknowledged(put) &&
          put.endMs < startMs &&
          members.some((member) => superseded(put, puts, false).has(member)),
      ),
    "siblings-5": ({ members, context, endMs }, puts) => {
      const blind = puts.filter(
        (put) => acknowledged(put) && put.saw === undefined && put.startMs <= endMs,
      );
      const may = puts
        .filter(({ outcome, startMs }) => outcome !== "fail" && startMs <= endMs)
        .flatMap((put) => [...superseded(put, puts, true)]);
      return (
        blind.length > 1 &&
        blind.some(
          (put) => !members.includes(put) && covers(context, put.dot) && !may.includes(put),
        )
      );
    },
    "siblings-7": ({ members }) => new Set(members).size < members.length,
    "no-resurrection": ({ members, startMs }, puts) =>
      puts.some(
        (put) =>
          put.f === "delete" &&
          acknowledged(put) &&
          put.endMs < startMs &&
          members.some((member) => superseded(put, puts, false).has(member)),
      ),
  };

test(`the rules of siblings agree with their definitions on ${histories} small histories`, () => {
  const counts = new Map<string, number>();
  for (let seed = 0; seed < histories; seed++) compare(random(seed), `seed ${seed}`, counts);
  for (const name of Object.keys(rules))
    for (const verdict of ["valid", "invalid"])
      expect(counts.get(`${name} ${verdict}`), `${name} ${verdict}`).toBeGreaterThan(
        histories / 100,
      );
});

// The histories are long enough that the superseded writes fill several words of a bit set, and that words without a
// gap are dropped.
test(`the rules of siblings agree with their definitions on ${longHistories} long histories`, () => {
  const counts = new Map<string, number>();
  for (let seed = 0; seed < longHistories; seed++) compare(long(seed), `seed ${seed}`, counts);
  for (const name of ["siblings-2", "siblings-3", "siblings-4", "siblings-7"])
    for (const verdict of ["valid", "invalid"])
      expect(counts.get(`${name} ${verdict}`), `${name} ${verdict}`).toBeGreaterThan(0);
});

/** Fails unless the checkers find exactly the reads that break the rules by definition. */
function compare(drawn: Drawn, label: string, counts: Map<string, number>): void {
  const model = modelOf(drawn.scenario.events());
  for (const [name, isBroken] of Object.entries(rules)) {
    const guarantee = name as GuaranteeName;
    const { verdict, anomalies, judged } = judgeBy(guarantee, model);
    const applies =
      guarantee !== "no-resurrection" ||
      drawn.puts.some((put) => put.f === "delete" && acknowledged(put));
    const broken = applies
      ? drawn.gets.filter((get) => isBroken(get, drawn.puts)).map(({ op }) => op)
      : [];
    const wanted = !applies
      ? "not-applicable"
      : broken.length > 0
        ? "invalid"
        : drawn.gets.length === 0
          ? "not-applicable"
          : "valid";
    const shown = anomalies.map(({ operations }) => operations.at(-1));
    if (
      verdict !== wanted ||
      shown.join() !== broken.slice(0, 20).join() ||
      judged !== (applies ? drawn.gets.length : 0)
    ) {
      expect.fail(
        `${label}, ${name}: ${verdict} (${shown.join()}), but it is ${wanted} (${broken.join()}): ${JSON.stringify(drawn.scenario.events())}`,
      );
    }
    counts.set(`${name} ${wanted}`, (counts.get(`${name} ${wanted}`) ?? 0) + 1);
  }
}

/**
 * Draws puts that are blind or carry the context of an earlier operation, and reads that return any of the values
 * written so far.
 */
function random(seed: number): Drawn {
  const { int, pick } = chance(seed);
  const scenario = new Scenario({ versions: "siblings", stamps: "none" });
  const puts: Put[] = [];
  const gets: Get[] = [];
  const answered: {
    readonly op: number;
    readonly endMs: number;
    readonly saw: readonly (Put | "somebody")[];
  }[] = [];
  let atMs = 0;
  const unheardDot = (i: number): string => `u:${i}`;
  // Keys with deletes or with values of unknown origin are judged by another algorithm, so only half of the histories
  // have them.
  const hasDeletes = int(2) === 0;
  for (let i = 0, size = 3 + int(7); i < size; i++) {
    atMs += int(3);
    const endMs = atMs + int(4);
    if (int(5) < 3) {
      const outcome: Put["outcome"] = int(4) === 0 ? pick(["info", "fail", "open"] as const) : "ok";
      const f = hasDeletes && int(4) === 0 ? "delete" : "write";
      const dot = `${pick(["a", "b"])}:${i + 1}`;
      const known = answered.filter((one) => one.endMs <= atMs);
      const source = int(3) > 0 && known.length > 0 ? pick(known) : undefined;
      const options = {
        outcome,
        version: dot,
        ...(source === undefined ? {} : { contextOf: source.op }),
      };
      const op =
        f === "write"
          ? scenario.write(`v${i}`, atMs, endMs, options)
          : scenario.delete(dot, atMs, endMs, options);
      const put: Put = {
        op,
        f,
        dot,
        shown: f === "write" ? of(`v${i}`, dot) : tombstone(dot),
        outcome,
        startMs: atMs,
        endMs,
        saw: source?.saw,
      };
      puts.push(put);
      if (outcome === "ok") answered.push({ op, endMs, saw: [put] });
      continue;
    }
    const begun = puts.filter(({ startMs }) => startMs <= endMs && int(2) === 0);
    const twice = begun.length > 0 && int(10) === 0 ? [pick(begun)] : [];
    // The tombstone of a delete without an answer has an unknown origin, so it is not a member but a tombstone of its
    // own.
    const members = [...begun, ...twice].filter((put) => put.f === "write" || put.outcome === "ok");
    const tombstones = begun
      .filter((put) => isUnheard(put))
      .map((_, j) => tombstone(unheardDot(10 * i + j)));
    const unknownTombstone = tombstones.length > 0 || (hasDeletes && int(30) === 0);
    const unknown = hasDeletes && int(20) === 0;
    const shown = [
      ...members.map((put, j) =>
        members.indexOf(put) === j
          ? put.shown
          : { ...put.shown, version: put.f === "write" ? `c:${i + 1}` : put.dot },
      ),
      ...tombstones,
      ...(unknownTombstone && tombstones.length === 0 ? [tombstone(unheardDot(10 * i))] : []),
      ...(unknown ? [of("v99", `z:${i}`)] : []),
    ];
    const context = { a: int(9), b: int(9) };
    const op = scenario.read(shown, atMs, endMs, { context });
    gets.push({ op, members, unknown, unknownTombstone, context, startMs: atMs, endMs });
    answered.push({
      op,
      endMs,
      saw: [...members, ...(unknownTombstone ? ["somebody" as const] : [])],
    });
  }
  return { scenario, puts, gets };
}

/**
 * Draws a long history of one key in a store that behaves like a single copy. Writes are blind or have the context of a
 * recent read. In two of three histories, one read in thirty misses a sibling, returns one twice, or returns a
 * superseded one.
 */
function long(seed: number): Drawn {
  const { int, pick } = chance(seed);
  const scenario = new Scenario({ versions: "siblings", stamps: "none" });
  const puts: Put[] = [];
  const gets: Get[] = [];
  const isFaulty = int(3) > 0;
  const lag = 2 + int(12);
  const blindOneIn = pick([3, 20, 1_000]);
  let standing: Put[] = [];
  let atMs = 0;
  for (let i = 0, size = 200 + int(200); i < size; i++) {
    atMs += int(3);
    const endMs = atMs + int(4);
    if (int(5) < 2) {
      const late = gets.slice(-lag).filter((get) => get.endMs <= atMs);
      const source = int(blindOneIn) > 0 && late.length > 0 ? pick(late) : undefined;
      // Leaves out blind writes while there are many siblings, since every read then takes long.
      if (source === undefined && standing.length > 8) continue;
      const outcome: Put["outcome"] =
        int(12) === 0 ? pick(["info", "fail", "open"] as const) : "ok";
      const dot = `a:${puts.length + 1}`;
      const op = scenario.write(`v${i}`, atMs, endMs, {
        outcome,
        version: dot,
        ...(source === undefined ? {} : { contextOf: source.op }),
      });
      const put: Put = {
        op,
        f: "write",
        dot,
        shown: of(`v${i}`, dot),
        outcome,
        startMs: atMs,
        endMs,
        saw: source?.members,
      };
      puts.push(put);
      if (outcome === "fail" || (outcome !== "ok" && int(2) === 0)) continue;
      const gone = superseded(put, puts, false);
      standing = [...standing.filter((one) => !gone.has(one)), put];
      continue;
    }
    let members = standing;
    if (isFaulty && members.length > 0 && int(30) === 0) {
      const fault = int(3);
      if (fault === 0) members = members.filter((one) => one !== members[int(members.length)]);
      else if (fault === 1) members = [...members, pick(members)];
      else members = [...members, pick(puts.slice(-60))];
    }
    const context = { a: puts.length };
    const shown = members.map((put, at) =>
      members.indexOf(put) === at ? put.shown : { ...put.shown, version: `c:${i + 1}` },
    );
    const op = scenario.read(shown, atMs, endMs, { context });
    gets.push({
      op,
      members,
      unknown: false,
      unknownTombstone: false,
      context,
      startMs: atMs,
      endMs,
    });
  }
  return { scenario, puts, gets };
}
