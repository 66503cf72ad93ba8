/**
 * Tests that errors in a configuration are one sentence each, which names the file and the place in it, and what a
 * valid configuration means.
 */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { UsageError } from "../../../harness/errors.ts";
import { checkConfig, readConfig } from "../../../harness/config/read-config.ts";
import { builtInKinds, parsePlan, planAt } from "../../../generators/index.ts";

const folder = mkdtempSync(join(tmpdir(), "quorate-config-"));
const file = join(folder, "quorate.config.ts");
writeFileSync(join(folder, "store.mjs"), "");

const containers = {
  image: "host",
  port: 7000,
  data: "/data",
  files: { "/app/store.mjs": "./store.mjs" },
  node: { command: ["node", "/app/store.mjs"] },
};
const own = {
  name: "own-store",
  version: "1",
  promises: ["linearizable", "durable", "no-thin-air"],
  containers,
  client: () => ({}),
};
const withOwn = (changes: object): object => ({ target: { ...own, ...changes } });

/** Configurations that are refused, each with its error code and a part of its message. */
const mistakes: readonly (readonly [what: string, config: unknown, code: string, words: string])[] =
  [
    ["is no object", 5, "config-shape", "the whole to be object"],
    ["has an unknown field", { fautls: [] }, "config-shape", "The nearest names: faults"],
    ["names an unknown target", { target: "boundled" }, "unknown-target", "bundled"],
    ["names an unknown workload", { workload: "bank" }, "unknown-workload", '/workload is "bank"'],
    [
      "names a workload that the target cannot run",
      { ...withOwn({}), workload: "siblings" },
      "workload-not-supported",
      "a workload of own-store: register",
    ],
    ["names an unknown fault", { faults: ["fire"] }, "unknown-fault", '/faults is "fire"'],
    [
      "promises an unknown guarantee",
      withOwn({ promises: ["linearisable"] }),
      "unknown-guarantee",
      "The nearest names: linearizable",
    ],
    [
      "promises a guarantee by its former name",
      withOwn({ promises: ["no-phantom"] }),
      "unknown-guarantee",
      "This guarantee is now called no-thin-air",
    ],
    [
      "has a promises function that throws",
      withOwn({
        promises: () => {
          throw new Error("no settings");
        },
      }),
      "bad-promises",
      "no settings",
    ],
    [
      "has a promises function that returns nothing",
      withOwn({ promises: () => {} }),
      "bad-promises",
      "undefined",
    ],
    [
      "has a client command without a program",
      withOwn({ client: undefined, clientCommand: [""] }),
      "config-shape",
      "/target/clientCommand/0",
    ],
    [
      "promises an unknown guarantee by a function",
      withOwn({ promises: () => ["atomic"] }),
      "unknown-guarantee",
      '/target/promises names "atomic"',
    ],
    [
      "claims an unknown guarantee",
      { promise: ["fast"] },
      "unknown-guarantee",
      '/promise/0 names "fast"',
    ],
    ["has a target without a name", withOwn({ name: undefined }), "config-shape", "/target/name"],
    ["has a name with capitals", withOwn({ name: "Own" }), "config-shape", "pattern"],
    ["has a built-in target's name", withOwn({ name: "bundled" }), "name-taken", "bundled"],
    ["has no client", withOwn({ client: undefined }), "no-client", "/target has neither"],
    ["has two clients", withOwn({ clientCommand: ["x"] }), "no-client", "/target has both"],
    ["has a client that is no function", withOwn({ client: {} }), "config-shape", "a function"],
    [
      "has an empty client command",
      withOwn({ client: undefined, clientCommand: [] }),
      "config-shape",
      "/target/clientCommand",
    ],
    [
      "names a file that is not there",
      withOwn({ containers: { ...containers, files: { "/app/x": "./no-such-file" } } }),
      "config-file-missing",
      "./no-such-file, which does not exist",
    ],
    [
      "says nothing of how a node is started",
      withOwn({ containers: { ...containers, node: undefined } }),
      "config-shape",
      "/target/containers/node",
    ],
    [
      "has a port that is none",
      withOwn({ containers: { ...containers, port: 70_000 } }),
      "config-shape",
      "/target/containers/port",
    ],
    ["has an address that is none", { addresses: ["nowhere"] }, "bad-address", "nowhere"],
    ["has a URL for an address", { addresses: ["http://a:80"] }, "bad-address", "No http://"],
    ["has an address twice", { addresses: ["a:80", "a:80"] }, "bad-address", '"a:80" twice'],
    [
      "has an operation that no workload has",
      withOwn({ operations: ["read", "wriet"] }),
      "unknown-operation",
      "The nearest names: write",
    ],
    [
      "has a place in a command that stands for nothing",
      withOwn({ containers: { ...containers, node: { command: ["x", "--at={adress}"] } } }),
      "unknown-place",
      "{adress} in /target/containers/node",
    ],
    [
      "has a place of a setting that there is not",
      withOwn({ containers: { ...containers, node: { command: ["x", "{settings:mode}"] } } }),
      "unknown-place",
      "{settings:nodes}",
    ],
    [
      "has a place in a client command that stands for nothing",
      withOwn({ client: undefined, clientCommand: ["x", "{hots}"] }),
      "unknown-place",
      "The nearest names: host",
    ],
    [
      "has an expression for the log that is none",
      withOwn({ containers: { ...containers, ready: { log: "(ready" } } }),
      "bad-expression",
      '/target/containers/ready/log is "(ready"',
    ],
    [
      "has the folder of a Dockerfile that is not there",
      withOwn({ containers: { ...containers, image: { from: "dockerfile", folder: "image" } } }),
      "config-file-missing",
      "image/Dockerfile, which does not exist",
    ],
    [
      "has a fault of its own without what it does",
      { faultKinds: [{ kind: "x", begin: "true", end: "true" }] },
      "config-shape",
      "/faultKinds/0/effects",
    ],
    [
      "has a fault of its own with an unknown effect",
      { faultKinds: [{ kind: "x", begin: "true", end: "true", effects: ["fire"] }] },
      "config-shape",
      "node-down",
    ],
    [
      "has a fault of its own by a built-in name",
      { faultKinds: [{ kind: "kill", begin: "true", end: "true", effects: [] }] },
      "name-taken",
      "kill, a built-in one",
    ],
  ];

describe("a configuration", () => {
  it.each(mistakes)("that %s is refused in one sentence", (_, config, code, words) => {
    const refusal = (): unknown => checkConfig(config, file);
    expect(refusal).toThrow(UsageError);
    expect(refusal).toThrow(words);
    try {
      refusal();
    } catch (error) {
      expect(error).toMatchObject({ code });
      expect((error as Error).message).not.toContain("\n");
    }
  });

  it("may have braces of its own in a command: a shell's, and a template's", () => {
    const command = ["sh", "-c", "echo ${HOME} {{name}} { a; } {env:HOME} {peers}"];
    const { target } = checkConfig(
      withOwn({ containers: { ...containers, node: { command } } }),
      file,
    );
    expect(target.name).toBe("own-store");
  });

  it("that is empty is about the bundled store", () => {
    expect(checkConfig({}, file).target.name).toBe("bundled");
  });

  it("that is a JSON file says the same with a command as its client", async () => {
    const json = join(folder, "quorate.config.json");
    const { client: _, ...rest } = own;
    writeFileSync(json, JSON.stringify({ target: { ...rest, clientCommand: ["./client"] } }));
    const { target, kinds } = await readConfig(json);
    expect(target).toMatchObject({ name: "own-store", version: "1", file: json });
    expect(kinds).toBe(builtInKinds);
  });
});

describe("a target of a configuration", () => {
  const { target, kinds } = checkConfig(
    {
      ...withOwn({ settings: { mode: "safe" } }),
      faultKinds: [{ kind: "unplug", begin: "true", end: "true", effects: ["node-down"] }],
    },
    file,
  );

  it("has plans that read back, its own faults among them", () => {
    const options = {
      target,
      kinds,
      settings: target.parseSettings({}),
      workload: "register",
      faults: ["unplug", "kill"],
      claimed: [],
      quick: true,
    };
    const plans = Array.from({ length: 40 }, (_, index) => planAt(options, 1, index));
    for (const plan of plans) {
      expect(plan).toMatchObject({
        target: { name: "own-store", version: "1" },
        settings: { nodes: 3, mode: "safe" },
      });
      expect(parsePlan(JSON.parse(JSON.stringify(plan)), target, kinds)).toEqual(plan);
    }
    expect(plans.some(({ faults }) => faults.some(({ fault }) => fault.kind === "unplug"))).toBe(
      true,
    );
  });

  it("knows its settings", () => {
    expect(target.parseSettings({ mode: "fast" })).toEqual({ nodes: 3, mode: "fast" });
    expect(() => target.parseSettings({ mood: "x" })).toThrow(
      /^unknown-setting: .*nodes, mode; got mood/,
    );
    expect(() => target.parseSettings({ mode: 3 })).toThrow(/^bad-setting: .*mode to be a string/);
    expect(() => target.parseSettings({ nodes: 0 })).toThrow(/^bad-setting: .*from 1/);
  });

  it("promises its list, but where synced data is lost nearly nothing", () => {
    const settings = target.parseSettings({});
    const under = (effects: Parameters<typeof target.promises>[1]["effects"]): unknown =>
      target.promises(settings, { workload: "register", requests: [], keys: ["k0"], effects })
        .guarantees;
    expect(under([{ effect: "node-down", node: 0 }])).toEqual(own.promises);
    expect(under([{ effect: "data-lost", node: 0, synced: false }])).toEqual(own.promises);
    expect(under([{ effect: "data-lost", node: 0, synced: true }])).toEqual(["no-thin-air"]);
    expect(under([{ effect: "unknown" }])).toEqual(["no-thin-air"]);
  });

  it("starts its nodes as its words say", async () => {
    const words = {
      command: ["node", "x.mjs", "--name={name}", "--on={address}:{port}", "${unknown}"],
      environment: { PEERS: "{peers}", HOME: "{env:HOME}", MODE: "{settings:mode}" },
      peer: "{name}@{address}",
    };
    const { target: worded } = checkConfig(
      withOwn({ settings: { mode: "safe" }, containers: { ...containers, node: words } }),
      file,
    );
    const spec = await worded.containers?.node({
      node: "n2",
      index: 1,
      nodes: ["n1", "n2"],
      settings: worded.parseSettings({}),
      addressOf: (name) => `10.0.0.${name.slice(1)}`,
      controlFolder: "/control",
      secret: "",
      evidence: false,
      bugBundle: undefined,
      say: () => {},
    });
    expect(spec).toMatchObject({
      command: ["node", "x.mjs", "--name=n2", "--on=10.0.0.2:7000", "${unknown}"],
      environment: {
        PEERS: "n1@10.0.0.1,n2@10.0.0.2",
        HOME: process.env["HOME"] ?? "",
        MODE: "safe",
      },
    });
    expect(Object.keys(spec?.files ?? {})).toEqual(["/app/store.mjs"]);
  });
});
