import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { of, Scenario } from "../../checkers/support.ts";
import { linesOf, sample } from "../../checkers/sample.ts";
import { documentOf, quorate, runsFolder } from "./support.ts";

const fixtures = "test/fixtures/histories";

describe("quorate check", () => {
  it("judges several files of several formats in one call, the worst winning", async () => {
    const own = join(runsFolder(), "history.jsonl");
    writeFileSync(own, linesOf(sample()));
    const finished = await quorate([
      "check",
      `${fixtures}/etcd_002.log`,
      `${fixtures}/memstress3-90.edn`,
      own,
      "--json",
    ]);
    expect(finished.status).toBe(0);
    const worse = await quorate([
      "check",
      `${fixtures}/etcd_002.log`,
      `${fixtures}/etcd_000.log`,
      "--json",
    ]);
    expect(worse.status).toBe(1);
    expect(documentOf(worse)).toMatchObject({
      verdict: "invalid",
      files: { [`${fixtures}/etcd_002.log`]: "valid", [`${fixtures}/etcd_000.log`]: "invalid" },
    });
  });

  it("judges all histories of a folder, and what else lies there not", async () => {
    const folder = runsFolder();
    expect((await quorate(["check", folder])).status).toBe(64);
    for (const name of ["etcd_000.log", "etcd_002.log", "memstress3-90.edn"])
      copyFileSync(join(fixtures, name), join(folder, name));
    writeFileSync(join(folder, "verdicts.json"), "{}");
    const finished = await quorate([
      "check",
      folder,
      "--model",
      "cas-register",
      "--guarantee",
      "linearizable",
      "--json",
    ]);
    expect(finished.status).toBe(1);
    expect(documentOf(finished)).toMatchObject({
      verdict: "invalid",
      files: {
        [join(folder, "etcd_000.log")]: "invalid",
        [join(folder, "etcd_002.log")]: "valid",
        [join(folder, "memstress3-90.edn")]: "valid",
      },
    });
  });

  it("shows control characters in the names of somebody else's files, and drives no terminal", async () => {
    const folder = runsFolder();
    writeFileSync(join(folder, "a\u001b[2J\r\nb: valid.edn"), "{");
    const { stdout } = await quorate(["check", folder]);
    expect(stdout).toContain("a\\u001b[2J\\u000d\\nb: valid.edn: unknown\n");
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });

  it("says of one file what was judged, as what, and why it is illegal", async () => {
    const finished = await quorate([
      "check",
      `${fixtures}/etcd_000.log`,
      "--model",
      "cas-register",
      "--guarantee",
      "linearizable",
      "--initial",
      "nil",
      "--json",
    ]);
    expect(documentOf(finished)).toMatchObject({
      verdict: "invalid",
      format: "jepsen-log",
      model: "cas-register",
      initial: "nil",
      guarantees: { linearizable: { verdict: "invalid", promised: true } },
      anomalies: [
        { guarantee: "linearizable", explanation: expect.stringContaining("cannot be placed") },
      ],
    });
  });

  it("judges a set by what it keeps", async () => {
    const file = join(runsFolder(), "set.edn");
    const add =
      "{:process 0, :type :invoke, :f :add, :value 1}\n{:process 0, :type :ok, :f :add, :value 1}\n";
    const read = (value: string): string =>
      `{:process 1, :type :invoke, :f :read, :value nil}\n{:process 1, :type :ok, :f :read, :value ${value}}\n`;
    writeFileSync(file, add + read("#{}"));
    const lost = await quorate(["check", file, "--model", "set", "--json"]);
    expect(lost.status).toBe(1);
    expect(documentOf(lost)).toMatchObject({
      verdict: "invalid",
      model: "set",
      guarantees: { durable: { verdict: "invalid", measurements: { elements: { lost: 1 } } } },
    });
    writeFileSync(file, add + read("#{}") + read("#{1}"));
    expect((await quorate(["check", file])).status).toBe(0);
    expect((await quorate(["check", file, "--guarantee", "linearizable"])).status).toBe(1);
  });

  it("judges a history of ours as siblings, whatever it promised", async () => {
    const file = join(runsFolder(), "siblings.jsonl");
    const scenario = new Scenario({
      versions: "siblings",
      stamps: "none",
      promised: ["no-thin-air"],
      evidence: false,
    });
    scenario.write("v1", 0, 1, { version: "a:1" });
    scenario.read([of("v1", "a:1")], 2, 3, { context: { a: 1 } });
    writeFileSync(file, linesOf(scenario.events()));
    expect((await quorate(["check", file, "--model", "siblings"])).status).toBe(0);
    scenario.read([], 4, 5, { context: {} });
    writeFileSync(file, linesOf(scenario.events()));
    expect((await quorate(["check", file])).status).toBe(0);
    const finished = await quorate(["check", file, "--model", "siblings", "--json"]);
    expect(finished.status).toBe(1);
    expect(documentOf(finished)).toMatchObject({
      verdict: "invalid",
      reasons: { [file]: [expect.stringContaining("write 0 (v1) was acknowledged")] },
    });
    expect(
      (await quorate(["check", file, "--model", "siblings", "--guarantee", "siblings-3"])).status,
    ).toBe(0);
    expect(
      (await quorate(["check", file, "--model", "siblings", "--guarantee", "linearizable"])).status,
    ).toBe(64);
    writeFileSync(file, linesOf(sample()));
    expect((await quorate(["check", file, "--model", "siblings"])).status).toBe(2);
  });

  // A value in a history once changed the title of the terminal and cleared its screen.
  it("tells what a file holds without doing what it says", async () => {
    const file = join(runsFolder(), "hostile.jsonl");
    const scenario = new Scenario({ promised: ["no-thin-air"], evidence: false });
    scenario.read([of("v1")], 0, 1);
    writeFileSync(
      file,
      linesOf(scenario.events()).replaceAll(
        '"v1"',
        JSON.stringify("\u001b]0;title\u0007\u001b[2J\u009b5A\u202e\r"),
      ),
    );
    const { status, stdout } = await quorate(["check", file]);
    expect(status).toBe(1);
    expect(stdout).toContain("\\u001b]0;title\\u0007\\u001b[2J\\u009b5A\\u202e");
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });

  it("takes the initial value that it is told", async () => {
    const file = join(runsFolder(), "one.edn");
    writeFileSync(
      file,
      "[{:process 0 :type :invoke :f :read :value nil} {:process 0 :type :ok :f :read :value 7}]",
    );
    expect((await quorate(["check", file])).status).toBe(1);
    expect((await quorate(["check", file, "--initial", "7"])).status).toBe(0);
  });

  it("judges tuples of jepsen.independent per key, and calls a mixture unknown", async () => {
    const file = join(runsFolder(), "independent.edn");
    const both = (process: number, f: string, asked: string, answer = asked): string =>
      `{:process ${process}, :type :invoke, :f :${f}, :value ${asked}}\n{:process ${process}, :type :ok, :f :${f}, :value ${answer}}\n`;
    const text =
      both(0, "write", "[0 1]") +
      both(0, "write", "[1 2]") +
      both(1, "read", "[0 nil]", "[0 1]") +
      both(0, "cas", "[0 [1 7]]");
    writeFileSync(file, text);
    expect((await quorate(["check", file])).status).toBe(0);
    writeFileSync(file, text + both(1, "read", "nil", "1"));
    const { status, stdout } = await quorate(["check", file]);
    expect(status).toBe(2);
    expect(stdout).toMatch(/line 9.*mixed-tuples.*jepsen\.independent/);
  });

  it("calls a file that it cannot read unknown, with the line", async () => {
    const file = join(runsFolder(), "cut.edn");
    writeFileSync(file, "[{:process 0 :type :invoke :f :read :value nil}\n");
    const { status, stdout } = await quorate(["check", file]);
    expect(status).toBe(2);
    expect(stdout).toMatch(/line 2.*bad-edn/);
    writeFileSync(file, "");
    const empty = await quorate(["check", file, "--guarantee", "serializable"]);
    expect(empty.status).toBe(2);
    expect(empty.stdout).toMatch(/an empty file/);
  });

  it("says how the history was read: what was given and what was guessed", async () => {
    const file = `${fixtures}/etcd_002.log`;
    const guessed = await quorate(["check", file]);
    expect(guessed.stdout).toMatch(
      /read as a Jepsen log, \d+ operations, model cas-register \(guessed\), linearizable, initial value nil \(guessed\), one object, no keys, \d+ judged/,
    );
    const given = await quorate(["check", file, "--model", "cas-register", "--initial", "nil"]);
    expect(given.stdout).toMatch(/model cas-register \(given\).*initial value nil \(given\)/);
  });

  it("reads gzip, and standard input", async () => {
    const text = readFileSync(`${fixtures}/etcd_000.log`);
    const folder = runsFolder();
    const packed = join(folder, "etcd_000.log.gz");
    writeFileSync(packed, gzipSync(text));
    expect((await quorate(["check", packed])).status).toBe(1);
    expect((await quorate(["check", folder])).status).toBe(1);
    for (const input of [text, gzipSync(text)]) {
      const finished = await quorate(["check", "-", "--json"], {}, "pipe", { input });
      expect(finished.status).toBe(1);
      expect(documentOf(finished)).toMatchObject({ files: { "standard input": "invalid" } });
    }
    writeFileSync(packed, gzipSync(text).subarray(0, 400));
    const cut = await quorate(["check", packed]);
    expect(cut.status).toBe(2);
    expect(cut.stdout).toMatch(/bad-gzip/);
  });

  it.skipIf(process.platform === "win32")(
    "reads a pipe by its name, which gives all once",
    async () => {
      const pipe = join(runsFolder(), "pipe");
      execFileSync("mkfifo", [pipe]);
      const checked = quorate(["check", pipe, "--json"]);
      await writeFile(pipe, gzipSync(readFileSync(`${fixtures}/etcd_000.log`)));
      expect(documentOf(await checked)).toMatchObject({ files: { [pipe]: "invalid" } });
    },
  );

  it("takes a run's folder of Jepsen for one history, and shows Jepsen's verdict", async () => {
    const store = runsFolder();
    const run = join(store, "etcd", "20260101T100000.000Z");
    mkdirSync(run, { recursive: true });
    copyFileSync(`${fixtures}/etcd_000.log`, join(run, "jepsen.log"));
    writeFileSync(join(run, "history.txt"), "0\t:invoke\t:write\t1\n0\t:ok\t:write\t1\n");
    writeFileSync(
      join(run, "results.edn"),
      '{:stats {:valid? true, :note "}{:valid? true"},\n :workload {:valid? false}, :valid? false}',
    );
    symlinkSync(run, join(store, "etcd", "latest"));
    for (const path of [run, join(store, "etcd"), store]) {
      const finished = await quorate(["check", path, "--json"]);
      // history.txt is read and not jepsen.log, which may be cut off.
      expect(documentOf(finished)).toMatchObject({
        files: { [run]: "valid" },
        jepsen: { [run]: "invalid" },
      });
    }
    const { stdout } = await quorate(["check", run]);
    expect(stdout).toMatch(/Jepsen's results\.edn says invalid; Jepsen may have judged/);
  });

  it("takes a report of etcd's robustness tests, a folder a client, for one history", async () => {
    const report = runsFolder();
    const operation = (client: number, type: object, call: number, output: object): string =>
      `${JSON.stringify({ ClientId: client, Input: type, Call: call, Output: output, Return: call + 5 })}\n`;
    const write = (client: number, text: string): void => {
      mkdirSync(join(report, `client-${client}`), { recursive: true });
      writeFileSync(join(report, `client-${client}`, "operations.json"), text);
    };
    const put = {
      Type: "txn",
      Txn: {
        Conditions: null,
        OperationsOnSuccess: [{ Type: "put-operation", Put: { Key: "k", Value: { Value: "1" } } }],
      },
    };
    write(1, operation(1, put, 0, { Txn: { Failure: false, Results: [{}] }, Revision: 2 }));
    const range = { Type: "range", Range: { Start: "k", End: "", Revision: 0 } };
    const shown = [{ Key: "k", Value: { Value: "1" }, ModRevision: 2 }];
    write(2, operation(2, range, 10, { Range: { KVs: shown, Count: 1 }, Revision: 2 }));
    expect((await quorate(["check", report])).status).toBe(0);
    write(2, operation(2, range, 10, { Range: { KVs: [], Count: 0 }, Revision: 2 }));
    const { status, stdout } = await quorate(["check", report]);
    expect(status).toBe(1);
    expect(stdout).toContain("did not find k at revision 2");
  });

  it("has one budget of time and memory for all files, and says when it is spent", async () => {
    const folder = runsFolder();
    const hard = join(folder, "hard.edn");
    // Thirty concurrent appends, and a read that shows them in the order that the search tries last.
    const event = (process: number, type: string, f: string, value: string): string =>
      `{:process ${process}, :type :${type}, :f :${f}, :key "k", :value ${value}}`;
    const tokens = Array.from({ length: 30 }, (_, i) => `t${i};`);
    const events = [
      event(90, "invoke", "put", '"x"'),
      event(90, "ok", "put", '"x"'),
      ...tokens.map((token, i) => event(i, "invoke", "append", `"${token}"`)),
      ...tokens.map((token, i) => event(i, "ok", "append", `"${token}"`)),
      event(91, "invoke", "get", "nil"),
      event(91, "ok", "get", `"x${[...tokens].reverse().join("")}"`),
    ];
    writeFileSync(hard, events.join("\n"));
    const memory = await quorate(["check", hard, "--memory", "1", "--json"]);
    expect(memory.status).toBe(2);
    expect(JSON.stringify(documentOf(memory)["reasons"])).toMatch(/bytes|memory/);
    const copy = join(folder, "copy.edn");
    copyFileSync(hard, copy);
    const time = await quorate(["check", hard, copy, "--seconds", "1", "--json"]);
    expect(time.status).toBe(2);
    const reasons = documentOf(time)["reasons"] as Record<string, readonly string[]>;
    expect(reasons[copy]?.join()).toMatch(/--seconds/);
  });

  it("refuses a guarantee that only other tools' histories have for one of ours", async () => {
    const own = join(runsFolder(), "history.jsonl");
    writeFileSync(own, linesOf(sample()));
    expect((await quorate(["check", own, "--guarantee", "constant-total"])).status).toBe(64);
    expect(
      (await quorate(["check", `${fixtures}/etcd_002.log`, "--guarantee", "converged"])).status,
    ).toBe(64);
  });
});
