import { describe, expect, test } from "vitest";
import { modelOf } from "../../../checkers/model/model.ts";
import { chance, judgeBy, Scenario, stampOf } from "../support.ts";
import { sampleSize } from "../sample-size.ts";
import type { SessionGuarantee } from "../../../checkers/causal/sessions.ts";
import type { VersionedValue } from "../../../checkers/index.ts";

const histories = sampleSize(20_000);

type Context = Readonly<Record<string, number>>;

interface Step {
  readonly op: number;
  readonly f: "read" | "write";
  readonly ok: boolean;
  /** Whether the outcome is unknown. A delete may then have taken effect under an unknown version. */
  readonly perhaps: boolean;
  readonly isDelete: boolean;
  readonly startMs: number;
  readonly endMs: number;
  /**
   * The version by which the step is ranked: that of the write, or the one that the read returned. Undefined if the
   * read returned nothing.
   */
  readonly stamp: string | undefined;
  readonly dots: readonly string[];
  /** For a read, the context that it returned. For a write, the context that it carried. */
  readonly context: Context | undefined;
  /** The context with which the step was answered, if any. */
  readonly answer: Context | undefined;
  readonly blind: boolean;
  readonly session: number;
}

const covered = (context: Context | undefined, dot: string): boolean => {
  const [actor, counter] = dot.split(":") as [string, string];
  return (context?.[actor] ?? 0) >= Number(counter);
};

const pairs = {
  "read-your-writes": ["write", "read"],
  "monotonic-reads": ["read", "read"],
  "monotonic-writes": ["write", "write"],
  "writes-follow-reads": ["read", "write"],
} as const satisfies Record<SessionGuarantee, readonly ["read" | "write", "read" | "write"]>;

/**
 * Judges a guarantee by its definition: returns the steps that are older than what their session had seen, and the
 * number of judged steps.
 */
function byDefinition(
  guarantee: SessionGuarantee,
  steps: readonly Step[],
  isTelling: (step: Step) => boolean,
  atLeast: (later: Step, earlier: Step) => boolean,
): { broken: string[]; judged: number } {
  const [earlierKind, laterKind] = pairs[guarantee];
  const broken: string[] = [];
  let judged = 0;
  for (const [at, later] of steps.entries()) {
    if (later.f !== laterKind || !later.ok || later.blind) continue;
    const all = steps
      .slice(0, at)
      .filter(({ f, ok, session }) => f === earlierKind && ok && session === later.session);
    // With stamps, a read of nothing has no version to compare with. If the session has other earlier steps, only those
    // count.
    const telling = all.filter((step) => isTelling(step));
    const before = telling.length > 0 ? telling : all;
    // If a read is older than the one before it, the next read is still compared with the newer of the two.
    const standing = (all: readonly Step[], one: Step): Step[] =>
      all.length === 0 || atLeast(one, all.at(-1) as Step) ? [...all, one] : [...all];
    const earlier = (
      guarantee === "monotonic-reads" ? before.reduce<readonly Step[]>(standing, []) : before
    ).at(-1);
    if (earlier === undefined) continue;
    judged++;
    if (!atLeast(later, earlier)) broken.push(`${earlier.op} ${later.op}`);
  }
  return { broken, judged };
}

describe.each(["stamps", "siblings"] as const)("sessions under %s", (versions) => {
  test(`agree with their definitions on ${histories} small histories`, () => {
    const counts = new Map<string, number>();
    for (let seed = 0; seed < histories; seed++) {
      const { scenario, steps } = random(seed, versions);
      const model = modelOf(scenario.events());
      for (const guarantee of Object.keys(pairs) as SessionGuarantee[]) {
        const { broken, judged } = byDefinition(
          guarantee,
          steps,
          ({ f, stamp }) => versions === "siblings" || f === "write" || stamp !== undefined,
          versions === "stamps" ? byStamp(steps) : byContext,
        );
        const got = judgeBy(guarantee, model);
        const wanted = judged === 0 ? "not-applicable" : broken.length > 0 ? "invalid" : "valid";
        const shown = got.anomalies.map(({ operations }) => operations.join(" "));
        if (got.verdict !== wanted || got.judged !== judged || shown.join() !== broken.join()) {
          expect.fail(
            `seed ${seed}, ${guarantee}: ${got.verdict} of ${got.judged} (${shown.join()}), but it is ${wanted} of ${judged} (${broken.join()}): ${JSON.stringify(steps)}`,
          );
        }
        counts.set(`${guarantee} ${wanted}`, (counts.get(`${guarantee} ${wanted}`) ?? 0) + 1);
      }
    }
    for (const guarantee of Object.keys(pairs))
      for (const verdict of ["valid", "invalid", "not-applicable"])
        expect(counts.get(`${guarantee} ${verdict}`), `${guarantee} ${verdict}`).toBeGreaterThan(
          histories / 50,
        );
  });
});

/**
 * Whether `later` is at least as new as `earlier` by their stamps. A read of nothing may show any delete that began
 * before the read ended, or none.
 */
const byStamp =
  (steps: readonly Step[]) =>
  (later: Step, earlier: Step): boolean => {
    const before = earlier.stamp;
    if (before === undefined) return true;
    if (later.stamp !== undefined) return later.stamp >= before;
    return steps.some(
      ({ isDelete, ok, perhaps, startMs, stamp }) =>
        isDelete &&
        startMs <= later.endMs &&
        (perhaps || (ok && stamp !== undefined && stamp >= before)),
    );
  };

const byContext = (later: Step, earlier: Step): boolean => {
  if (earlier.f === "write")
    return earlier.dots.every((dot) => later.dots.includes(dot) || covered(later.context, dot));
  return (
    earlier.context === undefined ||
    (later.context !== undefined &&
      Object.entries(earlier.context).every(([actor, counter]) =>
        covered(later.context, `${actor}:${counter}`),
      ))
  );
};

/**
 * The context of a step: that of its answer. For a write without an answer, the context that it carried, together with
 * its own dots if it was acknowledged.
 */
const carried = (source: Step): Context | undefined => {
  if (source.answer !== undefined || source.f === "read") return source.answer;
  const all = [
    ...Object.entries(source.context ?? {}),
    ...(source.ok ? source.dots : []).map(
      (dot) => [dot.slice(0, 1), Number(dot.slice(2))] as const,
    ),
  ];
  return Object.fromEntries(
    ["a", "b"].flatMap((actor) =>
      all.some(([of]) => of === actor)
        ? [[actor, Math.max(...all.flatMap(([of, counter]) => (of === actor ? [counter] : [])))]]
        : [],
    ),
  );
};

/**
 * Draws a history of three sessions of two clients. The operations do not overlap, but one may begin when another ends.
 */
function random(
  seed: number,
  versions: "stamps" | "siblings",
): { scenario: Scenario; steps: readonly Step[] } {
  const { int, pick } = chance(seed);
  const scenario = new Scenario({ versions });
  const steps: Step[] = [];
  const written: VersionedValue[] = [];
  const sessions = [
    { client: "c1", process: 1 },
    { client: "c1", process: 3 },
    { client: "c2", process: 1 },
  ];
  const context = (): Context | undefined =>
    int(6) === 0
      ? undefined
      : Object.fromEntries(["a", "b"].filter(() => int(4) > 0).map((actor) => [actor, 1 + int(3)]));
  let atMs = 0;
  for (let i = 2 + int(7); i > 0; i--) {
    const session = int(sessions.length);
    const endMs = atMs + int(2);
    const outcome = int(6) === 0 ? pick(["info", "fail", "open"] as const) : ("ok" as const);
    const ok = outcome === "ok";
    const seen = versions === "siblings" ? context() : undefined;
    const options = {
      ...sessions[session],
      outcome,
      ...(seen === undefined ? {} : { context: seen }),
    };
    if (int(2) === 0) {
      const shown = written.filter(() => int(3) === 0).slice(0, versions === "stamps" ? 1 : 3);
      // If a value is shown under another version than its own, it counts as old as its own version says.
      const as = shown.map((one) =>
        int(5) === 0 && versions === "stamps" && one.value !== null
          ? { ...one, version: stampOf(`v${int(900)}`) }
          : one,
      );
      const op = scenario.read(as, atMs, endMs, options);
      steps.push({
        op,
        f: "read",
        ok,
        stamp: shown[0]?.version,
        dots: shown.map(({ version }) => version),
        context: seen,
        answer: ok ? seen : undefined,
        blind: false,
        session,
        perhaps: false,
        isDelete: false,
        startMs: atMs,
        endMs,
      });
    } else {
      const value = `v${seed % 7}${i}`;
      const version =
        versions === "stamps"
          ? stampOf(`v${int(90)}${i}`)
          : `${pick(["a", "b"])}:${1 + int(4)}${int(3) === 0 ? i : ""}`;
      const source =
        versions === "siblings" && steps.length > 0 && int(3) > 0 ? pick(steps) : undefined;
      const isDelete = versions === "stamps" && int(4) === 0;
      const carries = {
        ...options,
        version,
        ...(source === undefined ? {} : { contextOf: source.op }),
      };
      const op = isDelete
        ? scenario.delete(version, atMs, endMs, options)
        : scenario.write(value, atMs, endMs, carries);
      steps.push({
        op,
        f: "write",
        ok,
        stamp: version,
        dots: [version],
        context: source === undefined ? undefined : carried(source),
        answer: ok ? seen : undefined,
        blind: versions === "siblings" && source === undefined,
        session,
        perhaps: outcome === "info" || outcome === "open",
        isDelete,
        startMs: atMs,
        endMs,
      });
      if (ok) written.push({ version, value: isDelete ? null : value });
    }
    atMs = endMs + int(2);
  }
  return { scenario, steps };
}
