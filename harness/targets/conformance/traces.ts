/** Finds what a target leaves on this machine: processes and temporary files. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Traces {
  /**
   * Returns the names of the processes and files that are left, as nouns. Waits up to `waitMs` for them to disappear.
   */
  left(waitMs: number): Promise<readonly string[]>;
  /** Stops watching. */
  end(): void;
}

/**
 * Watches what this process and its children leave behind. Sets TMPDIR to a separate folder, into which temporary files
 * go. A process with this folder in its environment was started by this process or a child of it.
 */
export function watchTraces(): Traces {
  const usual = process.env["TMPDIR"];
  const folder = mkdtempSync(join(tmpdir(), "quorate-conformance-"));
  process.env["TMPDIR"] = folder;
  const now = (): readonly string[] => [
    ...childrenIn(folder).map(({ id, command }) => `process ${id} (${command})`),
    ...readdirSync(folder).map((name) => `the file or folder ${name} in ${tmpdir()}`),
  ];
  return {
    async left(waitMs) {
      const until = Date.now() + waitMs;
      while (now().length > 0 && Date.now() < until)
        await new Promise((resolve) => setTimeout(resolve, 50));
      return now();
    },
    end() {
      if (usual === undefined) delete process.env["TMPDIR"];
      else process.env["TMPDIR"] = usual;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface Child {
  readonly id: number;
  readonly command: string;
}

/**
 * Returns the processes whose TMPDIR is this folder: those that this process, or a child of it, started. Leaves out
 * zombies and esbuild's service. Returns [] without /proc.
 */
function childrenIn(folder: string): readonly Child[] {
  return orElse(() => readdirSync("/proc"), [])
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((name): readonly Child[] => {
      const read = (file: string): string =>
        orElse(() => readFileSync(`/proc/${name}/${file}`, "utf8"), "");
      const isOurs = read("environ").split("\0").includes(`TMPDIR=${folder}`);
      const command = read("cmdline").split("\0").join(" ").trim();
      // A zombie counts as gone. quorate's own compiler does not count, since it keeps running for the next
      // compilation.
      return !isOurs || /^State:\s*Z/m.test(read("status")) || /esbuild.* --service=/.test(command)
        ? []
        : [{ id: Number(name), command: command.slice(0, 100) }];
    });
}

function orElse<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
