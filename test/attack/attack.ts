/**
 * Attacks the harness: at a random time a run gets a signal, is killed, or loses the Docker engine, for a while or for
 * good; or it has too small a disk. Afterwards `clean`, `report` and the next run must work, and no exit status may say
 * that the healthy store is broken.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { packageRoot } from "../../harness/paths.ts";
import { connectEngine } from "../../harness/platforms/docker/connect-engine.ts";
import { ofRun } from "../../harness/platforms/docker/labels.ts";
import { Random } from "../../harness/platforms/simulator/random.ts";
import { type EngineProxy, openEngineProxy } from "./engine-proxy.ts";

const command = join(packageRoot, "dist", "quorate.js");

export type Place = "sim" | "docker";

const blows = {
  sim: ["signal", "two signals", "kill", "full disk"],
  docker: ["signal", "two signals", "kill", "stalled engine", "lost engine"],
} as const;
type Blow = (typeof blows)[Place][number];

export interface Attacked {
  readonly index: number;
  readonly place: Place;
  /** A description of the attack and its time. */
  readonly what: string;
  /** The exit status of the run, or the signal that ended it. */
  readonly ended: string;
  /** A sentence for each problem that the attack showed. No problem is expected. */
  readonly problems: readonly string[];
}

interface Finished {
  readonly status: number | null;
  readonly signal: string | null;
  readonly output: string;
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/**
 * The allowed exit statuses after a signal: the run had already ended (0), it stopped with partial results (2), or it
 * left at once.
 */
const afterSignal: readonly (number | null)[] = [0, 2, 129, 130, 143];
const afterEngine: readonly (number | null)[] = [0, 2, 70];
const silentMs = 300_000;

/** Makes attack number `index`. The seed decides what happens and when. Removes its folder afterwards. */
export async function attack(index: number, seed: number, place: Place): Promise<Attacked> {
  const random = new Random(seed, `attack ${place} ${index}`);
  const blow = drawBlow(random, place);
  const folder = mkdtempSync(join(tmpdir(), "quorate-attack-"));
  const out = join(folder, "runs");
  const temporary = join(folder, "tmp");
  mkdirSync(out);
  mkdirSync(temporary);
  const proxy = place === "docker" ? await openEngineProxy(join(folder, "engine.sock")) : null;
  const isFull = blow === "full disk";
  if (isFull) mount(out, random.between(8, 400));
  const environment = {
    TMPDIR: temporary,
    DOCKER_HOST: proxy === null ? "unix:///nowhere/docker.sock" : `unix://${proxy.path}`,
  };
  try {
    const started = begin(environment, runArguments(random, place, out));
    const atMs = random.between(50, place === "sim" ? 4_000 : 20_000);
    await Promise.race([delay(atMs), started.finished]);
    await strike(blow, started.child, random, proxy);
    const run = await within(started.finished, started.child);
    proxy?.resume();
    if (isFull) execFileSync("mount", ["-o", "remount,size=64m", out]);
    const problems = [
      ...(endedBeforeItBegan(run, out) || leftAtOnce(run)
        ? []
        : problemsOf("the run", run, allowed(blow))),
      ...(await afterwards(environment, out, place)),
    ];
    return {
      index,
      place,
      what: `${blow} after ${atMs} ms`,
      ended: run.signal ?? String(run.status),
      problems: [
        ...problems,
        ...leftIn(temporary),
        ...(proxy === null ? [] : await leftInEngine(proxy.runs)),
      ],
    };
  } finally {
    await proxy?.close();
    if (isFull) execFileSync("umount", [out]);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Draws a kind of attack. Only root can mount the small disk of the attack "full disk". */
function drawBlow(random: Random, place: Place): Blow {
  const possible = blows[place].filter((blow) => blow !== "full disk" || process.getuid?.() === 0);
  return possible[random.between(0, possible.length - 1)] ?? "kill";
}

function runArguments(random: Random, place: Place, out: string): readonly string[] {
  const jobs = place === "sim" && random.between(0, 2) === 0 ? ["--jobs", "2"] : [];
  const histories = place === "sim" ? random.between(50, 800) : 2;
  return [
    "run",
    ...["--target", "bundled", "--on", place, "--seed", String(random.between(0, 9_999))],
    ...["--histories", String(histories), ...jobs, "--out", out],
  ];
}

async function strike(
  blow: Blow,
  child: ChildProcess,
  random: Random,
  proxy: EngineProxy | null,
): Promise<void> {
  const signal = signals[random.between(0, signals.length - 1)] ?? "SIGINT";
  switch (blow) {
    case "signal":
      child.kill(signal);
      return;
    case "two signals":
      child.kill(signal);
      await delay(random.between(0, 500));
      child.kill(signal);
      return;
    case "kill":
      child.kill("SIGKILL");
      return;
    case "stalled engine":
      proxy?.stall();
      await delay(random.between(1_000, 10_000));
      proxy?.resume();
      return;
    case "lost engine":
      proxy?.stall();
      return;
    case "full disk":
      // Nothing to do: the run has used the small disk from its start.
      return;
  }
}

function allowed(blow: Blow): readonly (number | null)[] {
  switch (blow) {
    case "signal":
    case "two signals":
      return afterSignal;
    case "kill":
      return [null, ...afterSignal];
    case "stalled engine":
    case "lost engine":
    case "full disk":
      return afterEngine;
  }
}

/** Whether the run was ended before it wrote a file. Until Node.js has started, a signal ends it like any program. */
const endedBeforeItBegan = ({ signal }: Finished, out: string): boolean =>
  signals.some((name) => name === signal) && readdirSync(out).length === 0;

/**
 * Whether the second of two signals ended the run. Node.js was then already ending and no longer handled signals. A
 * shell sees the same status as for a signal that the run handled.
 */
const leftAtOnce = ({ signal, output }: Finished): boolean =>
  signals.some((name) => name === signal) && output.includes("Interrupt again to stop at once");

/** Runs `clean`, then `report` on what the run left, and then another run. */
async function afterwards(
  environment: Environment,
  out: string,
  place: Place,
): Promise<readonly string[]> {
  const problems: string[] = [];
  const cleaned = await quorate(environment, ["clean"]);
  // Without an engine, `clean` removes what it can, and exits with 70.
  problems.push(...problemsOf("clean", cleaned, place === "sim" ? [70] : [0]));
  for (const name of readdirSync(out)) {
    const run = join(out, name);
    // If the disk had no space for a single file, there is nothing to report.
    if (!existsSync(join(run, "campaign.json")) && readdirSync(run).length === 0) continue;
    problems.push(...problemsOf("report", await quorate(environment, ["report", run]), [0]));
  }
  const next = await quorate(environment, [
    "run",
    ...["--target", "bundled", "--on", place, "--seed", "1", "--histories", "1", "--out", out],
  ]);
  problems.push(...problemsOf("the next run", next, [0]));
  return problems;
}

function problemsOf(
  name: string,
  { status, output }: Finished,
  statuses: readonly (number | null)[],
): readonly string[] {
  const last = output.trim().split("\n").slice(-3).join(" | ");
  return [
    ...(statuses.includes(status)
      ? []
      : [`${name} ended with ${status}, expected one of ${statuses.join(", ")}: ${last}`]),
    ...(/quorate itself failed|UnhandledPromise|^\s+at .*\.js:\d+/m.test(output)
      ? [`${name} crashed: ${last}`]
      : []),
  ];
}

const leftIn = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => name.startsWith("quorate"))
    .map((name) => `${name} was left in the temporary folder`);

/** Lists what the runs left in the engine. Asks the engine itself, not through the proxy. */
async function leftInEngine(runs: ReadonlySet<string>): Promise<readonly string[]> {
  const engine = connectEngine();
  const problems: string[] = [];
  for (const run of runs) {
    const { containers, networks, volumes } = await engine.labelled(ofRun(run));
    for (const name of [...containers, ...networks, ...volumes])
      problems.push(`${name} was left in the engine`);
  }
  return problems;
}

type Environment = Readonly<Record<string, string>>;

interface Started {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
}

function begin(environment: Environment, args: readonly string[]): Started {
  const child = spawn(process.execPath, [command, ...args], {
    env: { ...process.env, CI: "", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const finished = new Promise<Finished>((done) =>
    child.on("close", (status, signal) => done({ status, signal, output })),
  );
  return { child, finished };
}

async function quorate(environment: Environment, args: readonly string[]): Promise<Finished> {
  const { child, finished } = begin(environment, args);
  return within(finished, child);
}

/** Waits for the process to end. Kills it after `silentMs`, and then returns a status that counts as a problem. */
async function within(finished: Promise<Finished>, child: ChildProcess): Promise<Finished> {
  const late = new AbortController();
  const tooLong = delay(silentMs, null, { signal: late.signal }).catch(() => null);
  const first = await Promise.race([finished, tooLong]);
  late.abort();
  if (first !== null) return first;
  child.kill("SIGKILL");
  const { output } = await finished;
  return { status: -1, signal: `no end within ${silentMs / 1000} s`, output };
}

const mount = (folder: string, kibibytes: number): void =>
  void execFileSync("mount", ["-t", "tmpfs", "-o", `size=${kibibytes}k`, "tmpfs", folder]);
