/** Groups the failures of a campaign with --keep-going by likeness. */
import { planSize, readable, type PlanOptions } from "../../generators/index.ts";
import type { Finding, Likeness } from "../../reports/index.ts";
import { anomaliesOf, brokenPromises } from "./attempt.ts";
import { anomalyShape, planFingerprint } from "./fingerprint.ts";
import type { Smallest } from "./smallest.ts";
import type { Kept } from "./write-up.ts";

/** Failing histories of the same shape, collected while the campaign runs. */
export interface Alike {
  readonly shape: string;
  readonly guarantee: string;
  /**
   * The group's first failure. In the first `shapesShrunk` groups, its whole history stays in memory, so that it can be
   * shrunk.
   */
  readonly first: Pick<Kept, "history" | "folder"> & { readonly whole?: Kept };
  readonly explanation: string;
  histories: number;
  smallest?: { readonly found: Smallest; readonly folder: string; readonly token: string | null };
}

export interface Failures {
  /**
   * Adds a failing history.
   *
   * @returns The position of its shape in `alike`.
   */
  add(failed: Kept): number;
  readonly alike: readonly Alike[];
}

/**
 * Collects failing histories by shape. They must be added in order of index. A history counts under the first guarantee
 * that it breaks, in the order of reports. In this order lost and invented data come before wrong order, so that a
 * known stale read does not hide a lost write.
 */
export function createFailures(): Failures {
  const alike: Alike[] = [];
  const positions = new Map<string, number>();
  return {
    alike,
    add(failed) {
      const [guarantee = ""] = brokenPromises(failed.verdict);
      const anomaly = anomaliesOf(failed.verdict).find((one) => one.guarantee === guarantee);
      const shape = anomaly === undefined ? guarantee : anomalyShape(anomaly, failed.events);
      const known = positions.get(shape);
      if (known !== undefined) {
        const found = alike[known];
        if (found !== undefined) found.histories++;
        return known;
      }
      const { history, folder } = failed;
      positions.set(shape, alike.length);
      alike.push({
        shape,
        guarantee,
        first: { history, folder, ...(alike.length < shapesShrunk ? { whole: failed } : {}) },
        explanation: anomaly?.explanation ?? failed.verdict.reasons[0] ?? "",
        histories: 1,
      });
      return alike.length - 1;
    },
  };
}

/** The largest number of shapes that are shrunk, since a person reads about ten findings. */
export const shapesShrunk = 10;

/** The groups of failures in the form of campaign.json. */
export const likenessesOf = (
  failures: readonly Alike[],
  plans: PlanOptions,
  replay: (token: string) => string,
): readonly Likeness[] =>
  failures.map(({ shape, guarantee, explanation, histories, first, smallest }) => {
    const found = smallest?.found.found;
    return {
      shape,
      guarantee,
      explanation,
      histories,
      first: first.history,
      folder: first.folder,
      ...(smallest === undefined ||
      found === undefined ||
      found === null ||
      first.whole === undefined
        ? {}
        : {
            smallest: {
              fingerprint: planFingerprint(guarantee, found.plan),
              explanation:
                found.verdict.guarantees[guarantee]?.anomalies[0]?.explanation ?? explanation,
              folder: smallest.folder,
              steps: readable(found.plan, plans),
              from: planSize(first.whole.plan, plans.target),
              to: planSize(found.plan, plans.target),
              tries: smallest.found.tries,
              ended: smallest.found.ended,
              ...(smallest.found.reproduced === undefined
                ? {}
                : { reproduced: smallest.found.reproduced }),
              ...(smallest.token === null ? {} : { replayAnywhere: replay(smallest.token) }),
            },
          }),
    };
  });

/**
 * Joins shapes whose smallest cases have the same fingerprint. The fingerprint of a shape that was not shrunk is the
 * shape itself.
 */
export function findingsOf(
  likenesses: readonly Likeness[],
  known: ReadonlySet<string>,
): readonly Finding[] {
  const findings = new Map<string, Finding>();
  for (const { shape, guarantee, explanation, histories, first, folder, smallest } of likenesses) {
    const fingerprint = smallest?.fingerprint ?? shape;
    const found = findings.get(fingerprint);
    findings.set(
      fingerprint,
      found !== undefined
        ? { ...found, histories: found.histories + histories }
        : {
            fingerprint,
            guarantee,
            explanation: smallest?.explanation ?? explanation,
            histories,
            first,
            folder: smallest?.folder ?? folder,
            ...(smallest?.replayAnywhere === undefined
              ? {}
              : { replayAnywhere: smallest.replayAnywhere }),
            known: known.has(fingerprint),
          },
    );
  }
  return [...findings.values()];
}

/** The number of failing histories that belong to known findings. */
export const knownHistories = (findings: readonly Finding[]): number =>
  findings.reduce((sum, { known, histories }) => sum + (known ? histories : 0), 0);

/** The title, in the report, of the smallest case of a later failure. */
export const otherFailure = (history: number): string =>
  `Another failure, shrunk from history ${history}`;
