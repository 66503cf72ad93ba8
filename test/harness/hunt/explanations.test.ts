/**
 * Compares one explanation for each planted bug with test/fixtures/explanations.md, and one for each guarantee with
 * explanations-of-guarantees.md beside it, so that people can review the language. The smallest case of each bug is
 * stored as a token, so that the same histories are explained each time.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { type Anomaly, guaranteeNames } from "../../../checkers/index.ts";
import { modelOf } from "../../../checkers/model/model.ts";
import {
  attempt,
  bundled,
  createSimCluster,
  parsePlan,
  readToken,
} from "../../../harness/index.ts";
import { judgeBy } from "../../checkers/support.ts";
import { brokenHistories } from "./broken-histories.ts";
import { bugs } from "../../../harness/targets/bundled/index.ts";
import { mechanisms } from "./mechanisms.ts";

const fixtures = join(import.meta.dirname, "../../fixtures");
const tokens = JSON.parse(readFileSync(join(fixtures, "smallest-cases.json"), "utf8")) as Readonly<
  Record<string, string>
>;

/** For each bug, the text about the first anomaly in the bug's smallest case. */
const told = new Map<string, string>();
/**
 * For each guarantee, the first anomaly in the smallest cases of the planted bugs, whether the guarantee was promised
 * or not.
 */
const byGuarantee = new Map<string, Anomaly>();

const bullets = (sentences: readonly string[] = []): string =>
  sentences.map((sentence) => `- ${sentence}\n`).join("");

beforeAll(async () => {
  for (const [bug, token] of Object.entries(tokens)) {
    const plan = parsePlan(readToken(token), bundled);
    const { verdict } = await attempt(plan, createSimCluster(bundled), { evidence: true });
    for (const [name, { anomalies }] of Object.entries(verdict.guarantees))
      if (anomalies[0] !== undefined && !byGuarantee.has(name)) byGuarantee.set(name, anomalies[0]);
    const [anomaly] = Object.values(verdict.guarantees).flatMap(({ promised, anomalies }) =>
      promised ? anomalies : [],
    );
    expect(anomaly, `${bug} is no longer found in its smallest case`).toBeDefined();
    told.set(
      bug,
      `**${anomaly?.guarantee}**: ${anomaly?.explanation}\n\n${bullets(anomaly?.because)}`,
    );
  }
});

it("explanations of the smallest cases of all planted bugs are those of the golden file", async () => {
  expect(told.size).toBeGreaterThan(30);
  const text = [...told].map(([bug, sentences]) => `## ${bug}\n\n${sentences}`).join("\n");
  await expect(text).toMatchFileSnapshot(join(fixtures, "explanations.md"));
});

it("explanations of all guarantees are those of the golden file", async () => {
  const text = guaranteeNames.map((name) => {
    const history = brokenHistories[name];
    const anomaly =
      history === undefined
        ? byGuarantee.get(name)
        : judgeBy(name, modelOf([...history])).anomalies[0];
    if (anomaly === undefined) expect.fail(`nothing breaks ${name}`);
    return `## ${name}\n\n${anomaly.explanation}\n\n${bullets(anomaly.because)}`;
  });
  await expect(text.join("\n")).toMatchFileSnapshot(
    join(fixtures, "explanations-of-guarantees.md"),
  );
});

it("explanations of all planted bugs name their mechanisms", () => {
  const unnamed = [...told].flatMap(([bug, sentences]) => {
    const facts = (mechanisms[bug] ?? []).filter(([, said]) => !said.test(sentences));
    return facts.length === 0 ? [] : [[bug, facts.map(([fact]) => fact)] as const];
  });
  expect(Object.fromEntries(unnamed)).toEqual({});
});

/** Planted bugs without a list of facts. */
const withoutFacts: readonly string[] = [
  "blind-put-overwrites",
  "dropped-tombstone-unshadows",
  "few-repairs-an-exchange",
  "hint-before-sync",
  "hint-keeps-first",
  "hybrid-forgets",
  "next-peer-only",
  "read-prefers-values",
  "repair-skips-tombstones",
  "write-back-one-short",
];

it("each planted bug has a list of facts and a smallest case", () => {
  const unlisted = Object.keys(bugs).filter((bug) => !Object.hasOwn(mechanisms, bug));
  expect(unlisted.sort()).toEqual(withoutFacts);
  expect(Object.keys(tokens).sort()).toEqual(Object.keys(mechanisms).sort());
});
