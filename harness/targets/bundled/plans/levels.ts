/** Quorums that single requests name, as numbers or names: the levels of a plan's operations. */
import type { Random } from "fast-check";
import { draw, type Levels, type TargetLevels } from "../../../../generators/index.ts";
import {
  type AskedQuorums,
  quorumNames,
  quorumProblem,
  readQuorum,
  writeQuorum,
} from "../../../../store/placement/quorum.ts";
import type { StoreSettings } from "../../../../store/settings.ts";

const { chance, integer, pick } = draw;

const ofReads = ["r", "pr"] as const;
const ofWrites = ["w", "pw", "dw"] as const;
const names = [...ofReads, ...ofWrites] as const;

const quorum = {
  if: { type: "string" },
  then: { enum: quorumNames },
  else: { type: "integer", minimum: 0, maximum: 1000 },
};

/**
 * The percentage of ANY among a plan's writes that name levels of their own. Most plans have no ANY, since it weakens
 * what the plan promises.
 */
interface Style {
  readonly anyPercent: number;
}

export const levels: TargetLevels = {
  schema: {
    type: "object",
    properties: Object.fromEntries(names.map((name) => [name, quorum])),
    additionalProperties: false,
  },
  drawStyle: (random): Style => ({ anyPercent: chance(random, 10) ? integer(random, 10, 50) : 0 }),
  draw: (random, settings, f, style) =>
    // The casts are safe, since this target has parsed or drawn these settings, and has drawn this style.
    drawOwn(random, settings as unknown as StoreSettings, f, style as Style),
  problem: (asked, f, settings) => {
    const foreign = (f === "read" ? ofWrites : ofReads).find((name) => asked[name] !== undefined);
    if (foreign !== undefined)
      return {
        name: foreign,
        expected: `no ${foreign.toUpperCase()} on a ${f}`,
        hint:
          f === "read"
            ? `a read has only the levels R and PR; drop ${foreign}`
            : `a write or delete has only the levels W, PW and DW; drop ${foreign}`,
      };
    if (asked["w"] === "ANY" && (asked["pw"] !== undefined || asked["dw"] !== undefined))
      return {
        name: "w",
        expected: "ANY alone, without PW or DW",
        hint: "drop pw and dw, or name another w",
      };
    const { n } = settings as unknown as StoreSettings;
    for (const name of names) {
      const problem =
        asked[name] === undefined ? null : quorumProblem(askedQuorums({ [name]: asked[name] }), n);
      if (problem !== null)
        return { name, expected: problem.expected, hint: "correct the level, or raise settings.n" };
    }
    return null;
  },
  say: (asked) =>
    names
      .flatMap((name) =>
        asked[name] === undefined ? [] : [`${name.toUpperCase()}=${asked[name]}`],
      )
      .join(", "),
};

/** Casts levels, which `levels.schema` allows, to the store's type. Returns `{}` if there are none. */
export const askedQuorums = (levels: Levels | undefined): AskedQuorums => levels ?? {};

/**
 * Draws an operation's own levels. R and W are never below the cluster's own, since the smallest R and W decide what a
 * plan promises. The exception is ANY, in plans that use it.
 */
function drawOwn(
  random: Random,
  settings: StoreSettings,
  f: string,
  { anyPercent }: Style,
): Levels {
  const { n, r, w } = settings;
  const byName = chance(random, 40);
  // Without fallback nodes, PR and PW mean the same as R and W.
  const primaries =
    settings.quorums === "sloppy" && chance(random, 30) ? integer(random, 1, n) : null;
  if (f === "read")
    return {
      r: byName ? pick(random, namesFor(settings, "r")) : integer(random, r, n),
      ...(primaries !== null && { pr: primaries }),
    };
  // A hint satisfies ANY, but neither PW nor DW.
  if (chance(random, anyPercent)) return { w: "ANY" };
  const synced = chance(random, 20) ? integer(random, 1, n) : null;
  return {
    w: byName ? pick(random, namesFor(settings, "w")) : integer(random, w, n),
    ...(primaries !== null && { pw: primaries }),
    ...(synced !== null && { dw: synced }),
  };
}

/** The names that stand for at least the cluster's own quorum and at most N. `default` is always among them. */
function namesFor(settings: StoreSettings, kind: "r" | "w"): NonNullable<AskedQuorums["r"]>[] {
  const replicas = (name: NonNullable<AskedQuorums["r"]>): number =>
    (kind === "r" ? readQuorum(settings, { r: name }) : writeQuorum(settings, { w: name })).needed;
  return quorumNames.filter(
    (name) => name !== "ANY" && replicas(name) >= settings[kind] && replicas(name) <= settings.n,
  );
}
