import { execFileSync } from "node:child_process";
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  checkFile,
  readFoundFile,
  readText,
  replaceFile,
  writeNamed,
  writeWhole,
} from "../../harness/files.ts";

const fresh = (): string => mkdtempSync(join(tmpdir(), "quorate-test-"));

describe("checkFile", () => {
  it("leaves everything as it was", () => {
    const folder = fresh();
    const kept = join(folder, "kept");
    writeFileSync(kept, "text");
    checkFile("--junit", kept);
    checkFile("--junit", join(folder, "new"));
    expect(readFileSync(kept, "utf8")).toBe("text");
    expect(readdirSync(folder)).toEqual(["kept"]);
  });

  it("refuses a file without a folder, a folder, and no name", () => {
    const folder = fresh();
    expect(() => checkFile("--junit", join(folder, "a", "b"))).toThrow("there is no folder");
    expect(() => checkFile("--junit", folder)).toThrow("unwritable");
    expect(() => checkFile("--junit", "")).toThrow("it is empty");
    expect(readdirSync(folder)).toEqual([]);
  });

  it("refuses -, which elsewhere means standard output, and takes a file of that name by its path", () => {
    expect(() => checkFile("--junit", "-")).toThrow(
      "unwritable: expected --junit to be a file's path; got -, which is no name for standard output here. Name a file.",
    );
    checkFile("--junit", join(fresh(), "-"));
  });

  it.skipIf(process.platform !== "linux")(
    "refuses a stream that was redirected to a file, since writing would replace the link",
    () => {
      const file = openSync(join(fresh(), "out"), "w");
      try {
        for (const path of [`/dev/fd/${file}`, `/proc/self/fd/${file}`])
          expect(() => checkFile("--junit", path)).toThrow("this stream was redirected to a file");
      } finally {
        closeSync(file);
      }
      checkFile("--junit", "/dev/null");
    },
  );

  it.skipIf(process.getuid?.() === 0)("refuses a file in a folder that takes none", () => {
    const folder = fresh();
    chmodSync(folder, 0o500);
    expect(() => checkFile("--junit", join(folder, "a"))).toThrow("unwritable");
  });
});

describe("writeWhole", () => {
  it("replaces a file, and leaves nothing beside it", () => {
    const folder = fresh();
    const file = join(folder, "file");
    writeWhole(file, "first");
    writeWhole(file, "second");
    expect(readFileSync(file, "utf8")).toBe("second");
    expect(readdirSync(folder)).toEqual(["file"]);
  });

  it("leaves no part behind where it fails", () => {
    const folder = fresh();
    mkdirSync(join(folder, "taken"));
    expect(() => writeWhole(join(folder, "taken"), "text")).toThrow("taken");
    expect(readdirSync(folder)).toEqual(["taken"]);
  });

  it("replaces a link, its own or that of its part, and never writes to what it leads to", () => {
    const folder = fresh();
    const precious = join(folder, "precious");
    const file = join(folder, "file");
    writeFileSync(precious, "mine");
    symlinkSync(precious, file);
    symlinkSync(precious, `${file}.part`);
    writeWhole(file, "text");
    expect(readFileSync(precious, "utf8")).toBe("mine");
    expect(readFileSync(file, "utf8")).toBe("text");
    expect(readdirSync(folder)).toEqual(["file", "precious"]);
  });
});

describe("replaceFile", () => {
  it("calls the file by its name, but for a full disk, which no other path mends", () => {
    const replace = (path: string) => () => replaceFile("--junit", path, "text", writeNamed);
    expect(replace(join(fresh(), "a", "b"))).toThrow("unwritable: expected --junit to be");
    expect(replace("/dev/full")).toThrow(/^ENOSPC/);
  });
});

describe("readText", () => {
  it("reads a file whatever its size within the limit", () => {
    const file = join(fresh(), "text");
    const text = `${"é".repeat(200_000)}!`;
    writeFileSync(file, text);
    expect(readText(file)).toBe(text);
    expect(readFoundFile(file)).toBe(text);
  });

  it.skipIf(!existsSync("/dev/zero"))("gives a device up that never ends", () => {
    expect(() => readText("/dev/zero")).toThrow("the file is larger than 268435456 bytes");
  });

  it.skipIf(process.platform === "win32")("does not wait for a pipe that nobody named", () => {
    const pipe = join(fresh(), "pipe");
    execFileSync("mkfifo", [pipe]);
    expect(() => readFoundFile(pipe)).toThrow(
      "the path leads to a device, a pipe or a socket, not to a file",
    );
  });
});

describe("writeNamed", () => {
  it.skipIf(!existsSync("/dev/full"))("writes to a device, and never replaces it", () => {
    expect(() => writeNamed("/dev/full", "text")).toThrow("ENOSPC");
    writeNamed("/dev/null", "text");
    expect(existsSync("/dev/full.part") || existsSync("/dev/null.part")).toBe(false);
  });
});
