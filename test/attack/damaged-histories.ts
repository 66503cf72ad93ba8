/**
 * Damages histories. Damage must neither turn a broken promise into a kept one nor blame a healthy store. A change that
 * does not affect the meaning must not change the verdict.
 */
import {
  type EvidenceEvent,
  type GuaranteeName,
  HistoryError,
  type HistoryEvent,
  type Outcome,
  parseHistory,
} from "../../checkers/index.ts";
import { bundleBug } from "../../harness/bug-bundle.ts";
import {
  bundled,
  createSimCluster,
  defaultSettings,
  judge,
  planAt,
  runHistory,
  type StoreSettings,
} from "../../harness/index.ts";
import type { Random } from "../../harness/platforms/simulator/random.ts";
import { bundledPlans } from "../../harness/targets/bundled/index.ts";

/** A history and its judgement before the damage. */
export interface Judged {
  readonly events: readonly HistoryEvent[];
  readonly verdict: Outcome;
  /** The broken guarantees in alphabetical order. */
  readonly broken: readonly GuaranteeName[];
}

interface Kind {
  readonly settings: Partial<StoreSettings>;
  readonly faults?: readonly ("kill" | "partition" | "pause" | "power" | "disk" | "membership")[];
}

const kinds: readonly Kind[] = [
  { settings: {} },
  { settings: { stamps: "quorum", readRepair: "blocking" } },
  { settings: { versions: "siblings", quorums: "sloppy", hints: true } },
  { settings: { deletes: "physical", antiEntropy: false } },
  { settings: { routing: "client" } },
  { settings: { sync: "group" }, faults: ["kill", "power", "disk", "membership"] },
];
const bugs = [undefined, "ack-before-fsync", "merge-of-first", "duplicate-ack"] as const;

/** Runs 24 histories for each seed, three quarters of them with a planted bug. */
export async function judgedHistories(seeds: readonly number[]): Promise<readonly Judged[]> {
  const cluster = createSimCluster(bundled);
  const judged: Judged[] = [];
  for (const [index, { settings, faults = ["kill", "partition", "pause"] }] of kinds.entries())
    for (const bug of bugs)
      for (const seed of seeds) {
        const plan = planAt(
          {
            target: bundledPlans,
            settings: { ...defaultSettings, ...settings },
            faults,
            workload: settings.versions === "siblings" ? "siblings" : "register",
            claimed: [],
          },
          seed,
          index,
        );
        const events = await runHistory(plan, cluster, {
          evidence: true,
          ...(bug === undefined ? {} : { bugBundle: await bundleBug(bug) }),
        });
        judged.push({ events, ...judgementOf(events) });
      }
  return judged;
}

function judgementOf(events: readonly HistoryEvent[]): Omit<Judged, "events"> {
  const { verdict, guarantees } = judge(events);
  const broken = Object.entries(guarantees).flatMap(([name, judgement]) =>
    judgement.verdict === "invalid" ? [name as GuaranteeName] : [],
  );
  return { verdict, broken: broken.sort() };
}

/** The verdicts that a damaged history may get. Except under `kept`, it may also be refused when it is read. */
type Allowed =
  /** The verdict and the broken guarantees must be the same, since the meaning has not changed. */
  | "kept"
  /** The verdict must be unknown. If it was invalid before the damage, it may stay invalid. */
  | "unsure";

interface Damage {
  readonly allowed: Allowed;
  /** Returns the text of the damaged history. `other` is another history. */
  make(random: Random, history: Judged, other: Judged): string;
}

const textOf = (events: readonly object[]): string =>
  events.map((event) => `${JSON.stringify(event)}\n`).join("");

const timeOf = (event: HistoryEvent): number =>
  event.e === "run" ? 0 : event.e === "end" ? Infinity : event.atUs;

const isEvidence = (event: HistoryEvent): event is EvidenceEvent => "seq" in event;

/** The evidence of one boot, which is drawn at random. */
function oneBoot(random: Random, { events }: Judged): readonly HistoryEvent[] {
  const boots = [
    ...new Set(events.filter(isEvidence).map(({ node, boot }) => `${node} ${boot}`)),
  ].sort();
  const chosen = boots[random.between(0, boots.length - 1)];
  return events.filter((event) => isEvidence(event) && `${event.node} ${event.boot}` === chosen);
}

function without({ events }: Judged, lost: readonly HistoryEvent[]): string {
  const gone = new Set(lost);
  return textOf(events.filter((event) => !gone.has(event)));
}

const oneOf = <T>(random: Random, all: readonly T[]): T => {
  const chosen = all[random.between(0, all.length - 1)];
  if (chosen === undefined) throw new Error("expected something to choose from");
  return chosen;
};

const renamed =
  (names: RegExp, prefix: string): Damage["make"] =>
  (_random, { events }) =>
    textOf(events).replace(names, `"${prefix} $1"`);

const named: Readonly<Record<string, Damage>> = {
  "the end of a boot's evidence is lost": {
    allowed: "unsure",
    make: (random, history) =>
      without(history, oneBoot(random, history).slice(-random.between(1, 40))),
  },
  "the beginning of a boot's evidence is lost": {
    allowed: "unsure",
    make: (random, history) =>
      without(history, oneBoot(random, history).slice(0, random.between(1, 5))),
  },
  "some of a boot's evidence is lost": {
    allowed: "unsure",
    make: (random, history) => {
      const ofBoot = oneBoot(random, history);
      const from = random.between(0, ofBoot.length - 1);
      return without(history, ofBoot.slice(from, from + random.between(1, 10)));
    },
  },
  "a whole boot's evidence is lost": {
    allowed: "unsure",
    make: (random, history) => without(history, oneBoot(random, history)),
  },
  "evidence of another run is mixed in": {
    allowed: "unsure",
    make: (random, { events }, other) => {
      const theirs = oneBoot(random, other);
      const [run, ...rest] = [...events, ...theirs.slice(random.between(0, theirs.length - 1))];
      return textOf([
        ...(run === undefined ? [] : [run]),
        ...rest.sort((a, b) => timeOf(a) - timeOf(b)),
      ]);
    },
  },
  "the last lines are lost": {
    allowed: "unsure",
    make: (random, { events }) => textOf(events.slice(0, -random.between(1, events.length - 1))),
  },
  "the last bytes are lost": {
    allowed: "unsure",
    make: (random, { events }) => {
      const text = textOf(events);
      // At least two bytes are lost: without only the last newline, the history would still be complete.
      return text.slice(0, -random.between(2, text.length));
    },
  },
  "an event of the harness is lost": {
    allowed: "unsure",
    make: (random, history) =>
      without(history, [
        oneOf(
          random,
          history.events.filter((event) => !isEvidence(event)),
        ),
      ]),
  },
  "a line is repeated": {
    allowed: "unsure",
    make: (random, { events }) => {
      const again = oneOf(random, events);
      return textOf(events.flatMap((event) => (event === again ? [event, event] : [event])));
    },
  },
  "two lines at different times are swapped": {
    allowed: "unsure",
    make: (random, { events }) => {
      const pairs = events.flatMap((event, index) => {
        const next = events[index + 1];
        return next !== undefined && timeOf(event) < timeOf(next) && next.e !== "end"
          ? [index]
          : [];
      });
      const at = oneOf(random, pairs);
      return textOf([
        ...events.slice(0, at),
        ...events.slice(at, at + 2).reverse(),
        ...events.slice(at + 2),
      ]);
    },
  },
  "keys have other names": { allowed: "kept", make: renamed(/"k(\d+)"/g, "key") },
  "values have other names": { allowed: "kept", make: renamed(/"v(\d+)"/g, "value") },
  "clients have other names": { allowed: "kept", make: renamed(/"c(\d+)"/g, "client") },
  "all clocks show another time": {
    allowed: "kept",
    make: (random, { events }) => {
      const byUs = random.between(1, 1_000_000_000);
      return textOf(
        events.map((event) => (event.e === "run" ? event : { ...event, atUs: event.atUs + byUs })),
      );
    },
  },
  "another program wrote the same JSON": {
    allowed: "kept",
    make: (_random, { events }) =>
      events
        .map((event) =>
          JSON.stringify(Object.fromEntries(Object.entries(event).reverse()), null, 1),
        )
        .map((line) => `${line.replaceAll("\n", " ").replaceAll("k", "\\u006b")}\r\n`)
        .join("")
        .trimEnd(),
  },
  "explanations for people are lost": {
    allowed: "kept",
    make: (_random, { events }) =>
      textOf(
        events.map((event) =>
          event.e === "explain" && event.what.startsWith("link")
            ? { ...event, what: "?", detail: "" }
            : event,
        ),
      ),
  },
};

export const damages: readonly (readonly [name: string, damage: Damage])[] = Object.entries(named);

interface DamagedOutcome {
  /** The verdict of the damaged history, or the code with which the history was refused. */
  readonly became: string;
  /** The problem in a sentence. Null if there is none. */
  readonly problem: string | null;
}

/** Damages a history and judges the rest. Throws any error other than a refusal. */
function outcomeOf(damage: Damage, random: Random, history: Judged, other: Judged): DamagedOutcome {
  const text = damage.make(random, history, other);
  let after: Omit<Judged, "events">;
  try {
    after = judgementOf(parseHistory(text));
  } catch (error) {
    if (!(error instanceof HistoryError)) throw error;
    const problem = `a history that means the same was refused: ${error.message}`;
    return { became: error.code, problem: damage.allowed === "kept" ? problem : null };
  }
  const { verdict, broken } = after;
  const isFine =
    damage.allowed === "kept"
      ? verdict === history.verdict && broken.join() === history.broken.join()
      : verdict === "unknown" || (verdict === "invalid" && history.verdict === "invalid");
  const said = (one: Omit<Judged, "events">): string => [one.verdict, ...one.broken].join(" ");
  return {
    became: verdict,
    problem: isFine ? null : `${said(history)} became ${said(after)}`,
  };
}

export interface DamageReport {
  readonly name: string;
  readonly count: number;
  /** For each verdict, and each code of a refusal, how often it occurred. */
  readonly became: Readonly<Record<string, number>>;
  /** A sentence for each wrong verdict and each wrong refusal. Empty if there is none. */
  readonly problems: readonly string[];
}

/** Damages histories in one way, `count` times. Each time a history is drawn at random. */
export function damageHistories(
  [name, damage]: (typeof damages)[number],
  count: number,
  random: Random,
  histories: readonly Judged[],
): DamageReport {
  const became: Record<string, number> = {};
  const problems: string[] = [];
  for (let index = 0; index < count; index++) {
    const history = oneOf(random, histories);
    const other = oneOf(
      random,
      histories.filter((one) => one !== history),
    );
    const outcome = outcomeOf(damage, random, history, other);
    became[outcome.became] = (became[outcome.became] ?? 0) + 1;
    if (outcome.problem !== null) problems.push(`history ${index}: ${outcome.problem}`);
  }
  return { name, count, became, problems };
}
