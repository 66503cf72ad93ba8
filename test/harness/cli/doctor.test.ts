import { describe, expect, it } from "vitest";
import type { Finding } from "../../../harness/cli/doctor.ts";
import { documentOf, quorate } from "./support.ts";

const findingsOf = (document: Record<string, unknown>): readonly Finding[] =>
  document["findings"] as readonly Finding[];

describe("quorate doctor", () => {
  it("says that no run in containers is possible without an engine, and how to get one", async () => {
    const { status, stdout } = await quorate(["doctor"], {
      DOCKER_HOST: "unix:///nowhere/docker.sock",
    });
    expect(stdout).toMatch(/^✕ engine: .*\n {4}To test in containers, install a Docker engine/m);
    expect(stdout).toContain("The simulator needs only Node");
    expect(status).toBe(70);
  });

  it("names each fault, disk, port and optional package once, left out ones with a reason", async () => {
    const finished = await quorate(["doctor", "--json"]);
    const document = documentOf(finished);
    const findings = findingsOf(document);
    const about = findings.map((finding) => finding.about);
    expect(new Set(about).size).toBe(about.length);
    for (const name of [
      "node",
      "engine",
      "ports",
      "the folder where runs are kept",
      "cassandra-driver",
      "aws4",
    ])
      expect(about).toContain(name);
    for (const finding of findings) expect(finding.what).not.toBe("");
    const isFit = findings.every(({ state }) => state !== "missing");
    expect(document["ok"]).toBe(isFit);
    expect(finished.status).toBe(isFit ? 0 : 70);
  });
});
