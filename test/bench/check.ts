/** Measures `quorate check` with histories of other tools. Each measurement is one whole process. */
import { execFileSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import {
  compareAndSet,
  ednRegisters,
  growingSet,
  listAppend,
  porcupineText,
} from "./foreign-histories.ts";

/**
 * Measures etcd's logs of the collection of histories, which is in the folder QUORATE_HISTORIES or in one beside the
 * repository, and then large generated histories.
 */
export function benchCheck(bench: string): void {
  benchCollection(bench);
  const folder = mkdtempSync(join(tmpdir(), "quorate-bench-"));
  try {
    for (const { name, goal, flags = [], lines } of large) {
      const file = join(folder, "history");
      write(file, lines());
      const { seconds, processorSeconds, megabytes } = measure(bench, [file, ...flags]);
      console.log(
        `check of ${name}: ${seconds.toFixed(2)} s (${processorSeconds.toFixed(2)} s of processors), ${megabytes.toFixed(0)} MB at most (goal ${goal})`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function benchCollection(bench: string): void {
  const folder = process.env["QUORATE_HISTORIES"] ?? join(dirname(bench), "../../shared/histories");
  const logs = join(folder, "etcd");
  if (!existsSync(logs)) {
    console.log(`check: no folder ${logs}; QUORATE_HISTORIES names the collection's`);
    return;
  }
  const files = readdirSync(logs)
    .filter((name) => name.endsWith(".log"))
    .map((name) => join(logs, name));
  const times = Array.from({ length: 3 }, () => measure(bench, files).seconds);
  console.log(
    `check of ${files.length} logs as one process: ${Math.min(...times).toFixed(2)} s at best of ${times.length} (goal 0.5 s)`,
  );
}

/**
 * A module that makes a process print its own peak memory and processor time when it ends. GNU time could also measure
 * them, but is not installed everywhere.
 */
const reportPeak =
  "data:text/javascript,process.on('exit',()=>{const{maxRSS,userCPUTime,systemCPUTime}=process.resourceUsage();process.stderr.write('peak '+maxRSS+' processors '+(userCPUTime+systemCPUTime))})";

interface Measured {
  readonly seconds: number;
  readonly processorSeconds: number;
  readonly megabytes: number;
}

function measure(bench: string, files: readonly string[]): Measured {
  const started = performance.now();
  let peak = "";
  try {
    const command = ["--import", reportPeak, join(dirname(bench), "quorate.js"), "check", ...files];
    // The process prints its peak memory and processor time to standard error. Its standard output, the verdict, is
    // discarded.
    const said = execFileSync(
      "sh",
      ["-c", 'exec "$0" "$@" 2>&1 >/dev/null', process.execPath, ...command],
      {
        stdio: ["ignore", "pipe", "inherit"],
        maxBuffer: 1 << 28,
      },
    );
    peak = said.toString();
  } catch (error) {
    // Some of the histories are invalid, and `check` exits with 1 for them.
    if ((error as { status?: number }).status !== 1) throw error;
    peak = String((error as { stdout?: unknown }).stdout);
  }
  return {
    seconds: (performance.now() - started) / 1000,
    processorSeconds: Number(/processors (\d+)/.exec(peak)?.[1] ?? 0) / 1_000_000,
    megabytes: Number(/peak (\d+)/.exec(peak)?.[1] ?? 0) / 1024,
  };
}

interface Large {
  readonly name: string;
  readonly goal: string;
  readonly flags?: readonly string[];
  readonly lines: () => Iterable<string>;
}

const large: readonly Large[] = [
  {
    name: "1,000,000 operations of Porcupine's text, 100 keys",
    goal: "2.5 s, 500 MB",
    lines: () => porcupineText(1_000_000, 100),
  },
  {
    name: "1,000,000 EDN events, 100 keys",
    goal: "3 s, 600 MB",
    lines: () => ednRegisters(500_000, 100),
  },
  {
    name: "100,000 list-append transactions, 10 % indeterminate",
    goal: "2 s, 600 MB",
    lines: () => listAppend(100_000, 64),
  },
  {
    name: "a set of 100,000 adds and 1,000 reads, linearizable",
    goal: "2 s",
    flags: ["--model", "set-full", "--guarantee", "linearizable"],
    lines: () => growingSet(100_000, 100),
  },
  { name: "set-full of 6,000 adds and reads", goal: "2 s", lines: () => growingSet(6_000, 1) },
  {
    name: "5,000 reads, writes and cas of one key by 100 clients, 10 % indeterminate",
    goal: "4 s",
    lines: () => compareAndSet(5_000, 100),
  },
];

function write(file: string, lines: Iterable<string>): void {
  const descriptor = openSync(file, "w");
  try {
    let pieces: string[] = [];
    for (const line of lines) {
      if (pieces.push(line) < 10_000) continue;
      writeSync(descriptor, pieces.join(""));
      pieces = [];
    }
    writeSync(descriptor, pieces.join(""));
  } finally {
    closeSync(descriptor);
  }
}
