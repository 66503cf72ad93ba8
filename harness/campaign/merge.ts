/** Merges the shards of a campaign into one campaign, as if a single run had executed all of it. */
import type { Campaign, HistoryRow, Likeness, ShownHistory } from "../../reports/index.ts";
import { UsageError } from "../errors.ts";
import { findingsOf, knownHistories, otherFailure, shapesShrunk } from "./findings.ts";
import { sumOf, uncounted } from "./coverage.ts";
import { createTotals, type Tallies } from "./totals.ts";
import { withNodeFault } from "./node-fault.ts";

/** A run's folder and the content of its campaign.json. */
export interface Part {
  readonly folder: string;
  readonly campaign: Campaign;
}

/** A folder to copy: from `from` in the shard's folder `part`, to `to` in the merged run. */
export interface Copy {
  readonly part: string;
  readonly from: string;
  readonly to: string;
}

export interface Merged {
  readonly campaign: Campaign;
  readonly copies: readonly Copy[];
  /** Sentences about missing, unfinished or ignored shards. */
  readonly notes: readonly string[];
}

type PartFacts = NonNullable<Campaign["part"]>;
interface Shard extends Part {
  readonly part: PartFacts & { readonly tallies: Tallies };
}

/**
 * Merges the shards of one campaign. If all shards are complete, the verdict and the totals are those of a single run
 * of the same histories with `--keep-going`.
 *
 * @param parts The shards' folders with their campaigns. A shard that was killed and run again may appear twice, if at
 *   most one of its runs is complete.
 * @param known Fingerprints of known anomalies. Absent: the fingerprints that the shards were given.
 * @throws UsageError without parts, if a part is neither a shard nor a run with `--keep-going`, if it belongs to
 *   another campaign, or if a shard has two complete runs.
 */
export function mergeCampaigns(parts: readonly Part[], known?: readonly string[]): Merged {
  const all = parts.map(shardOf);
  const [first] = all;
  if (first === undefined) throw noParts();
  refuseForeign(all, first);
  const notes: string[] = [];
  const shards = oneOfEach(all, notes);
  const { of } = first.part.shard;
  const missing = Array.from({ length: of }, (_, index) => index).filter(
    (index) => !shards.some(({ part }) => part.shard.index === index),
  );
  const cutOff = shards.filter(({ campaign }) => campaign.interrupted !== undefined);
  const lacking = [
    ...missing.map((index) => `shard ${index + 1} of ${of} is missing`),
    ...cutOff.map(
      ({ folder, part, campaign }) =>
        `shard ${part.shard.index + 1} of ${of} ended after ${campaign.histories.length} of ${campaign.asked} histories (${folder})`,
    ),
  ];

  const nodeFaults = shards.flatMap(({ part, campaign: { nodeFault } }) =>
    nodeFault === undefined ? [] : [`shard ${part.shard.index + 1} of ${of}: ${nodeFault}`],
  );
  const nodeFault = nodeFaults.length === 0 ? undefined : nodeFaults.join("; ");
  const { likenesses, places, copies } = mergeLikenesses(shards);
  const histories = shards
    .flatMap((shard) =>
      shard.campaign.histories.map((row): HistoryRow => {
        if (row.folder !== undefined)
          copies.push({ part: shard.folder, from: row.folder, to: row.folder });
        const place = row.likeness === undefined ? undefined : places.get(shard)?.get(row.likeness);
        return place === undefined ? row : { ...row, likeness: place };
      }),
    )
    .sort((a, b) => a.index - b.index);
  const totals = createTotals(
    first.part.tolerateUnknown,
    shards.map(({ part }) => part.tallies),
  );
  const fingerprints = known ?? [
    ...new Set(shards.flatMap(({ campaign }) => campaign.known ?? [])),
  ];
  const findings = findingsOf(likenesses, new Set(fingerprints));
  const judged = (knownOnes: number): Pick<Campaign, "verdict" | "reasons"> => {
    const { verdict, reasons } = totals.verdict(first.part.claimed, undefined, knownOnes);
    // A missing shard covers nothing, so without a broken promise the verdict is unknown.
    return withNodeFault(
      lacking.length > 0 && verdict !== "invalid"
        ? { verdict: "unknown", reasons: [...lacking, ...reasons] }
        : { verdict, reasons: [...reasons, ...lacking] },
      nodeFault,
    );
  };
  const verdict = judged(0);
  const withoutKnown = judged(knownHistories(findings)).verdict;
  const shown = shownOf(histories, likenesses);
  const earliest = earliestFailure(shards) ?? first;
  const {
    interrupted: _,
    nodeFault: _fault,
    resume: _resume,
    anomalies,
    anomaliesFound,
    ...lead
  } = earliest.campaign;
  const { withoutKnown: __, known: ___, replayAnywhere, replayNeeds, shrunk, ...common } = lead;
  const failed = likenesses.length > 0;
  return {
    campaign: {
      ...common,
      ...verdict,
      ...(failed && replayAnywhere !== undefined ? { replayAnywhere } : {}),
      ...(failed && replayNeeds !== undefined ? { replayNeeds } : {}),
      ...(failed && shrunk !== undefined ? { shrunk } : {}),
      command: withoutShard(first.campaign.command),
      ...(first.campaign.again === undefined
        ? {}
        : { again: withoutShard(first.campaign.again, " --keep-going") }),
      startedAt: shards.map(({ campaign }) => campaign.startedAt).sort()[0] ?? common.startedAt,
      elapsedMs: shards.reduce((sum, { campaign }) => sum + campaign.elapsedMs, 0),
      asked: shards.reduce((sum, { campaign }) => sum + campaign.asked, 0) + notRun(missing, first),
      histories,
      operations: totals.operations(),
      faults: {
        ...Object.fromEntries(shards.flatMap(({ campaign }) => Object.entries(campaign.faults))),
        ...totals.faults(),
      },
      coverage: sumOf([
        ...shards.flatMap(({ campaign }) => campaign.coverage ?? []).map(uncounted),
        totals.coverage(),
      ]),
      guarantees: totals.guarantees(),
      anomalies: failed ? anomalies : [],
      ...(failed && anomaliesFound !== undefined ? { anomaliesFound } : {}),
      shown,
      findings,
      likenesses,
      ...(fingerprints.length === 0 ? {} : { known: fingerprints }),
      ...(withoutKnown === verdict.verdict ? {} : { withoutKnown }),
      part: { ...first.part, shard: { index: 0, of: 1 }, tallies: totals.tallies() },
      ...(lacking.length === 0 ? {} : { interrupted: lacking.join("; ") }),
      ...(nodeFault === undefined ? {} : { nodeFault }),
    },
    copies,
    notes: [...notes, ...lacking],
  };
}

/**
 * Joins the shapes of all shards, in order of their first history. For each shape, the smallest case is that of the
 * shard with the shape's first history.
 */
function mergeLikenesses(shards: readonly Shard[]): {
  readonly likenesses: readonly Likeness[];
  /** For each shard, the new position of each of its shapes. */
  readonly places: ReadonlyMap<Shard, ReadonlyMap<number, number>>;
  readonly copies: Copy[];
} {
  const found = shards
    .flatMap((shard) => (shard.campaign.likenesses ?? []).map((likeness) => ({ shard, likeness })))
    .sort((a, b) => a.likeness.first - b.likeness.first);
  const shapes = [...new Set(found.map(({ likeness }) => likeness.shape))];
  const copies: Copy[] = [];
  const likenesses = shapes.map((shape, place): Likeness => {
    const alike = found.filter(({ likeness }) => likeness.shape === shape);
    const [first] = alike;
    if (first === undefined)
      throw new RangeError(
        `expected a shard whose campaign.json lists the shape ${shape}, got none`,
      );
    const { smallest, ...common } = first.likeness;
    const whole = {
      ...common,
      histories: alike.reduce((sum, { likeness }) => sum + likeness.histories, 0),
    };
    // A single run of the whole campaign shrinks only the first `shapesShrunk` shapes.
    if (smallest === undefined || place >= shapesShrunk) return whole;
    const isItself = smallest.folder === common.folder;
    const folder = isItself ? common.folder : place === 0 ? "shrunk" : `shrunk-${common.first}`;
    if (!isItself) copies.push({ part: first.shard.folder, from: smallest.folder, to: folder });
    return { ...whole, smallest: { ...smallest, folder } };
  });
  const places = new Map(
    shards.map((shard) => [
      shard,
      new Map(
        (shard.campaign.likenesses ?? []).map(({ shape }, own) => [own, shapes.indexOf(shape)]),
      ),
    ]),
  );
  return { likenesses, places, copies };
}

/**
 * The histories that the report shows, the same as for a single run: the first failure shrunk and in full, then the
 * smallest case of each other finding that was shrunk. Without a failure, one unknown or valid history.
 */
function shownOf(
  histories: readonly HistoryRow[],
  likenesses: readonly Likeness[],
): readonly ShownHistory[] {
  const [first] = likenesses;
  if (first === undefined) {
    const unknown = histories.find(
      ({ verdict, folder }) => verdict === "unknown" && folder !== undefined,
    );
    if (unknown?.folder !== undefined)
      return [
        {
          title: `A history whose verdict is unknown: history ${unknown.index}`,
          folder: unknown.folder,
          history: unknown.index,
        },
      ];
    const valid = histories.findLast(({ folder }) => folder !== undefined);
    return valid?.folder === undefined
      ? []
      : [
          {
            title: `A valid history, as a sample: history ${valid.index}`,
            folder: valid.folder,
            history: valid.index,
          },
        ];
  }
  const told = new Set<string>();
  const others = likenesses.flatMap(({ smallest, first: history }, place): ShownHistory[] => {
    if (smallest === undefined || told.has(smallest.fingerprint)) return [];
    told.add(smallest.fingerprint);
    return place === 0 ? [] : [{ title: otherFailure(history), folder: smallest.folder, history }];
  });
  const whole = {
    title: `The failing history, whole: history ${first.first}`,
    folder: first.folder,
    history: first.first,
  };
  const { smallest } = first;
  return smallest === undefined || smallest.folder === first.folder
    ? [whole, ...others]
    : [
        {
          title: `The smallest failing history, shrunk from history ${first.first}`,
          folder: smallest.folder,
          history: first.first,
        },
        whole,
        ...others,
      ];
}

function earliestFailure(shards: readonly Shard[]): Shard | undefined {
  const firstOf = ({ campaign }: Shard): number =>
    campaign.likenesses?.[0]?.first ?? Number.POSITIVE_INFINITY;
  return shards
    .filter((shard) => Number.isFinite(firstOf(shard)))
    .sort((a, b) => firstOf(a) - firstOf(b))[0];
}

/** The number of histories that the missing shards would have run. */
const notRun = (missing: readonly number[], { part }: Shard): number =>
  missing.reduce(
    (sum, index) => sum + Math.max(0, Math.ceil((part.histories - index) / part.shard.of)),
    0,
  );

/**
 * The command without --shard. A shard goes on after a broken promise even without --keep-going, but a whole campaign
 * may end there. So `instead` replaces --shard, unless the command has --keep-going.
 */
const withoutShard = (command: string, instead = ""): string =>
  command.replace(shardFlag, command.includes(" --keep-going") ? "" : instead);

const shardFlag = / --shard(?:=|\s+)\d+\/\d+/;

function shardOf({ folder, campaign }: Part): Shard {
  if (campaign.part !== undefined)
    return { folder, campaign, part: campaign.part as Shard["part"] };
  throw new UsageError({
    code: "not-a-part",
    expected: "runs with --shard, --keep-going or --known",
    got: `${folder}, a run without --shard, --keep-going and --known, or a run that an earlier version made`,
    hint: "Leave this folder out",
  });
}

function refuseForeign(all: readonly Shard[], first: Shard): void {
  const foreign = all.filter(
    ({ part }) => part.campaign !== first.part.campaign || part.shard.of !== first.part.shard.of,
  );
  if (foreign.length === 0) return;
  const said = ({ folder, campaign, part }: Shard): string =>
    `${folder} (shard ${part.shard.index + 1} of ${part.shard.of}, seed ${campaign.seed}, ${campaign.target.name} ${campaign.target.version}, quorate ${campaign.version})`;
  throw new UsageError({
    code: "foreign-shard",
    expected: `shards of the same campaign as ${said(first)}: made by the same version, with the same number of shards, and with equal flags as far as flags decide histories and verdicts`,
    got: foreign.map(said).join(", "),
    hint: "Leave these folders out, or merge them separately",
  });
}

/**
 * Keeps one folder of each shard. If a shard was killed and run again, keeps its complete run, else its longest run.
 */
function oneOfEach(all: readonly Shard[], notes: string[]): readonly Shard[] {
  const indices = [...new Set(all.map(({ part }) => part.shard.index))].sort((a, b) => a - b);
  return indices.map((index) => {
    const same = all.filter(({ part }) => part.shard.index === index);
    const whole = same.filter(({ campaign }) => campaign.interrupted === undefined);
    const name = `shard ${index + 1} of ${same[0]?.part.shard.of ?? 0}`;
    if (whole.length > 1)
      throw new UsageError({
        code: "doubled-shard",
        expected: `one whole run of ${name}`,
        got: whole.map(({ folder }) => folder).join(" and "),
        hint: "Name only one of these folders",
      });
    const [taken] = [
      ...whole,
      ...same.sort((a, b) => b.campaign.histories.length - a.campaign.histories.length),
    ];
    if (taken === undefined)
      throw new RangeError("shards: expected at least one run of each index");
    for (const other of same)
      if (other !== taken)
        notes.push(`${name}: ${taken.folder} is used, and not ${other.folder}, which was cut off`);
    return taken;
  });
}

const noParts = (): UsageError =>
  new UsageError({
    code: "no-parts",
    expected: "folders of runs with --shard, --keep-going or --known",
    got: "none",
    hint: "Name the folders that the shards wrote with --out",
  });
