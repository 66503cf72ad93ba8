/** Tests what a node of the bundled store may do in its container. The kernel reports it. */
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Cluster } from "../../../../harness/index.ts";
import { connectEngine } from "../../../../harness/platforms/docker/connect-engine.ts";
import { createDockerCluster } from "../../../../harness/platforms/docker/index.ts";
import { bundled } from "../../../../harness/targets/bundled/index.ts";
import { defaultSettings } from "../../../../store/index.ts";
import { docker } from "../../../support/docker.ts";

const run = randomBytes(4).toString("hex");
const engine = connectEngine();

describe.skipIf(docker.skip)(`a node of the bundled store in a container${docker.reason}`, () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await createDockerCluster(bundled, { nodes: 1, run });
    await cluster.start({
      settings: { ...defaultSettings, nodes: 1, n: 1, r: 1, w: 1 },
      worldSeed: 1,
      evidence: true,
    });
  });
  afterAll(async () => cluster?.stop());

  /** Runs a script in the node's container, and returns its output. */
  const printed = async (script: string): Promise<string> =>
    (await engine.run(`quorate-${run}-n1`, ["node", "-e", script])).toString().trim();

  it("is not root, has no capability, and cannot gain any", async () => {
    const status = await printed('console.log(fs.readFileSync("/proc/1/status", "utf8"))');
    const line = (name: string): string | undefined =>
      new RegExp(`^${name}:\\s*(.*)$`, "m").exec(status)?.[1];
    expect(line("Uid")).toBe("65534\t65534\t65534\t65534");
    expect(line("Gid")).toBe("65534\t65534\t65534\t65534");
    for (const kind of ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"])
      expect(line(kind)).toBe("0".repeat(16));
    expect(line("NoNewPrivs")).toBe("1");
  });

  it("writes its data, its record and /tmp, and nothing else", async () => {
    const script = `
const canWrite = (folder) => {
  try {
    fs.writeFileSync(folder + "/trial", "");
    fs.rmSync(folder + "/trial");
    return true;
  } catch (error) {
    return error.code;
  }
};
console.log(JSON.stringify(["/data/log", "/control/record", "/tmp", "/control", "/etc", "/"].map(canWrite)))`;
    expect(JSON.parse(await printed(script))).toEqual([
      ...[true, true, true],
      ...["EACCES", "EROFS", "EROFS"],
    ]);
  });
});
