/**
 * `npm run attack` makes 150 attacks in the simulator, and 50 in containers if an engine answers. It continues where it
 * was stopped, and exits with 1 if an attack shows a problem.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { available } from "../../harness/platforms/docker/index.ts";
import { attack, type Attacked, type Place } from "./attack.ts";

const { values } = parseArgs({
  options: {
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

await attackAll("sim", Number(values.sim));
const engine = await available();
if (engine.ok) await attackAll("docker", Number(values.docker));
else process.stdout.write(`Without attacks in containers: ${engine.reason}.\n`);
const failed = all.filter(({ problems }) => problems.length > 0);
process.stdout.write(
  `${all.length} attacks, ${failed.length} with problems. Results: ${results}\n`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
