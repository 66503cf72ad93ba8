/** `quorate check` of other tools' histories, each time as one process from its start to its end. */
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

/** Where the collection lies beside the sources; QUORATE_HISTORIES names another place. */
export function benchCheck(bench: string): void {
  benchCollection(bench);
  const folder = mkdtempSync(join(tmpdir(), "quorate-bench-"));
  try {
    for (const { name, goal, lines } of large) {
      const file = join(folder, "history");
      write(file, lines());
      const { seconds, megabytes } = measure(bench, [file]);
      console.log(
        `check of ${name}: ${seconds.toFixed(2)} s, ${megabytes.toFixed(0)} MB at most (goal ${goal})`,
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

/** The process reports its own peak: GNU time is not everywhere. */
const reportPeak =
  "data:text/javascript,process.on('exit',()=>process.stderr.write('peak '+process.resourceUsage().maxRSS))";

function measure(
  bench: string,
  files: readonly string[],
): { readonly seconds: number; readonly megabytes: number } {
  const started = performance.now();
  let peak = "";
  try {
    const command = ["--import", reportPeak, join(dirname(bench), "quorate.js"), "check", ...files];
    // The peak comes on standard error, the verdict goes nowhere.
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
    // Some of the histories are invalid, which is exit 1 and right.
    if ((error as { status?: number }).status !== 1) throw error;
    peak = String((error as { stdout?: unknown }).stdout);
  }
  return {
    seconds: (performance.now() - started) / 1000,
    megabytes: Number(/peak (\d+)/.exec(peak)?.[1] ?? 0) / 1024,
  };
}

interface Large {
  readonly name: string;
  readonly goal: string;
  readonly lines: () => Iterable<string>;
}

const large: readonly Large[] = [
  {
    name: "1,000,000 operations of Porcupine's text, 100 keys",
    goal: "2.5 s, 500 MB",
    lines: () => clients(1_000_000, 100, "text"),
  },
  {
    name: "1,000,000 EDN events, 100 keys",
    goal: "3 s, 600 MB",
    lines: () => clients(500_000, 100, "edn"),
  },
];

/** Twenty clients, each operation at some moment between its invocation and its answer. */
function* clients(operations: number, keys: number, format: "text" | "edn"): Iterable<string> {
  let seed = 1;
  const below = (limit: number): number => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 4294967296) * limit);
  };
  const states = new Map<number, string>();
  const open = new Map<number, { f: string; key: number; value: string; answer?: string }>();
  let index = 0;
  const line = (process: number, type: string, f: string, key: number, value: string): string =>
    format === "text"
      ? `{:process ${process}, :type :${type}, :f :${f}, :key "${key}", :value ${value}}\n`
      : `{:index ${index}, :time ${1000 * index++}, :type :${type}, :process ${process}, :f :${f}, :value [${key} ${value}]}\n`;
  for (let begun = 0; begun < operations || open.size > 0;) {
    const process = below(20);
    const one = open.get(process);
    if (one === undefined) {
      if (begun === operations) continue;
      begun++;
      const key = below(keys);
      const kind = below(10);
      const f =
        format === "edn"
          ? kind < 5
            ? "read"
            : "write"
          : kind < 4
            ? "get"
            : kind < 7
              ? "put"
              : "append";
      const isRead = f === "get" || f === "read";
      const value = isRead ? "nil" : format === "text" ? `"x${begun};"` : String(begun);
      open.set(process, { f, key, value });
      yield line(process, "invoke", f, key, value);
    } else if (one.answer === undefined) {
      const before = states.get(one.key) ?? (format === "text" ? '""' : "nil");
      const isRead = one.f === "get" || one.f === "read";
      const after =
        one.f === "append" ? before.slice(0, -1) + one.value.slice(1) : isRead ? before : one.value;
      states.set(one.key, after);
      one.answer = isRead ? before : one.value;
    } else {
      open.delete(process);
      yield line(process, "ok", one.f, one.key, one.answer);
    }
  }
}

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
