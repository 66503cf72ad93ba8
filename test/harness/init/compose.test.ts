import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { configFromCompose, readCompose } from "../../../harness/init/index.ts";

function fileOf(text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), "quorate-compose-")), "compose.yaml");
  writeFileSync(file, text);
  return file;
}

const three = fileOf(`
services:
  dashboard:
    image: grafana
  db1: &db
    image: store:3
    command: ["/bin/store", "--data", "/var/lib/store"]
    ports: ["18001:8000", "9000"]
    volumes:
      - ./store.conf:/etc/store.conf:ro
      - data1:/var/lib/store
    environment:
      NAME: db1
      PEERS: db1=http://db1:8000,db2=http://db2:8000,db3=http://db3:8000
      LEVEL: 3
    healthcheck:
      test: ["CMD", "curl", "-f", "http://localhost:8000/healthz"]
  db2:
    <<: *db
  db3:
    image: store:3
`);

describe("readCompose", () => {
  it("proposes the largest group of services with one image", () => {
    expect(readCompose(three)).toEqual({
      services: ["db1", "db2", "db3"],
      image: { name: "store:3" },
      port: 8000,
      data: "/var/lib/store",
      ready: { http: "/healthz" },
      command: ["/bin/store", "--data", "/var/lib/store"],
      environment: { NAME: "{name}", PEERS: "{peers}", LEVEL: "3" },
      peer: "{name}=http://{address}:8000",
    });
  });

  it("takes the services that are named, and those that are built", () => {
    const built = fileOf(
      "services:\n  a: { build: ./store, expose: [7000], environment: ['SELF=a:7000'] }\n  b: { image: other }\n",
    );
    expect(readCompose(built, ["a"])).toEqual({
      services: ["a"],
      image: { folder: "./store" },
      port: 7000,
      ready: { tcp: true },
      environment: { SELF: "{address}:7000" },
    });
  });

  it("refuses what is no compose file, and services that are not there", () => {
    expect(() => readCompose(fileOf("a: [1"))).toThrow(/bad-compose: expected YAML/);
    expect(() => readCompose(fileOf("a: 1"))).toThrow(/expected services/);
    expect(() => readCompose(three, ["db9"])).toThrow(/db9.*got only dashboard, db1, db2, db3/);
  });

  it("becomes a configuration that names what is left to do", () => {
    const text = configFromCompose("shop", "compose.yaml", readCompose(three));
    expect(text).toContain('image: "store:3"');
    expect(text).toContain("nodes: 3");
    expect(text).toContain("TODO: how a client of your store reads");
    expect(text).not.toContain("TODO: the command");
  });
});
