/**
 * Tests files with planted bugs. They are somebody else's code: whatever they do, the command must end and say what
 * happened. If a part throws, that counts as a crash of its node.
 */
import { spawn } from "node:child_process";
import { readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { bugFile } from "../../../harness/bug-bundle.ts";
import { runApart } from "../../../harness/cli/apart.ts";
import { documentOf, quorate, runsFolder } from "./support.ts";

const command = resolve(import.meta.dirname, "../../../dist/quorate.js");

/** Writes the file of a bug. Returns the arguments of the command that runs it, and the folder of runs. */
function withBug(
  source: string,
  ...more: readonly string[]
): { readonly args: string[]; readonly out: string } {
  const out = runsFolder();
  const file = join(out, "bug.ts");
  writeFileSync(file, source);
  return {
    args: [
      "run",
      "--on",
      "sim",
      "--seed",
      "1",
      "--histories",
      "3",
      "--bug",
      file,
      "--out",
      join(out, "runs"),
      ...more,
    ],
    out,
  };
}

/** The names in a zip that end in .json, .html, .md or .js. A zip does not compress names. */
const filesIn = (zip: string): readonly string[] =>
  readFileSync(zip, "latin1").match(/[\w./-]+\.(?:json|html|md|js)/g) ?? [];

const campaignIn = (out: string): Record<string, unknown> =>
  JSON.parse(
    readFileSync(
      join(out, "runs", readdirSync(join(out, "runs"))[0] ?? "", "campaign.json"),
      "utf8",
    ),
  ) as Record<string, unknown>;

const acknowledgesEarly =
  "export default (parts) => ({ ...parts, isAcknowledged: (progress) => progress.confirmed.length >= Math.max(1, progress.needed - 1) });";
const loops = "export default (parts) => ({ ...parts, isAcknowledged: () => { for (;;) {} } });";
const throwsInEachTwelfth =
  'export default (parts) => { let writes = 0; return { ...parts, isAcknowledged: (progress) => { if (++writes % 12 === 0) throw new Error("boom in part"); return parts.isAcknowledged(progress); } }; };';

describe("a bug's file", () => {
  it("gives the same history as its like of the registry, in full", async () => {
    const mine = await quorate([...withBug(acknowledgesEarly).args, "--no-shrink", "--json"]);
    const theirs = await quorate([
      "run",
      "--on",
      "sim",
      "--seed",
      "1",
      "--histories",
      "3",
      "--bug",
      "quorum-off-by-one",
      "--out",
      runsFolder(),
      "--no-shrink",
      "--json",
    ]);
    expect(mine.status).toBe(1);
    expect(documentOf(mine)["hashes"]).toEqual(documentOf(theirs)["hashes"]);
    const replayed = await quorate([
      "replay",
      "--trust",
      documentOf(mine)["run"] as string,
      "--out",
      runsFolder(),
      "--json",
    ]);
    expect(replayed.status).toBe(0);
    expect(documentOf(replayed)).toMatchObject({ on: "sim", reproduced: 1, verdict: "invalid" });
  });

  // campaign.json has the path of the bug's file as the user gave it. The file may have moved or changed by the time of
  // a replay.
  it("is kept with its run: a replay uses that one, and says so where the file is another now", async () => {
    const { args, out } = withBug(acknowledgesEarly, "--no-shrink", "--json");
    const file = join(out, "bug.ts");
    const { run, hashes } = documentOf(await quorate(args)) as { run: string; hashes: string[] };
    const history = join(run, "histories", String(hashes.length - 1));
    const replayed = async (
      ...more: string[]
    ): Promise<{ status: number | null; stdout: string }> =>
      quorate(["replay", "--trust", ...more, "--out", runsFolder()]);

    writeFileSync(
      file,
      acknowledgesEarly.replace(
        "progress.confirmed.length >= Math.max(1, progress.needed - 1)",
        "parts.isAcknowledged(progress) && true",
      ),
    );
    const asked = await replayed(run, "--bug", file);
    expect(asked).toMatchObject({ status: 1 });
    expect(asked.stdout).not.toContain("another bug");
    const edited = await replayed(run);
    expect(edited.status).toBe(0);
    expect(edited.stdout).toMatch(
      /bug\.ts has changed since the run: using .*bug\.js, the copy that the run kept/,
    );
    rmSync(file);
    const gone = await quorate([
      "replay",
      "--trust",
      history,
      "--out",
      join(out, "replays"),
      "--json",
    ]);
    expect(gone.status).toBe(0);
    // The folder of a replay can itself be replayed.
    writeFileSync(file, acknowledgesEarly);
    const again = await replayed(join(documentOf(gone)["run"] as string, "histories", "0"));
    expect(again.status).toBe(0);
    expect(again.stdout).not.toContain("another bug");
  });

  // Each of these files must be refused in one line, not with exit 70 and a stack.
  it("that is a link to itself, has a zero byte in its name, or throws where its parts are looked at is refused in one line", async () => {
    const link = join(runsFolder(), "self.ts");
    symlinkSync(link, link);
    expect(() => bugFile(link)).toThrow(/^no-such-file: /);
    expect(() => bugFile("a\0b.ts")).toThrow(/^no-such-file: /);
    const { args } = withBug(
      "export default (parts) => new Proxy({ ...parts }, { get: (_, name) => { throw new Error(`no ${String(name)}`); } });",
    );
    const { status, stderr } = await quorate(args);
    expect(stderr).toMatch(
      /^quorate: bug-does-not-load: .*: no preferenceList\. store\/README\.md[^\n]*\n$/,
    );
    expect(status).toBe(64);
  });

  it.each([[], ["--no-evidence"], ["--jobs", "2"]])(
    "that throws in each twelfth write crashes its nodes: a finding that shrinks and replays (%s)",
    async (...more) => {
      const { args } = withBug(throwsInEachTwelfth, "--faults", "none", "--json", ...more);
      const ran = await quorate(args);
      expect(ran.status).toBe(1);
      const { reasons, run, shrunk } = documentOf(ran) as {
        reasons: string[];
        run: string;
        shrunk: { to: { operations: number } };
      };
      expect(reasons[0]).toMatch(
        /^history 0: no-crash is broken: n\d ended by itself at .* ms; no planned fault explains this end: it crashed: boom in part$/,
      );
      expect(shrunk.to.operations).toBeLessThan(13);
      const replayed = await quorate(["replay", "--trust", run, "--out", runsFolder(), "--json"]);
      expect(documentOf(replayed)).toMatchObject({ reproduced: 1, verdict: "invalid" });
    },
  );

  it("that throws as its node starts crashes its node too", async () => {
    const { status, stdout } = await quorate(
      withBug(
        'export default (parts) => ({ ...parts, recover: () => { throw new Error("boom at the start"); } });',
      ).args,
    );
    expect(stdout).toMatch(/INVALID +n\d ended by itself/);
    expect(status).toBe(1);
  });

  it("that throws when it is planted for a history is unknown, with its message", async () => {
    const { args, out } = withBug(
      'let plants = 0; export default (parts) => { if (++plants === 2) throw new Error("boom in plant"); return { ...parts, isAcknowledged: () => true }; };',
    );
    const zip = join(out, "run.zip");
    const { status, stdout, stderr } = await quorate([...args, "--zip", zip]);
    expect(stderr).toMatch(/^quorate: bug-threw: expected .*; got boom in plant/);
    expect(status).toBe(2);
    expect(campaignIn(out)).toMatchObject({ verdict: "unknown" });
    // The run's folder is packed also where an error ends the run.
    expect(stdout).toMatch(/ (KB|MB) in .*run\.zip\.$/m);
    expect(filesIn(zip)).toContainEqual(expect.stringMatching(/\/campaign\.json$/));
  });

  it.each([
    ["ends the process while it is planted", "export default (parts) => process.exit(0);"],
    [
      "ends the process in a history",
      "export default (parts) => ({ ...parts, isAcknowledged: () => process.exit(0) });",
    ],
    [
      "ends the process in a history on a thread",
      "export default (parts) => ({ ...parts, isAcknowledged: () => process.exit(0) });",
      "--jobs",
      "2",
    ],
    ["is never loaded", "await new Promise(() => {}); export default (parts) => parts;"],
  ])("that %s: unknown", async (_, source, ...more) => {
    const { status, stderr, stdout } = await quorate([...withBug(source, ...more).args, "--json"]);
    expect(stderr).toMatch(/quorate: bug-ended: expected/);
    expect(JSON.parse(stdout)).toMatchObject({ verdict: "unknown", error: { code: "bug-ended" } });
    expect(status).toBe(2);
  });

  it.each([
    ["in a history", loops],
    ["while it is planted", "export default (parts) => { for (;;) {} };"],
    ["while it is loaded", "for (;;) {}"],
  ])("that loops %s is ended", async (_, source) => {
    await expect(
      runApart(withBug(source).args, "bug", { silentS: 3, silentAfterSignalS: 3 }),
    ).rejects.toThrow(/^bug-stuck: expected .*; got 3 s without a sign of life/);
  });

  it("that loops cannot keep a second Ctrl-C from ending the command at once", async () => {
    const { args, out } = withBug(loops);
    const child = spawn(process.execPath, [command, ...args], {
      stdio: "ignore",
      env: { ...process.env, CI: "" },
    });
    const ended = new Promise<number | null>((done) => child.on("close", done));
    await expect.poll(() => readdirSync(out)).toContain("runs");
    child.kill("SIGINT");
    await new Promise((later) => setTimeout(later, 300));
    child.kill("SIGINT");
    expect(await ended).toBe(130);
  });
});
