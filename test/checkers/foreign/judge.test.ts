import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { formatOf, HistoryError, initialFor, judgeForeign, modelFor, readForeign } from "../../../checkers/index.ts";
import type { ForeignModel, Judgement } from "../../../checkers/index.ts";

const fixtures = resolve(import.meta.dirname, "../../fixtures/histories");
/** The whole collection, where it lies beside the project. */
const collection = resolve(import.meta.dirname, "../../../../shared/histories");

function judged(text: string, guarantee: "linearizable" | "regular" | "regular-stamped" = "linearizable", model?: ForeignModel): Judgement {
  const format = formatOf(text.slice(0, 4096));
  if (format === "quorate") throw new Error("expected another tool's history");
  const history = readForeign(format, text);
  const known = model ?? modelFor(history);
  return judgeForeign(history, { model: known, guarantee, initial: initialFor(history, known) });
}

describe("known verdicts", () => {
  test.each([["etcd_000.log", "invalid"], ["etcd_002.log", "valid"], ["rethink-fail-minimal.edn", "invalid"], ["immediate-failure.edn", "invalid"], ["memstress3-90.edn", "valid"]])("%s is %s", (file, verdict) => {
    expect(judged(readFileSync(join(fixtures, file), "utf8")).verdict).toBe(verdict);
  });

  test.skipIf(!existsSync(collection))("the whole collection, none unknown", () => {
    const etcd = JSON.parse(readFileSync(join(collection, "etcd/verdicts.json"), "utf8")) as Record<string, boolean>;
    const wanted = Object.entries(etcd).map(([file, legal]): [string, boolean] => [`etcd/${file}`, legal]);
    for (const folder of ["good", "bad"]) for (const file of readdirSync(join(collection, "cas-register", folder))) wanted.push([`cas-register/${folder}/${file}`, folder === "good"]);
    expect(wanted).toHaveLength(52 + 59);
    const got = wanted.map(([file]) => [file, judged(readFileSync(join(collection, file), "utf8")).verdict]);
    expect(got).toEqual(wanted.map(([file, legal]) => [file, legal ? "valid" : "invalid"]));
  });
});

describe("the sentence", () => {
  test("names the operation that cannot be placed, and what the register could hold", () => {
    const [anomaly] = judged(readFileSync(join(fixtures, "etcd_000.log"), "utf8")).anomalies;
    expect(anomaly?.explanation).toMatch(/^read 2 by process 11 \(line 85\) was answered in line 86 and cannot be placed: the \d+ operations that were answered before line 86 can be put in order, .* can only hold 0 or 1 or 3 or 4$/);
    expect(anomaly?.operations).toHaveLength(2);
  });

  test("of values that are written once, names the two that each come before the other", () => {
    const [anomaly] = judged(line(0, "invoke", "write", "1") + line(0, "ok", "write", "1") + line(0, "invoke", "write", "2") + line(0, "ok", "write", "2") + read(1, "1")).anomalies;
    expect(anomaly?.explanation).toBe("1 and 2 each come before the other: read 1 by process 1 (line 5) shows 1 current from line 5 on, after 2 had been written; write 2 by process 0 (line 3) shows 2 current from line 3 on, after 1 had been written");
    expect(anomaly?.operations).toEqual([0, 1, 2]);
  });
});

const line = (process: number, type: string, f: string, value: string): string => `{:process ${process}, :type :${type}, :f :${f}, :value ${value}}\n`;
const read = (process: number, value: string): string => line(process, "invoke", "read", "nil") + line(process, "ok", "read", value);

describe("levels and models", () => {
  const inversion = line(0, "invoke", "write", "1") + read(1, "1") + read(2, "nil") + line(0, "ok", "write", "1");

  test("a new/old inversion is regular and not linearizable", () => {
    expect([judged(inversion).verdict, judged(inversion, "regular").verdict, judged(inversion, "regular-stamped").verdict]).toEqual(["invalid", "valid", "valid"]);
  });

  test("a read of what nobody wrote is illegal at every level", () => {
    for (const level of ["linearizable", "regular", "regular-stamped"] as const) expect(judged(read(1, "7"), level).verdict).toBe("invalid");
  });

  test("a value written twice, and the initial value written again, are no matter of the ladder", () => {
    const twice = `${line(0, "invoke", "write", "1")}${line(0, "ok", "write", "1")}`.repeat(2);
    expect(judged(twice, "regular").verdict).toBe("not-applicable");
    expect(judged(twice + read(1, "1")).verdict).toBe("valid");
  });

  test("the initial value is 0 only where the first answer shows it and nothing had begun to write it", () => {
    expect(judged(read(1, "0")).verdict).toBe("valid");
    expect(judged(line(0, "invoke", "write", "0") + read(1, "0") + read(2, "nil")).verdict).toBe("invalid");
    expect(judged(line(0, "invoke", "write", "3") + line(0, "fail", "write", "3") + read(1, "3")).verdict).toBe("invalid");
  });

  test("a model that does not know an operation refuses it, with its line", () => {
    expect(() => judged(read(1, "nil") + line(0, "invoke", "cas", "[1 2]"), "linearizable", "register")).toThrow(HistoryError);
    expect(() => judged(read(1, "nil") + line(0, "invoke", "cas", "[1 2]"), "linearizable", "register")).toThrow(/line 3.*not-in-model/);
  });

  test("keys are judged apart", () => {
    const put = (key: string, value: string): string => `{:process 0, :type :invoke, :f :put, :key "${key}", :value "${value}"}\n{:process 0, :type :ok, :f :put, :key "${key}", :value "${value}"}\n`;
    const get = (key: string, value: string): string => `{:process 1, :type :invoke, :f :get, :key "${key}", :value nil}\n{:process 1, :type :ok, :f :get, :key "${key}", :value "${value}"}\n`;
    expect(judged(put("a", "1") + put("b", "2") + get("a", "1")).verdict).toBe("valid");
    expect(judged(put("a", "1") + put("b", "2") + get("a", "2"))).toMatchObject({ verdict: "invalid", anomalies: [{ key: "a" }] });
    expect(judged(get("a", "")).verdict).toBe("valid");
  });

  test("an empty file is no legal history", () => {
    expect(judged("[]")).toMatchObject({ verdict: "unknown" });
  });
});
