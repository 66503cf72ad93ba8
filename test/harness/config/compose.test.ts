import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { composeNodes } from "../../../harness/config/compose.ts";
import { checkConfig } from "../../../harness/config/read-config.ts";
import { configFromCompose } from "../../../harness/init/index.ts";

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

/** A second Compose file, in the same folder as `three`. */
const bare = join(dirname(three), "bare.yaml");
writeFileSync(bare, "services:\n  a: { image: s }\n");

describe("composeNodes", () => {
  const nodesIn = (file: string, named?: readonly string[]): ReturnType<typeof composeNodes> =>
    composeNodes(file, dirname(file), named);

  it("takes the largest group of services with one image", () => {
    expect(nodesIn(three)).toMatchObject({
      services: ["db1", "db2", "db3"],
      image: { name: "store:3" },
      port: 8000,
      data: "/var/lib/store",
      ready: { http: "/healthz" },
      files: {},
    });
  });

  it("takes the services that are named, and those that are built", () => {
    const built = fileOf(
      "services:\n  a: { build: ./store, expose: [7000], environment: ['SELF=a:7000'] }\n  b: { image: other }\n",
    );
    expect(nodesIn(built, ["a"])).toMatchObject({
      services: ["a"],
      image: { folder: "store" },
      port: 7000,
      ready: { tcp: true },
    });
  });

  it("refuses what is no compose file, and services that are not there", () => {
    expect(() => nodesIn(fileOf("a: [1"))).toThrow(/bad-compose: expected YAML/);
    expect(() => nodesIn(fileOf("a: 1"))).toThrow(/expected services/);
    expect(() => nodesIn(three, ["db9"])).toThrow(/db9.*got only dashboard, db1, db2, db3/);
  });

  it("becomes a configuration that names what is left to do", () => {
    const text = configFromCompose("shop", "compose.yaml", nodesIn(three));
    expect(text).toContain('compose: { file: "compose.yaml", services: ["db1","db2","db3"] }');
    expect(text).toContain("3 nodes of store:3");
    expect(text).toContain("TODO: how a client of your store reads");
    expect(text).not.toContain("TODO: where a node listens");
    expect(configFromCompose("shop", "compose.yaml", nodesIn(bare))).toContain(
      "port: 7000, // TODO: the port where a node listens",
    );
  });

  it("reads variables of an env_file, over which the environment wins", () => {
    const file = fileOf("services:\n  a: { image: s, env_file: .env, environment: { B: 3 } }\n");
    writeFileSync(join(dirname(file), ".env"), 'A="1 # one"\nB=2\n');
    expect(nodesIn(file).start(0, []).environment).toEqual({ A: "1 # one", B: "3" });
  });
});

describe("a configuration that names a compose file", () => {
  const nodes = ["n1", "n2", "n3"].map((name, index) => ({ name, address: `10.0.0.${index + 2}` }));

  it("takes image, port, data, files and each service's own start from it", () => {
    const file = join(import.meta.dirname, "../../../examples/own-store/compose.yaml");
    const { start, ...rest } = composeNodes(file, join(file, "../.."), ["alpha", "beta", "gamma"]);
    expect(rest).toEqual({
      services: ["alpha", "beta", "gamma"],
      image: { name: "node:24" },
      port: 7000,
      data: "/data",
      ready: { http: "/health" },
      files: { "/app/store.mjs": "own-store/store.mjs" },
    });
    expect(start(1, nodes)).toEqual({
      command: ["node", "/app/store.mjs"],
      environment: {
        DATA: "/data",
        PEERS: "n1=http://10.0.0.2:7000,n2=http://10.0.0.3:7000,n3=http://10.0.0.4:7000",
        OWN_STORE_WEAK: "",
        NAME: "n2",
      },
    });
  });

  it("puts nodes in the place of services at once, so that their names may be each other's", () => {
    const file = fileOf(
      "services:\n  n2: &n { image: s, environment: { ALL: 'n2@n2:1,n1@n1:1,n10' } }\n  n1: *n\n",
    );
    expect(composeNodes(file, "/").start(0, nodes).environment).toEqual({
      ALL: "n1@10.0.0.2:1,n2@10.0.0.3:1,n10",
    });
  });

  it("fills in variables as compose does", () => {
    const file = fileOf(
      "services:\n  a: { image: 's:${QUORATE_NOT_SET:-3}', environment: { A: '$$5 ${QUORATE_NOT_SET}.' } }\n",
    );
    const { image, start } = composeNodes(file, "/");
    expect(image).toEqual({ name: "s:3" });
    expect(start(0, nodes).environment).toEqual({ A: "$5 ." });
  });

  it.each(["entrypoint: x", "extends: { service: b }"])(
    "refuses %s, which it does not read",
    (line) => {
      const file = fileOf(`services:\n  a: { image: s, ${line} }\n`);
      expect(() => composeNodes(file, "/")).toThrow(/bad-compose: .* quorate does not read/);
    },
  );

  const own = (containers: object, more: object = {}): unknown => ({
    target: {
      name: "shop",
      version: "1",
      promises: ["durable"],
      clientCommand: ["./client"],
      containers: { compose: { file: basename(three) }, ...containers },
      ...more,
    },
  });
  const started = (value: unknown): unknown => {
    const { target } = checkConfig(value, join(dirname(three), "quorate.config.json"));
    const { containers } = target;
    const context = {
      node: "n2",
      index: 1,
      nodes: ["n1", "n2", "n3"],
      settings: target.parseSettings({}),
      addressOf: (name: string) => `10.0.0.${name.slice(1)}`,
    };
    return { ...containers, node: containers?.node(context as never) };
  };

  it("is whole with the file, and has as many nodes as services", () => {
    expect(started(own({}))).toMatchObject({
      image: { from: "registry", name: "store:3" },
      clientPort: 8000,
      dataPath: "/var/lib/store",
      ready: { http: "/healthz" },
      node: {
        command: ["/bin/store", "--data", "/var/lib/store"],
        environment: {
          PEERS: "n1=http://10.0.0.1:8000,n2=http://10.0.0.2:8000,n3=http://10.0.0.3:8000",
        },
      },
    });
  });

  it("wins over the file, field by field", () => {
    const said = { port: 9, ready: { tcp: true }, node: { environment: { LEVEL: "{name}" } } };
    expect(started(own(said))).toMatchObject({
      clientPort: 9,
      ready: { tcp: true },
      node: {
        command: ["/bin/store", "--data", "/var/lib/store"],
        environment: { LEVEL: "n2", NAME: "n1" },
      },
    });
  });

  it.each([
    [
      "more nodes than services",
      own({}, { nodes: 4 }),
      /at most as many nodes as services: db1, db2/,
    ],
    ["no port anywhere", own({ compose: { file: basename(bare) } }), /expected port of a node, in/],
    ["a file that is not there", own({ compose: { file: "none.yaml" } }), /none\.yaml/],
    ["neither compose nor an image", own({ compose: undefined }), /containers\/image/],
  ])("refuses %s", (_what, value, says) => {
    expect(() => started(JSON.parse(JSON.stringify(value)))).toThrow(says);
  });
});
