/**
 * Tests small histories that quorate once judged wrongly or could not read. Each is an example of a kind of history.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { documentOf, quorate } from "./support.ts";

const folder = "test/fixtures/foreign";

interface Row {
  readonly file: string;
  readonly is: "valid" | "invalid" | "unknown";
  /** A pattern that the reasons must match. */
  readonly says?: RegExp;
  readonly flags?: readonly string[];
}

const rows: readonly Row[] = [
  { file: "w01a-set-read-skips-an-older-add.edn", is: "valid" },
  {
    file: "w01a-set-read-skips-an-older-add.edn",
    is: "invalid",
    says: /line 1.*line 4/,
    flags: ["--model", "set", "--guarantee", "linearizable"],
  },
  { file: "w02a-sets-by-key-mixed-up.edn", is: "invalid", says: /key a.*shows 2/ },
  { file: "w03-versioned-register-tuples.edn", is: "valid" },
  { file: "w04b-one-micro-op.edn", is: "unknown", says: /--model/ },
  { file: "w04c-read-of-all-rows.edn", is: "unknown", says: /causal.reverse.*--model/ },
  { file: "w05a-all-adds-failed.edn", is: "valid" },
  { file: "w06a-keyed-register-starts-nil.edn", is: "valid" },
  { file: "w06a-keyed-register-starts-nil.edn", is: "valid", flags: ["--initial", "nil"] },
  { file: "w07a-map-key-order.edn", is: "valid" },
  { file: "w07c-7-and-7N.edn", is: "valid" },
  {
    file: "w08a-failed-write-of-0-read.edn",
    is: "unknown",
    says: /valid with the initial value 0.*failed.*--initial.*invalid with the initial value nil/,
  },
  { file: "w08a-failed-write-of-0-read.edn", is: "valid", flags: ["--initial", "0"] },
  {
    file: "w08a-failed-write-of-0-read.edn",
    is: "invalid",
    says: /line 2.*aborted read/,
    flags: ["--initial", "nil"],
  },
  { file: "w09b-two-keys-taken-for-one.edn", is: "valid" },
  { file: "w12a-bytes-that-are-no-utf8.edn", is: "unknown", says: /line 1.*bytes ff.*bad-utf8/ },
  { file: "w14-failed-add-shown.edn", is: "valid" },
  {
    file: "w15-violation-forgotten-at-a-weaker-level.edn",
    is: "invalid",
    says: /read 77 of key a/,
    flags: ["--model", "register", "--guarantee", "regular"],
  },
  {
    file: "w16-own-nothing-promised.jsonl",
    is: "valid",
    flags: ["--guarantee", "linearizable"],
  },
  { file: "w17a-only-a-nemesis.edn", is: "unknown", says: /no operation of a client/ },
  {
    file: "i19-time-against-file-order.edn",
    is: "unknown",
    says: /valid in the order of :index.*--order.*invalid in the order of the file/,
  },
  { file: "i19-time-against-file-order.edn", is: "valid", flags: ["--order", "index"] },
  { file: "i19-time-against-file-order.edn", is: "invalid", flags: ["--order", "file"] },
  {
    file: "i12-read-of-a-failed-write.edn",
    is: "invalid",
    says: /write 52 by process 1 \(line 3\), which failed in line 4/,
  },
  { file: "i08-timed-out-appends.edn", is: "valid" },
  { file: "i09-four-keys-of-timed-out-appends.edn", is: "valid" },
  { file: "c01-deep-error.edn", is: "unknown", says: /no operation succeeded/ },
  { file: "u01a-whole-jepsen.log", is: "valid" },
  { file: "u03-history.txt", is: "valid" },
  { file: "u04-read-without-value.edn", is: "valid" },
  { file: "u05a-object-address.edn", is: "valid" },
  { file: "u05d-control-character.edn", is: "valid" },
  { file: "u07a-array.json", is: "valid" },
  { file: "u08a-mutex-held-twice.edn", is: "invalid", says: /acquire by process 1 \(line 3\)/ },
  { file: "u11-info-with-another-f.edn", is: "valid" },
  { file: "u12-independent-sets.edn", is: "valid" },
  { file: "i13-counter.edn", is: "valid" },
  { file: "i14-rw-register-txn.edn", is: "invalid", says: /got 2.*no transaction wrote 2/ },
];

describe("histories that were judged wrongly or not read", () => {
  let all: Record<string, unknown>;

  // Checks all files in one call: an error in the reading of one file must not affect the others.
  beforeAll(async () => {
    all = documentOf(await quorate(["check", folder, "--json"]));
  });

  it("are all in the table", () => {
    expect([...new Set(rows.map(({ file }) => file))].sort()).toEqual(readdirSync(folder).sort());
    expect(Object.keys(all["files"] as object)).toHaveLength(readdirSync(folder).length);
  });

  it.each(rows.map((row) => [row.file, row.flags?.join(" ") ?? "no flags", row] as const))(
    "%s, %s",
    async (file, _, { is, says, flags }) => {
      const path = join(folder, file);
      const document =
        flags === undefined ? all : documentOf(await quorate(["check", path, ...flags, "--json"]));
      const reasons = (document["reasons"] as Record<string, readonly string[]>)[path] ?? [];
      expect({ verdict: (document["files"] as Record<string, string>)[path], reasons }).toEqual({
        verdict: is,
        reasons: is === "valid" ? [] : expect.anything(),
      });
      if (says !== undefined) expect(reasons.join("\n").replaceAll("\n", " ")).toMatch(says);
    },
  );
});
