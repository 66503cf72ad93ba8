/**
 * One explanation for each planted bug, in one file, so that a reader can review the language in one place:
 * test/fixtures/explanations.md. The smallest case of each bug is kept as a token, so the text changes only with the
 * checkers.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import {
  attempt,
  bundled,
  createSimCluster,
  parsePlan,
  readToken,
} from "../../../harness/index.ts";

const fixtures = join(import.meta.dirname, "../../fixtures");
const tokens = JSON.parse(readFileSync(join(fixtures, "smallest-cases.json"), "utf8")) as Readonly<
  Record<string, string>
>;

it("explanations of the smallest cases of all planted bugs are those of the golden file", async () => {
  const told: string[] = [];
  for (const [bug, token] of Object.entries(tokens)) {
    const plan = parsePlan(readToken(token), bundled);
    const { verdict } = await attempt(plan, createSimCluster(bundled), { evidence: true });
    const [anomaly] = Object.values(verdict.guarantees).flatMap(({ promised, anomalies }) =>
      promised ? anomalies : [],
    );
    expect(anomaly, `${bug} is no longer found in its smallest case`).toBeDefined();
    told.push(
      `## ${bug}\n\n**${anomaly?.guarantee}**: ${anomaly?.explanation}\n\n${(anomaly?.because ?? []).map((sentence) => `- ${sentence}\n`).join("")}`,
    );
  }
  expect(told.length).toBeGreaterThan(30);
  await expect(told.join("\n")).toMatchFileSnapshot(join(fixtures, "explanations.md"));
}, 120_000);
