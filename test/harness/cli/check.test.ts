import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { linesOf, sample } from "../../checkers/sample.ts";
import { documentOf, quorate, runsFolder } from "./support.ts";

const fixtures = "test/fixtures/histories";

describe("quorate check", () => {
  it("judges several files of several formats in one call, the worst winning", async () => {
    const own = join(runsFolder(), "history.jsonl");
    writeFileSync(own, linesOf(sample()));
    const finished = await quorate(["check", `${fixtures}/etcd_002.log`, `${fixtures}/memstress3-90.edn`, own, "--json"]);
    expect(finished.status).toBe(0);
    const worse = await quorate(["check", `${fixtures}/etcd_002.log`, `${fixtures}/etcd_000.log`, "--json"]);
    expect(worse.status).toBe(1);
    expect(documentOf(worse)).toMatchObject({ verdict: "invalid", files: { [`${fixtures}/etcd_002.log`]: "valid", [`${fixtures}/etcd_000.log`]: "invalid" } });
  });

  it("says of one file what was judged, as what, and why it is illegal", async () => {
    const finished = await quorate(["check", `${fixtures}/etcd_000.log`, "--model", "cas-register", "--guarantee", "linearizable", "--initial", "nil", "--json"]);
    expect(documentOf(finished)).toMatchObject({
      verdict: "invalid", format: "jepsen-log", model: "cas-register", initial: "nil",
      guarantees: { linearizable: { verdict: "invalid", promised: true } },
      anomalies: [{ guarantee: "linearizable", explanation: expect.stringContaining("cannot be placed") }],
    });
  });

  it("takes the initial value that it is told", async () => {
    const file = join(runsFolder(), "one.edn");
    writeFileSync(file, "[{:process 0 :type :invoke :f :read :value nil} {:process 0 :type :ok :f :read :value 7}]");
    expect((await quorate(["check", file])).status).toBe(1);
    expect((await quorate(["check", file, "--initial", "7"])).status).toBe(0);
  });

  it("calls a file that it cannot read unknown, with the line", async () => {
    const file = join(runsFolder(), "cut.edn");
    writeFileSync(file, "[{:process 0 :type :invoke :f :read :value nil}\n");
    const { status, stdout } = await quorate(["check", file]);
    expect(status).toBe(2);
    expect(stdout).toMatch(/line 2.*bad-edn/);
  });
});
