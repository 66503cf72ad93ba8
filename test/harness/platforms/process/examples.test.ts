/** Tests the examples as processes. They must be healthy under faults, and must fail when a switch breaks them. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { planAt, type PlanOptions } from "../../../../generators/index.ts";
import { attempt, type Attempt, brokenPromises } from "../../../../harness/campaign/index.ts";
import { createProcessCluster } from "../../../../harness/platforms/process/platform.ts";
import { maelstrom } from "../../../../harness/targets/maelstrom/index.ts";

const folder = mkdtempSync(join(tmpdir(), "quorate-examples-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const examples = join(process.cwd(), "examples", "quorum-register");

/** The path of the example program in a language, or null if this machine cannot run it. */
function programOf(language: string): string | null {
  try {
    switch (language) {
      case "Python":
        execFileSync("python3", ["--version"], { stdio: "ignore" });
        return join(examples, "node.py");
      case "Go": {
        const bin = join(folder, "quorum-register");
        const env = { ...process.env, GOFLAGS: "-mod=mod" };
        execFileSync("go", ["build", "-o", bin, "."], { cwd: examples, stdio: "ignore", env });
        return bin;
      }
      default:
        return join(examples, "node.ts");
    }
  } catch {
    return null;
  }
}

const optionsFor = (bin: string, args: readonly string[]): PlanOptions => ({
  target: maelstrom,
  settings: maelstrom.parseSettings({ bin, args }),
  swarmSettings: ["latencyMs"],
  workload: "register",
  faults: ["partition", "kill", "pause", "delay", "message"],
  claimed: [],
  quick: true,
});

/** Runs histories until one breaks a promise, but at most `most`. */
async function histories(options: PlanOptions, most: number): Promise<readonly Attempt[]> {
  const cluster = createProcessCluster(maelstrom);
  const made: Attempt[] = [];
  try {
    for (let index = 0; index < most && made.every(isWhole); index++)
      made.push(await attempt(planAt(options, 3, index), cluster, { evidence: true }));
  } finally {
    await cluster.stop();
  }
  return made;
}

const isWhole = ({ verdict }: Attempt): boolean => brokenPromises(verdict).length === 0;

describe.each(["TypeScript", "Python", "Go"])("the quorum register in %s", (language) => {
  const program = programOf(language);

  it.skipIf(program === null)("keeps its promises", async () => {
    const made = await histories(optionsFor(program ?? "", []), 5);
    expect(made.flatMap(({ verdict }) => brokenPromises(verdict))).toEqual([]);
    expect(made).toHaveLength(5);
  });

  it.skipIf(program === null)("is found when it reads stale copies", async () => {
    const made = await histories(optionsFor(program ?? "", ["--stale-reads"]), 20);
    expect(made.flatMap(({ verdict }) => brokenPromises(verdict))).toContain("linearizable");
  });

  it.skipIf(program === null)("shows all messages of its nodes", async () => {
    const [made] = await histories(optionsFor(program ?? "", []), 1);
    const types = new Set(
      made?.events.flatMap((event) =>
        event.e === "sent" && event.frame === "message"
          ? [(event.body as { readonly type: string }).type]
          : [],
      ),
    );
    expect([...types]).toEqual(expect.arrayContaining(["init_ok", "fetch", "fetch_ok", "store"]));
  });
});
