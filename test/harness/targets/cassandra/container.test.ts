import { describe, expect, it } from "vitest";
import { cassandraContainer, tokenOf } from "../../../../harness/targets/cassandra/container.ts";

const software = {
  java: "/soft/java/bin/java",
  jars: ["/soft/a.jar", "/soft/b.jar"],
  agent: "/soft/jolokia.jar",
  archive: "/soft/classes.jsa",
  folders: ["/soft"],
};
const addresses = ["10.0.0.2", "10.0.0.3", "10.0.0.4"];
const place = { node: "n2", address: "10.0.0.3", addresses };
const yamlOf = (overrides: Partial<Parameters<typeof cassandraContainer>[0]> = {}): string =>
  String(
    cassandraContainer({ place, settings: {}, software, ...overrides }).files.find(({ path }) =>
      path.endsWith("cassandra.yaml"),
    )?.content,
  );

describe("a node of Cassandra", () => {
  it("cuts the ring into equal parts", () => {
    const tokens = [0, 1, 2].map((index) => BigInt(tokenOf(index, 3)));
    const [a = 0n, b = 0n, c = 0n] = tokens;
    expect(a).toBe(-(2n ** 63n));
    expect(b - a).toBe(c - b);
  });

  it("knows its token, its addresses, and another node than itself to start from", () => {
    const yaml = yamlOf();
    expect(yaml).toContain(`initial_token: "${tokenOf(1, 3)}"`);
    expect(yaml).toContain("listen_address: 10.0.0.3\n");
    expect(yaml).toContain("broadcast_rpc_address: 10.0.0.3\n");
    expect(yaml).toContain('seeds: "10.0.0.2,10.0.0.3"');
  });

  it("streams its part where it joins a cluster that has data", () => {
    const yaml = yamlOf({ joins: true });
    expect(yaml).toContain("auto_bootstrap: true");
    expect(yaml).not.toContain("initial_token");
  });

  it("syncs before it acknowledges unless the setting says otherwise", () => {
    expect(yamlOf()).toContain("commitlog_sync: batch");
    expect(yamlOf({ settings: { commitlogSync: "periodic" } })).toContain(
      "commitlog_sync: periodic",
    );
  });

  it("takes jars and runtime of the official image where there is one", () => {
    const { command, image } = cassandraContainer({
      place,
      settings: {},
      software,
      image: "cassandra:5.0",
    });
    expect(image).toBe("cassandra:5.0");
    expect(command[0]).toBe("java");
    expect(command).toContain("/opt/cassandra/lib/*");
    expect(command.join(" ")).not.toContain("SharedArchiveFile");
  });
});
