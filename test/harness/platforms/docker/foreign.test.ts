/** Tests how the target of another project is put into containers, with an engine that only records calls. */
import { describe, expect, it } from "vitest";
import { extract } from "tar-stream";
import { DockerCluster } from "../../../../harness/platforms/docker/cluster.ts";
import type { ContainerTarget } from "../../../../harness/platforms/docker/index.ts";
import type { ContainerSpec, Engine } from "../../../../harness/platforms/docker/engine.ts";
import { connectEngine } from "../../../../harness/platforms/docker/connect-engine.ts";
import { defineTarget } from "../../../../harness/targets/define-target.ts";
import { promiseClients } from "../../../../harness/targets/promise-client.ts";
import type { Target } from "../../../../harness/targets/target.ts";
import { actsOn } from "../acts.ts";
import { fault } from "./driver.ts";

interface Remembered {
  readonly engine: Engine;
  readonly containers: Map<string, ContainerSpec>;
  /** The names of the containers that were started or killed, in order. */
  readonly lives: string[];
  /** For each file that was put into a container, the container and the file's path. */
  readonly files: string[];
  /** For each command that ran, the container and the command. */
  readonly commands: string[];
}

function remembering(log: string): Remembered {
  const containers = new Map<string, ContainerSpec>();
  const lives: string[] = [];
  const files: string[] = [];
  const commands: string[] = [];
  const engine: Engine = {
    ...connectEngine(),
    createVolume: async () => {},
    createContainer: async (spec) => void containers.set(spec.name, spec),
    removeContainer: async (name) => void containers.delete(name),
    connectNetwork: async () => {},
    publishedPort: async () => 4711,
    start: async (name) => void lives.push(`start ${name}`),
    kill: async (name) => lives.push(`kill ${name}`) > 0,
    isRunning: async () => true,
    run: async (name, command) => {
      commands.push(`${name} ${command.join(" ")}`);
      return Buffer.from("");
    },
    logs: async () => log,
    labelled: async () => ({ containers: [], networks: [], volumes: [] }),
    putArchive: async (name, path, archive) => {
      const tar = extract();
      tar.end(archive);
      for await (const entry of tar) {
        files.push(`${name} ${path === "/" ? "" : path}/${entry.header.name}`);
        entry.resume();
      }
    },
  };
  return { engine, containers, lives, files, commands };
}

const described: ContainerTarget = {
  image: { from: "registry", name: "own-store:1" },
  clientPort: 8080,
  dataPath: "/var/lib/own",
  user: 999,
  ready: { log: /serves/ },
  node: ({ node, nodes, addressOf }) => ({
    command: ["own-store", node],
    environment: { PEERS: nodes.map((peer) => addressOf(peer)).join(",") },
    files: { "/etc/own.conf": node },
  }),
  clients: promiseClients(() => ({})),
};

const targetWith = (
  containers: ContainerTarget,
  capabilities: Parameters<typeof defineTarget>[0]["capabilities"] = {},
): Target =>
  defineTarget({
    name: "own-store",
    version: "1",
    nodes: 2,
    promises: () => [],
    capabilities,
    containers,
  });

const clusterOf = (target: Target, engine: Engine): DockerCluster =>
  new DockerCluster(engine, {
    run: "run1",
    target,
    containers: target.containers ?? described,
    image: "quorate-node:1",
    processImage: "own-store:1",
    engineVersion: "1",
    networks: { clients: "clients", peers: "peers", addressOf: (index) => `10.0.0.${index + 1}` },
    volumes: "no root here",
    ends: {
      kill: async (process) => void (await engine.kill(process)),
      begin: () => {},
      unplanned: async () => [],
      close: () => {},
    },
    say: () => {},
  });

const start = { settings: {}, worldSeed: 1, evidence: false };

describe("a node of a described target", () => {
  it("runs on the target's image, in the network of a machine on quorate's own", async () => {
    const { engine, containers } = remembering("n1 serves");
    await clusterOf(targetWith(described), engine).start(start);
    expect(containers.get("quorate-run1-n2-machine")).toMatchObject({
      image: "quorate-node:1",
      network: "clients",
      capabilities: ["NET_ADMIN", "NET_RAW", "CHOWN", "DAC_OVERRIDE", "FOWNER"],
      publish: [8080],
    });
    expect(containers.get("quorate-run1-n2")).toMatchObject({
      image: "own-store:1",
      command: ["own-store", "n2"],
      environment: { PEERS: "10.0.0.1,10.0.0.2" },
      network: "container:quorate-run1-n2-machine",
      user: "999",
      capabilities: ["CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"],
      readOnly: false,
      volumes: { "quorate-run1-n2-data": "/var/lib/own", "quorate-run1-n2-control": "/control" },
    });
  });

  it("has its files, and the clock's offset beside its data", async () => {
    const { engine, files, commands } = remembering("n1 serves");
    await clusterOf(targetWith(described), engine).start(start);
    expect(files).toContain("quorate-run1-n1 /etc/own.conf");
    expect(commands).toContainEqual(
      expect.stringMatching(/^quorate-run1-n1-machine [^]*1<> \/control\/clock/),
    );
  });

  it("keeps its container from history to history while it is described the same", async () => {
    const { engine, lives } = remembering("n1 serves");
    const created: string[] = [];
    const cluster = clusterOf(targetWith(described), {
      ...engine,
      createContainer: async ({ name }) => void created.push(name),
    });
    await cluster.start(start);
    await cluster.start(start);
    expect(created.filter((name) => name === "quorate-run1-n1")).toHaveLength(1);
    expect(lives.filter((life) => life === "kill quorate-run1-n1").length).toBeGreaterThan(0);
  });

  it("goes on from history to history where each has a keyspace of its own", async () => {
    const { engine, lives, files } = remembering("n1 serves");
    const target = targetWith(described, { isolation: "fresh-keyspace" });
    const cluster = clusterOf(target, engine);
    await cluster.start(start);
    const before = files.length;
    await cluster.reset();
    await cluster.start(start);
    expect(lives.filter((life) => life.startsWith("kill"))).toEqual([]);
    expect(files).toHaveLength(before);
  });

  it("has a right clock in the next history too, though the last one left it wrong and the node goes on", async () => {
    const { engine, commands } = remembering("n1 serves");
    const target = targetWith({ ...described, clock: true }, { isolation: "fresh-keyspace" });
    const cluster = clusterOf(target, engine);
    const offsets = (): readonly string[] =>
      commands
        .filter((command) => command.startsWith("quorate-run1-n1-machine "))
        .flatMap((command) => /[-+]\d{9}\.\d{3}(?= 1<> \/control\/clock)/.exec(command) ?? []);
    await cluster.start(start);
    await fault((done) => actsOn(cluster).setClock("n1", 3_600_000, done));
    expect(offsets().at(-1)).toBe("+000003600.000");
    await cluster.reset();
    await cluster.start(start);
    expect(offsets().at(-1)).toBe("+000000000.000");
    const before = commands.length;
    await cluster.reset();
    await cluster.start(start);
    expect(commands).toHaveLength(before);
  });

  it("that does not get ready is told of with its last lines", async () => {
    const { engine } = remembering("cannot open the port");
    const target = targetWith({ ...described, startTimeoutMs: 100 });
    await expect(clusterOf(target, engine).start(start)).rejects.toThrow(
      /^node-not-up: .*the node's log has no line like \/serves\/; it said last: cannot open the port/,
    );
  });

  it("that ends at once is told of with its last lines", async () => {
    const { engine } = remembering("no license");
    const dead = { ...engine, isRunning: async () => false };
    await expect(clusterOf(targetWith(described), dead).start(start)).rejects.toThrow(
      /^node-not-up: .*its process ended; it said last: no license/,
    );
  });
});

describe("faults on a described target", () => {
  it("leave out the clock and the disk where it names neither", async () => {
    const { engine } = remembering("n1 serves");
    const { dataPath: _, ...plain } = described;
    const cluster = clusterOf(targetWith(plain), engine);
    await cluster.makeMachines(2);
    await cluster.findLimits();
    expect(cluster.ports.clock.cannot?.(1)).toMatch(/containers\.clock/);
    expect(cluster.ports.damage.cannot?.({ damage: "wipe", atPerMille: 0 })).toMatch(
      /containers\.data\b/,
    );
    expect(cluster.ports.process.cannot?.("killed") ?? null).toBeNull();
  });
});
