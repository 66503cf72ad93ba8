/** Tests zip files of runs, and zip files that are malicious. */
import { execFileSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { buffer } from "node:stream/consumers";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ZipFile } from "yazl";
import { filesBelow } from "../../harness/folder-files.ts";
import { unzipRun, zipRun } from "../../harness/run-archive.ts";
import { runsFolder } from "./cli/support.ts";

/** Makes a zip of these files. `change` may then change its bytes. */
async function zipOf(
  files: Readonly<Record<string, string>>,
  change: (bytes: Buffer) => Buffer = (bytes) => bytes,
  mode?: number,
): Promise<string> {
  const zip = new ZipFile();
  for (const [name, text] of Object.entries(files))
    zip.addBuffer(Buffer.from(text), name, mode === undefined ? {} : { mode });
  zip.end();
  const file = join(runsFolder(), "run.zip");
  writeFileSync(file, change(await buffer(zip.outputStream)));
  return file;
}

/** Replaces a name by another one of the same length. yazl itself does not write invalid names. */
const rename =
  (from: string, to: string) =>
  (bytes: Buffer): Buffer =>
    Buffer.from(bytes.toString("latin1").replaceAll(from, to), "latin1");

const plan = { "run/plan.json": "{}" };

describe("a run's zip", () => {
  it.skipIf(process.platform === "win32")(
    "goes into a pipe, which it does not replace",
    async () => {
      const folder = join(runsFolder(), "20260101-000000-1");
      mkdirSync(folder);
      writeFileSync(join(folder, "plan.json"), "{}");
      const pipe = join(runsFolder(), "pipe");
      execFileSync("mkfifo", [pipe]);
      const [size, bytes] = await Promise.all([zipRun(folder, pipe), readFile(pipe)]);
      expect(bytes.length).toBe(size);
      expect(lstatSync(pipe).isFIFO()).toBe(true);
      const file = `${folder}.zip`;
      writeFileSync(file, bytes);
      expect(filesBelow(await unzipRun(file))).toEqual(["plan.json"]);
    },
  );

  it("unpacks to the files that went in", async () => {
    const name = fc.stringMatching(/^[a-zA-Z0-9_-]{1,8}$/);
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(
          fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => `${parts.join("/")}.json`),
          fc.string({ maxLength: 200, unit: "binary" }),
          { maxKeys: 8 },
        ),
        async (files) => {
          const folder = join(runsFolder(), "20260101-000000-1");
          const all = { ...files, "plan.json": "{}" };
          for (const [path, text] of Object.entries(all)) {
            mkdirSync(dirname(join(folder, path)), { recursive: true });
            writeFileSync(join(folder, path), text);
          }
          const file = `${folder}.zip`;
          expect(await zipRun(folder, file)).toBe(readFileSync(file).length);
          const unpacked = await unzipRun(file);
          expect(filesBelow(unpacked)).toEqual(filesBelow(folder));
          for (const path of filesBelow(folder))
            expect(readFileSync(join(unpacked, path))).toEqual(readFileSync(join(folder, path)));
        },
      ),
      { numRuns: 30 },
    );
  });

  it.each([
    ["at the top", { "plan.json": "{}", "logs/n1.log": "" }],
    ["in the run's folder", { "20260101-000000-1/campaign.json": "{}" }],
    ["in an artefact's folder around it", { "runs/20260101-000000-1/campaign.json": "{}" }],
  ])("finds the run %s", async (_where, files) => {
    const folder = await unzipRun(await zipOf(files));
    expect(readdirSync(folder)).toContain(
      Object.keys(files)
        .find((name) => name.endsWith(".json"))
        ?.split("/")
        .at(-1),
    );
  });
});

describe("a zip that means harm, or is damaged, is refused:", () => {
  const outside = join(dirname(runsFolder()), "quorate-slipped");
  const whole = Object.fromEntries(
    Array.from({ length: 5 }, (_, file) => [`run/${file}.json`, "x".repeat(1000)]),
  );

  it.each<[string, () => Promise<string>, RegExp, number?]>([
    [
      "a name that leads out of it",
      () =>
        zipOf(
          { "__/__/quorate-slipped": "x" },
          rename("__/__/quorate-slipped", "../../quorate-slipped"),
        ),
      /invalid relative path: \.\.\//,
    ],
    [
      "a name from the root",
      () =>
        zipOf(
          { "_tmp/quorate-slipped": "x" },
          rename("_tmp/quorate-slipped", "/tmp/quorate-slipped"),
        ),
      /absolute path: \/tmp/,
    ],
    [
      "a name with backslashes",
      () =>
        zipOf(
          { "__/__/quorate-slipped": "x" },
          rename("__/__/quorate-slipped", "..\\..\\quorate-slipped"),
        ),
      /invalid characters in fileName/,
    ],
    ["a link", () => zipOf({ "run/plan.json": "/etc/passwd" }, undefined, 0o120777), /a link or/],
    ["a device", () => zipOf(plan, undefined, 0o020777), /a link or a special file/],
    ["more files than allowed", () => zipOf(whole), /more than 4 files/, 4],
    [
      "more bytes than allowed",
      () => zipOf({ "run/plan.json": "0".repeat(5001) }),
      /more than 5000 bytes, unpacked/,
    ],
    [
      "a file that unpacks to more than it declares",
      () =>
        zipOf({ "run/plan.json": "0".repeat(4000) }, (bytes) => {
          // The field of the uncompressed size in the central directory.
          bytes.writeUInt32LE(10, bytes.indexOf("PK\x01\x02") + 24);
          return bytes;
        }),
      /too many bytes/,
    ],
    [
      "one name twice",
      () =>
        zipOf({ "run/plan.json": "{}", "run/plan.jsox": "[]" }, rename("plan.jsox", "plan.json")),
      /EEXIST/,
    ],
    [
      "a file where a folder must be",
      () => zipOf({ run: "x", "run/plan.json": "{}" }),
      /EEXIST|ENOTDIR/,
    ],
    [
      "a changed byte",
      () =>
        zipOf({ "run/plan.json": "a plan, stored" }, (bytes) => {
          bytes.writeUInt32LE(1, bytes.indexOf("PK\x01\x02") + 16);
          return bytes;
        }),
      /damaged: its checksum does not match/,
    ],
    [
      "an encrypted file",
      () =>
        zipOf(plan, (bytes) => {
          bytes.writeUInt16LE(1, bytes.indexOf("PK\x01\x02") + 8);
          return bytes;
        }),
      /encrypted/,
    ],
    ["no zip at all", () => zipOf({}, () => Buffer.from("not a zip")), /run\.zip: /],
    [
      "half a zip",
      () => zipOf(whole, (bytes) => bytes.subarray(0, bytes.length / 2)),
      /run\.zip: /,
    ],
    ["no run in it", () => zipOf({ "readme.txt": "hello" }), /no campaign\.json and no plan/],
    [
      "several runs",
      () => zipOf({ "runs/b/campaign.json": "{}", "runs/a/campaign.json": "{}" }),
      /several folders: a, b/,
    ],
  ])("%s", async (_what, make, said, files = 100) => {
    const file = await make();
    await expect(unzipRun(file, { files, bytes: 5000 })).rejects.toThrow(
      expect.objectContaining({ code: "bad-archive", message: expect.stringMatching(said) }),
    );
    expect(existsSync(outside)).toBe(false);
  });

  it("whatever byte was changed, nothing is written beside it and no other error comes", async () => {
    const original = readFileSync(await zipOf({ ...whole, "run/plan.json": "{}" }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(original.length - 1), fc.nat(255)), {
          minLength: 1,
          maxLength: 3,
        }),
        async (changes) => {
          const bytes = Buffer.from(original);
          for (const [at, byte] of changes) bytes[at] = byte;
          const file = join(runsFolder(), "run.zip");
          writeFileSync(file, bytes);
          try {
            await unzipRun(file, { files: 100, bytes: 10_000 });
          } catch (error) {
            expect(error).toMatchObject({ code: "bad-archive" });
          }
          expect(readdirSync(dirname(file))).toEqual(["run.zip"]);
        },
      ),
      { numRuns: 100 },
    );
  });
});
