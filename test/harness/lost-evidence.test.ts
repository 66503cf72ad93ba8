/** Tests damaged evidence. If evidence is missing or belongs to another history, no verdict may look certain. */
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import type { EvidenceEvent, HistoryEvent, Outcome } from "../../checkers/index.ts";
import {
  bundled,
  createSimCluster,
  defaultSettings,
  judge,
  planAt,
  runHistory,
  type StoreSettings,
} from "../../harness/index.ts";
import { bundleBug } from "../../harness/bug-bundle.ts";
import { bundledPlans } from "../../harness/targets/bundled/index.ts";
import { sampleSize } from "../checkers/sample-size.ts";

interface Sample {
  readonly events: readonly HistoryEvent[];
  readonly verdict: Outcome;
}

const settings: readonly Partial<StoreSettings>[] = [
  {},
  { stamps: "quorum", readRepair: "blocking" },
  { versions: "siblings", quorums: "sloppy", hints: true },
  { deletes: "physical", antiEntropy: false },
  { routing: "client" },
];
const bugs = [undefined, "ack-before-fsync", "merge-of-first", "duplicate-ack"] as const;
const runs = sampleSize(500);

const samples: Sample[] = [];
beforeAll(async () => {
  const cluster = createSimCluster(bundled);
  for (const [index, changes] of settings.entries())
    for (const bug of bugs)
      for (const seed of [1, 2, 3]) {
        const plan = planAt(
          {
            target: bundledPlans,
            settings: { ...defaultSettings, ...changes },
            faults: ["kill", "partition", "pause"],
            workload: changes.versions === "siblings" ? "siblings" : "register",
            claimed: [],
          },
          seed,
          index,
        );
        const events = await runHistory(plan, cluster, {
          evidence: true,
          ...(bug === undefined ? {} : { bugBundle: await bundleBug(bug) }),
        });
        samples.push({ events, verdict: judge(events).verdict });
      }
  expect(samples.filter(({ verdict }) => verdict === "valid").length).toBeGreaterThan(15);
  expect(samples.filter(({ verdict }) => verdict === "invalid").length).toBeGreaterThan(5);
});

const isEvidence = (event: HistoryEvent): event is EvidenceEvent => "seq" in event;

/** A function that tells whether an event belongs to one boot. `which` selects the boot. */
function bootOf({ events }: Sample, which: number): (event: HistoryEvent) => boolean {
  const boots = [
    ...new Set(events.filter(isEvidence).map(({ node, boot }) => `${node} ${boot}`)),
  ].sort();
  const chosen = boots[which % boots.length];
  return (event) => isEvidence(event) && `${event.node} ${event.boot}` === chosen;
}

/** Expects an unknown verdict. A verdict that was invalid before the damage may also stay invalid. */
function expectUnsure(before: Outcome, damaged: readonly HistoryEvent[]): void {
  const { verdict, reasons } = judge(damaged);
  expect(before === "invalid" ? ["invalid", "unknown"] : ["unknown"], reasons[0]).toContain(
    verdict,
  );
}

const timeOf = (event: HistoryEvent): number =>
  event.e === "run" ? 0 : event.e === "end" ? Infinity : event.atUs;

const sample = fc.nat().map((which) => samples[which % samples.length] as Sample);

test("the end of a boot's evidence is lost: never valid, and no healthy store is blamed", () => {
  fc.assert(
    fc.property(
      sample,
      fc.nat(),
      fc.integer({ min: 1, max: 40 }),
      ({ events, verdict }, boot, lines) => {
        const isOfBoot = bootOf({ events, verdict }, boot);
        const ofBoot = events.filter(isOfBoot);
        const lost = new Set(ofBoot.slice(Math.max(0, ofBoot.length - lines)));
        expectUnsure(
          verdict,
          events.filter((event) => !lost.has(event)),
        );
      },
    ),
    { numRuns: runs },
  );
});

test("a whole boot's evidence is lost: never valid, and no healthy store is blamed", () => {
  fc.assert(
    fc.property(sample, fc.nat(), ({ events, verdict }, boot) => {
      const isOfBoot = bootOf({ events, verdict }, boot);
      expectUnsure(
        verdict,
        events.filter((event) => !isOfBoot(event)),
      );
    }),
    { numRuns: runs },
  );
});

test("evidence of another run is mixed in: never valid, and no healthy store is blamed", () => {
  fc.assert(
    fc.property(sample, sample, fc.nat(), fc.nat(), (into, from, boot, start) => {
      fc.pre(into !== from);
      const theirs = from.events.filter(bootOf(from, boot));
      const some = theirs.slice(start % theirs.length);
      const [run, ...rest] = into.events;
      const mixed = [...rest, ...some].sort((a, b) => timeOf(a) - timeOf(b));
      expectUnsure(into.verdict, run === undefined ? mixed : [run, ...mixed]);
    }),
    { numRuns: runs },
  );
});
