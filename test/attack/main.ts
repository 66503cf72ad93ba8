/**
 * `npm run attack` damages about 13,500 histories. Then it makes 150 attacks in the simulator, and 50 in containers if
 * an engine answers. If it was stopped, it continues the attacks, but damages all histories again. It exits with 1 if
 * there is any problem, or if an undamaged history has no decision.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { available } from "../../harness/platforms/docker/index.ts";
import { Random } from "../../harness/platforms/simulator/random.ts";
import { attack, type Attacked, type Place } from "./attack.ts";
import { damageHistories, damages, judgedHistories } from "./damaged-histories.ts";

const { values } = parseArgs({
  options: {
    damaged: { type: "string", default: "13500" },
    sim: { type: "string", default: "150" },
    docker: { type: "string", default: "50" },
    seed: { type: "string", default: "1" },
    results: { type: "string", default: "runs/attack.jsonl" },
  },
});
const seed = Number(values.seed);
const results = values.results;

const done: readonly (Attacked & { readonly seed: number })[] = existsSync(results)
  ? readFileSync(results, "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Attacked & { readonly seed: number })
      .filter((one) => one.seed === seed)
  : [];
const all: Attacked[] = [...done];
mkdirSync(dirname(results), { recursive: true });

async function attackAll(place: Place, count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    if (done.some((one) => one.place === place && one.index === index)) continue;
    const attacked = await attack(index, seed, place);
    all.push(attacked);
    appendFileSync(results, `${JSON.stringify({ seed, ...attacked })}\n`);
    const { what, ended, problems } = attacked;
    process.stdout.write(
      `${problems.length === 0 ? "✓" : "✕"} ${place} ${index}: ${what}, ended with ${ended}${problems.map((problem) => `\n    ${problem}`).join("")}\n`,
    );
  }
}

/** Returns how many verdicts and refusals were wrong, plus how many undamaged histories have no decision. */
async function damageAll(count: number): Promise<number> {
  if (count === 0) return 0;
  const histories = await judgedHistories(Array.from({ length: 8 }, (_, index) => seed + index));
  const each = Math.ceil(count / damages.length);
  const decided = histories.filter(({ verdict }) => verdict !== "unknown").length;
  process.stdout.write(`${decided} of ${histories.length} undamaged histories are decided\n`);
  let wrong = histories.length - decided;
  for (const damage of damages) {
    const random = new Random(seed, damage[0]);
    const { name, became, problems } = damageHistories(damage, each, random, histories);
    wrong += problems.length;
    const counts = Object.entries(became).map(([outcome, times]) => `${outcome} ${times}`);
    process.stdout.write(
      `${problems.length === 0 ? "✓" : "✕"} ${each} times ${name}: ${counts.join(", ")}${problems.map((problem) => `\n    ${problem}`).join("")}\n`,
    );
  }
  return wrong;
}

const wrong = await damageAll(Number(values.damaged));
await attackAll("sim", Number(values.sim));
const engine = await available();
if (engine.ok) await attackAll("docker", Number(values.docker));
else process.stdout.write(`Without attacks in containers: ${engine.reason}.\n`);
const failed = all.filter(({ problems }) => problems.length > 0);
process.stdout.write(
  `${all.length} attacks, ${failed.length} with problems. Results: ${results}\n`,
);
process.exitCode = failed.length === 0 && wrong === 0 ? 0 : 1;
