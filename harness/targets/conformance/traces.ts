/** What a target leaves on this machine: processes, and files in the folder for temporary ones. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Traces {
  /** What is there now that was not there before, a noun each; `waitMs`: it may take so long to go. */
  left(waitMs: number): Promise<readonly string[]>;
  /** Watches no more. */
  end(): void;
}

/**
 * Watches what this process and all that it starts leave. From now on temporary files go to a folder of their own: who
 * started a process shows in its environment, whoever its parent is now.
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
 * Started by this process, or by what it started, while the folder was in its environment. [] where there is no /proc.
 */
function childrenIn(folder: string): readonly Child[] {
  return orElse(() => readdirSync("/proc"), [])
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((name): readonly Child[] => {
      const read = (file: string): string =>
        orElse(() => readFileSync(`/proc/${name}/${file}`, "utf8"), "");
      const isOurs = read("environ").split("\0").includes(`TMPDIR=${folder}`);
      const command = read("cmdline").split("\0").join(" ").trim();
      // A zombie is gone. Quorate's own compiler stays for the next thing to compile.
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
