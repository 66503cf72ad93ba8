/** Tests that no code in somebody else's run folder, plan or token runs unless the user agrees. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { type Plan, toToken } from "../../../generators/index.ts";
import { zipRun } from "../../../harness/run-archive.ts";
import { askerAt, requireTrust } from "../../../harness/cli/trust.ts";
import { documentOf, quorate, runsFolder } from "./support.ts";

const folder = runsFolder();
const marker = join(folder, "it-ran");
const bug = join(folder, "bug.ts");
let run = "";

const replay = (...args: readonly string[]): ReturnType<typeof quorate> =>
  quorate(["replay", ...args, "--out", runsFolder()]);

beforeAll(async () => {
  writeFileSync(
    bug,
    `import { writeFileSync } from "node:fs"; export default (parts) => { if (process.env.QUORATE_TEST_MARK) writeFileSync(${JSON.stringify(marker)}, ""); return { ...parts, isAcknowledged: () => true }; };`,
  );
  const finished = await quorate([
    "run",
    "--on",
    "sim",
    "--seed",
    "1",
    "--histories",
    "3",
    "--no-shrink",
    "--bug",
    bug,
    "--out",
    join(folder, "runs"),
    "--json",
  ]);
  run = documentOf(finished)["run"] as string;
});

/** Replays in another folder. The environment variable makes the bug leave a file when it is planted. */
const marked = (...args: readonly string[]): ReturnType<typeof quorate> =>
  quorate(["replay", ...args], { QUORATE_TEST_MARK: "1" }, "pipe", { folder: runsFolder() });

describe("code that came with what is replayed", () => {
  it("does not run: the error has the command that runs it", async () => {
    const { status, stderr } = await marked(run);
    expect(status).toBe(64);
    expect(stderr).toMatch(
      /^quorate: not-trusted: expected --trust, .*; got .*\/bug\.js, which you have not marked as trusted\. /,
    );
    expect(stderr).toContain(`To go on: npx quorate replay ${run} --trust`);
    expect(existsSync(marker)).toBe(false);
  });

  it("does not run from a history's folder, a bare plan or a token either", async () => {
    const history = join(run, "histories", readdirSync(join(run, "histories"))[0] ?? "");
    const plan = JSON.parse(readFileSync(join(history, "plan.json"), "utf8")) as { bug: string };
    expect(plan.bug).toBe(bug);
    const bare = join(runsFolder(), "plan.json");
    writeFileSync(bare, JSON.stringify(plan));
    const token = toToken(plan as unknown as Plan);
    for (const what of [history, bare, token]) {
      const { status, stderr } = await marked(what);
      expect(stderr).toMatch(/^quorate: not-trusted: /);
      expect(status).toBe(64);
    }
    expect(existsSync(marker)).toBe(false);
  });

  it("runs with --trust, and the commands of its run say so", async () => {
    const campaign = JSON.parse(readFileSync(join(run, "campaign.json"), "utf8")) as {
      replay: string;
    };
    expect(campaign.replay).toBe(`npx quorate replay ${run} --trust`);
    expect((await replay(run, "--trust")).status).toBe(0);
  });

  it("does not run from a zip of its run either, and runs with --trust", async () => {
    const zip = join(runsFolder(), "run.zip");
    await zipRun(run, zip);
    const { status, stderr } = await marked(zip);
    expect(status).toBe(64);
    expect(stderr).toContain(`got bug.js in ${zip}, which you have not marked as trusted`);
    expect(stderr).toContain(`To go on: npx quorate replay ${zip} --trust`);
    expect(existsSync(marker)).toBe(false);
    expect((await replay(zip, "--trust")).status).toBe(0);
  });

  it("runs where its file is named at the command line", async () => {
    expect((await replay(run, "--bug", bug)).status).toBe(0);
  });

  it("needs no word for a bug of the registry", async () => {
    const finished = await quorate([
      "run",
      "--on",
      "sim",
      "--seed",
      "1",
      "--histories",
      "20",
      "--no-shrink",
      "--bug",
      "merge-of-first",
      "--out",
      join(folder, "runs"),
      "--json",
    ]);
    const built = documentOf(finished) as { run: string; replay: string };
    expect(built.replay).not.toContain("--trust");
    expect((await replay(built.run)).status).toBe(0);
  });

  it.each([
    ["y", true],
    ["yes", true],
    ["", false],
    ["no", false],
  ])("asks at a terminal, where %j is an answer", async (answer, runs) => {
    const questions: string[] = [];
    const trusting = requireTrust("/x/bug.js", "runs/1", {
      trusted: false,
      ask: async (question) => (questions.push(question), answer),
      command: "npx quorate replay runs/1",
    });
    if (runs) await trusting;
    else await expect(trusting).rejects.toThrow(/^not-trusted: /);
    expect(questions).toEqual([
      "runs/1 names files that would be run or written here: /x/bug.js. Go on? [y/N] ",
    ]);
  });

  it("asks nobody where there is no terminal", () => {
    const silent = { isTTY: false };
    expect(askerAt(silent as NodeJS.ReadStream, { isTTY: true } as NodeJS.WriteStream)).toBeNull();
  });
});

describe("a configuration in a run's folder", () => {
  it("is not used because somebody stands there, but when it is named", async () => {
    const strange = runsFolder();
    writeFileSync(join(strange, "campaign.json"), "{}");
    writeFileSync(
      join(strange, "quorate.config.mjs"),
      `import { writeFileSync } from "node:fs"; writeFileSync(${JSON.stringify(marker)}, ""); export default {};`,
    );
    const inner = join(strange, "histories", "0");
    mkdirSync(inner, { recursive: true });
    writeFileSync(
      join(inner, "quorate.config.mjs"),
      readFileSync(join(strange, "quorate.config.mjs")),
    );
    for (const place of [strange, inner]) {
      const { status, stderr } = await quorate(["run", "--on", "sim"], {}, "pipe", {
        folder: place,
      });
      expect(stderr).toMatch(/^quorate: config-of-a-run: .*--target quorate\.config\.mjs/);
      expect(status).toBe(64);
    }
    expect(existsSync(marker)).toBe(false);
    await quorate(
      ["run", "--target", "quorate.config.mjs", "--on", "sim", "--histories", "1"],
      {},
      "pipe",
      { folder: strange },
    );
    expect(existsSync(marker)).toBe(true);
  });
});

describe("a stopped run of somebody else's", () => {
  it.each(["bug", "target", "junit", "zip"])(
    "goes on with a %s that it names only with --trust",
    async (flag) => {
      const finished = await quorate([
        "run",
        ...["--on", "sim", "--seed", "7", "--histories", "100000", "--seconds", "1", "--json"],
        ...["--out", runsFolder()],
      ]);
      const stopped = documentOf(finished)["run"] as string;
      const file = join(stopped, "resume.json");
      const state = JSON.parse(readFileSync(file, "utf8")) as { asked: Record<string, string> };
      const named = join(runsFolder(), "quorate.config.mjs");
      writeFileSync(
        named,
        `import { writeFileSync } from "node:fs"; writeFileSync("${named}.ran", "");`,
      );
      state.asked[flag] = named;
      writeFileSync(file, JSON.stringify(state));
      const { status, stderr } = await quorate(["run", "--resume", stopped]);
      expect(stderr).toContain(`${named}, which you have not marked as trusted`);
      expect(stderr).toContain(`npx quorate run --resume ${stopped} --trust`);
      expect(status).toBe(64);
      expect(existsSync(`${named}.ran`)).toBe(false);
      expect(readFileSync(named, "utf8")).toContain("writeFileSync");
    },
  );
});

describe("a run's folder with a link in it", () => {
  it.each(["report", "replay"])(
    "is refused by %s, and what the link leads to stays",
    async (command) => {
      const precious = join(runsFolder(), "precious");
      writeFileSync(precious, "mine");
      for (const name of ["report.html", "report.html.part", "histories"]) {
        const strange = runsFolder();
        writeFileSync(join(strange, "campaign.json"), readFileSync(join(run, "campaign.json")));
        symlinkSync(precious, join(strange, name));
        const { status, stderr } = await quorate([command, strange]);
        expect(stderr).toMatch(/^quorate: not-a-plain-file: .*a link to /);
        expect(status).toBe(64);
      }
      expect(readFileSync(precious, "utf8")).toBe("mine");
    },
  );

  it("is refused by report where its campaign.json leads out of it", async () => {
    const strange = runsFolder();
    const campaign = JSON.parse(readFileSync(join(run, "campaign.json"), "utf8")) as {
      shown: { folder: string }[];
    };
    for (const shown of campaign.shown) shown.folder = "../../elsewhere";
    writeFileSync(join(strange, "campaign.json"), JSON.stringify(campaign));
    const { status, stderr } = await quorate(["report", strange]);
    expect(stderr).toMatch(/^quorate: bad-campaign: /);
    expect(status).toBe(64);
  });
});
