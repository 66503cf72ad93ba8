/**
 * `npm run mutation:store` measures how many mutants of the bundled store the simulated campaign finds. It adds a line
 * for each mutant to runs/mutation-store/results.jsonl, and continues there after it was stopped.
 */
import { execFileSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { setPriority } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { packageRoot } from "../../../harness/paths.ts";
import type { Asked } from "./histories.ts";
import { bundle, drawMutants, instrument, type Instrumented, mutated } from "./mutants.ts";
import { type Result, table } from "./table.ts";
import { type Reached, serve, Worker } from "./worker.ts";

const folder = join(packageRoot, "runs/mutation-store");
const program = process.argv[1] ?? "";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    mutants: { type: "string", default: "500" },
    seed: { type: "string", default: "1" },
    histories: { type: "string", default: "200" },
    // Whether to run mutants again that survived, after quorate was improved.
    again: { type: "boolean", default: false },
    only: { type: "string" },
  },
});

async function main(): Promise<void> {
  if (positionals[0] === "worker") return serve();
  setPriority(5);
  mkdirSync(folder, { recursive: true });
  const seed = Number(values.seed);
  const histories = Array.from({ length: Number(values.histories) }, (_, index) => index);
  const worker = new Worker(program);
  try {
    const instrumented = await instrument();
    const reached = await reachedBy(instrumented, worker, seed, histories);
    const healthy = new Map(reached.byHistory.map(({ history, hash }) => [history, hash]));
    const reaching = historiesReaching(reached, histories);
    const ran = new Set(reached.byHistory.flatMap(({ ids }) => ids));
    const executed = new Set(
      instrumented.mutants.filter(({ id }) => ran.has(id)).map(({ file }) => file),
    );
    const candidates = instrumented.mutants.filter(({ file }) => executed.has(file));
    const drawn = drawMutants(candidates, seed, Number(values.mutants)).filter(
      ({ id }) => values.only === undefined || values.only.split(",").includes(id),
    );
    const done = resultsSoFar();
    const kills = new Map<number, number>();
    for (const { fate } of done.values()) noteKill(kills, fate);
    for (const [place, mutant] of drawn.entries()) {
      const before = done.get(mutant.id);
      const isOpen = before === undefined || (values.again && before.fate.kind === "survived");
      if (!isOpen) continue;
      const order = [...(reaching.get(mutant.id) ?? [])]
        .sort((a, b) => (kills.get(b) ?? 0) - (kills.get(a) ?? 0) || a - b)
        .map((history) => ({ history, healthy: healthy.get(history) ?? "" }));
      const result = { ...mutant, ...(await fateOf(mutant, order, worker, seed)) };
      noteKill(kills, result.fate);
      done.set(mutant.id, result);
      appendFileSync(join(folder, "results.jsonl"), `${JSON.stringify(result)}\n`);
      console.log(`${place + 1}/${drawn.length} ${line(result)}`);
    }
    const results = drawn.map(({ id }) => done.get(id)).filter((result) => result !== undefined);
    const text = table(results, {
      seed,
      histories: histories.length,
      candidates,
      files: [...executed].sort(),
      commit: commitOf(),
    });
    writeFileSync(join(folder, "store-mutants.md"), text);
    console.log(text);
  } finally {
    worker.stop();
  }
}

const commitOf = (): string =>
  execFileSync("git", ["rev-parse", "--short", "HEAD"], {
    cwd: packageRoot,
    encoding: "utf8",
  }).trim();

/**
 * For each history of the unchanged store, the mutants that it reaches. The result is kept in a file for later runs.
 * Throws if one of these histories breaks a promise when it is run.
 */
async function reachedBy(
  { files, mutants }: Instrumented,
  worker: Worker,
  seed: number,
  histories: readonly number[],
): Promise<Reached> {
  const kept = join(folder, `reached-${seed}-${histories.length}.json`);
  if (existsSync(kept)) {
    const { of, reached } = JSON.parse(readFileSync(kept, "utf8")) as {
      readonly of: number;
      readonly reached: Reached;
    };
    if (of === mutants.length) return reached;
  }
  const file = join(folder, "instrumented.mjs");
  await bundle(files, file);
  console.log(`${histories.length} histories of the store as it is, ${mutants.length} mutants …`);
  const { fate, reached } = await worker.ask({
    file,
    seed,
    histories: histories.map((history) => ({ history })),
    counts: true,
  });
  worker.stop();
  if (fate.kind !== "survived" || reached === null)
    throw new Error(`the store as it is: expected no broken promise, got ${JSON.stringify(fate)}`);
  writeFileSync(kept, JSON.stringify({ of: mutants.length, reached }));
  return reached;
}

/**
 * For each mutant, the histories that reach it. Plans are deterministic, so the mutant cannot change any other history.
 */
function historiesReaching(
  { loading, byHistory }: Reached,
  histories: readonly number[],
): ReadonlyMap<string, readonly number[]> {
  const reaching = new Map<string, number[]>();
  for (const { history, ids } of byHistory)
    for (const id of ids) reaching.set(id, [...(reaching.get(id) ?? []), history]);
  for (const id of loading) reaching.set(id, [...histories]);
  return reaching;
}

/**
 * Counts the mutants that each history has found. Histories that found many run first, which only affects how soon a
 * mutant is found.
 */
function noteKill(kills: Map<number, number>, fate: Result["fate"]): void {
  if (fate.kind === "killed") kills.set(fate.history, (kills.get(fate.history) ?? 0) + 1);
}

function resultsSoFar(): Map<string, Result> {
  const file = join(folder, "results.jsonl");
  if (!existsSync(file)) return new Map();
  return new Map(
    readFileSync(file, "utf8")
      .trim()
      .split("\n")
      .map((text) => JSON.parse(text) as Result)
      .map((result) => [result.id, result]),
  );
}

async function fateOf(
  mutant: Parameters<typeof mutated>[0],
  histories: readonly Asked[],
  worker: Worker,
  seed: number,
): Promise<Pick<Result, "fate" | "reachedBy" | "seconds">> {
  const startedMs = performance.now();
  const took = (): number => Math.round((performance.now() - startedMs) / 100) / 10;
  if (histories.length === 0)
    return {
      fate: { kind: "survived", histories: 0, changed: 0, unknown: 0 },
      reachedBy: 0,
      seconds: 0,
    };
  const file = join(folder, `mutant-${mutant.id}.mjs`);
  try {
    await bundle(mutated(mutant), file);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return {
      fate: { kind: "error", history: -1, message },
      reachedBy: histories.length,
      seconds: took(),
    };
  }
  const { fate } = await worker.ask({ file, seed, histories, counts: false });
  return { fate, reachedBy: histories.length, seconds: took() };
}

const line = ({ file, line: at, was, becomes, fate, reachedBy: reach, seconds }: Result): string =>
  `${fate.kind}${fate.kind === "killed" ? ` by ${fate.by} in ${fate.history}` : fate.kind === "survived" ? ` (${reach} reach it, ${fate.changed} changed)` : ` ${fate.message.slice(0, 60)}`} ${seconds} s ${file}:${at} ${short(was)} → ${short(becomes)}`;

const short = (text: string): string => text.replace(/\s+/g, " ").slice(0, 60);

await main();
