/**
 * One explanation for each planted bug, in one file, so that a reader can review the language in one place:
 * test/fixtures/explanations.md. The smallest case of each bug is kept as a token, so the text changes only with the
 * checkers.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import {
  attempt,
  bundled,
  createSimCluster,
  parsePlan,
  readToken,
} from "../../../harness/index.ts";
import { bugs } from "../../../harness/targets/bundled/index.ts";
import { mechanisms } from "./mechanisms.ts";

const fixtures = join(import.meta.dirname, "../../fixtures");
const tokens = JSON.parse(readFileSync(join(fixtures, "smallest-cases.json"), "utf8")) as Readonly<
  Record<string, string>
>;

/** By bug, what the first anomaly of its smallest case says. */
const told = new Map<string, string>();

beforeAll(async () => {
  for (const [bug, token] of Object.entries(tokens)) {
    const plan = parsePlan(readToken(token), bundled);
    const { verdict } = await attempt(plan, createSimCluster(bundled), { evidence: true });
    const [anomaly] = Object.values(verdict.guarantees).flatMap(({ promised, anomalies }) =>
      promised ? anomalies : [],
    );
    expect(anomaly, `${bug} is no longer found in its smallest case`).toBeDefined();
    told.set(
      bug,
      `**${anomaly?.guarantee}**: ${anomaly?.explanation}\n\n${(anomaly?.because ?? []).map((sentence) => `- ${sentence}\n`).join("")}`,
    );
  }
}, 120_000);

it("explanations of the smallest cases of all planted bugs are those of the golden file", async () => {
  expect(told.size).toBeGreaterThan(30);
  const text = [...told].map(([bug, sentences]) => `## ${bug}\n\n${sentences}`).join("\n");
  await expect(text).toMatchFileSnapshot(join(fixtures, "explanations.md"));
});

/** Facts that the sentences do not name yet. */
const notYetNamed: Readonly<Record<string, readonly string[]>> = {
  "recovery-stops-early": [
    "which node started again, and when",
    "whether the disk still held it when the node started",
  ],
  "torn-tail-kept": ["which node showed it", "which node started again, and when"],
  "shared-actor": ["the two writes that were given one version"],
  "lww-arrival-order": ["the replica that put an older version in the place of a newer one"],
  "tie-by-arrival": ["the two writes that were given one version"],
  "actor-amnesia": [
    "the two writes that were given one version",
    "the node that gave the version, and that it had started again",
  ],
  "repair-not-awaited": ["the repair that the earlier read did not wait for"],
  "repair-only-stale-one": ["the read that saw the replicas differ and did not repair all of them"],
  "repair-restamps": ["who sent the version that nobody wrote, and by what"],
  "hint-lost-on-restart": ["that no hint of it was durable", "which node started again, and when"],
  "hint-never-sent": ["who kept a hint of the write, and for which node", "that it was never sent"],
  "hint-window-silent": ["who kept a hint of the write, and for which node", "that it was dropped"],
  "merkle-stale-leaf": [
    "the exchange that compared the differing replicas and found no difference",
  ],
  "merkle-one-way": ["the exchange that found the difference, and who sent nothing"],
  "range-wrong-neighbour": ["the replicas that never compared the range"],
  "dirty-fail": ["the replica that had taken what was refused"],
  "early-reap": [
    "who sent the deleted value to whom after the delete, and by what",
    "which node let the tombstone go",
  ],
  "zombie-delete": [
    "who sent the deleted value to whom after the delete, and by what",
    "which node let the tombstone go",
  ],
  "handoff-stuck": ["who kept a hint of the write, and for which node", "the last try"],
  "same-stamp-in-tick": ["the nodes that gave it"],
  "stamp-without-node": ["the nodes that gave it"],
  "wrap-range-skipped": ["the replicas that never compared the range"],
  "hinted-delete-forgotten": [
    "who kept a hint of the write, and for which node",
    "that it was dropped or never sent",
  ],
  "stamp-of-first": ["the stamps that the replicas told the coordinator"],
  "stamp-from-one": ["from how many replicas the stamp was read"],
  "leaf-hash-of-keys": [
    "the exchange that compared the differing replicas and found no difference",
  ],
  "repair-skips-absent": ["the read that saw the replicas differ and did not repair all of them"],
  "stale-ring-on-one": ["the node that was asked though it is no replica"],
  "one-node-reaps-early": [
    "who sent the deleted value to whom after the delete, and by what",
    "which node let the tombstone go",
  ],
};

it("explanations of all planted bugs name their mechanisms", () => {
  const unnamed = [...told].flatMap(([bug, sentences]) => {
    const facts = (mechanisms[bug] ?? []).filter(([, said]) => !said.test(sentences));
    return facts.length === 0 ? [] : [[bug, facts.map(([fact]) => fact)] as const];
  });
  expect(Object.fromEntries(unnamed)).toEqual(notYetNamed);
});

it("each planted bug has a list of facts and a smallest case", () => {
  expect(Object.keys(mechanisms).sort()).toEqual(Object.keys(bugs).sort());
  expect(Object.keys(tokens).sort()).toEqual(Object.keys(bugs).sort());
});
