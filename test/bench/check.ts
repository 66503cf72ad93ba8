/** `quorate check` of a folder of other tools' histories, as one process from its start to its end. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";

/** Where the collection lies beside the sources; QUORATE_HISTORIES names another place. */
export function benchCheck(bench: string): void {
  const folder = process.env["QUORATE_HISTORIES"] ?? join(dirname(bench), "../../shared/histories");
  const logs = join(folder, "etcd");
  if (!existsSync(logs)) {
    console.log(`check: no folder ${logs}; QUORATE_HISTORIES names the collection's`);
    return;
  }
  const files = readdirSync(logs)
    .filter((name) => name.endsWith(".log"))
    .map((name) => join(logs, name));
  const times = Array.from({ length: 3 }, () => {
    const started = performance.now();
    try {
      execFileSync(
        process.execPath,
        [join(dirname(bench), "quorate.js"), "check", ...files, "--json"],
        { stdio: ["ignore", "pipe", "ignore"], maxBuffer: 1 << 28 },
      );
    } catch (error) {
      // Some of the histories are invalid, which is exit 1 and right.
      if ((error as { status?: number }).status !== 1) throw error;
    }
    return (performance.now() - started) / 1000;
  });
  console.log(
    `check of ${files.length} logs as one process: ${Math.min(...times).toFixed(2)} s at best of ${times.length} (goal 0.5 s)`,
  );
}
