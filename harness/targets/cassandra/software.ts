/**
 * The software of a Cassandra node, which is fetched or made once: the jars from Maven Central, a runtime made from the
 * host's JDK 17, and a class archive that shortens each start. Containers see all files under the same paths as this
 * host, which the archive requires.
 */
import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EnvironmentError } from "../../errors.ts";
import { copyJars, mavenGoal } from "../software/maven.ts";
import { getSoftware, type Making, type Recipe, softwareFolder } from "../software/software.ts";
import { runTool } from "../software/tool.ts";
import { configFiles, daemon, javaOptions } from "./configuration.ts";

export const defaultVersion = "5.0.6";
const jolokia = "org.jolokia:jolokia-agent-jvm:2.2.9:javaagent";

/** The paths of a node's software on this host. `folders` are mounted read only. */
export interface CassandraSoftware {
  readonly java: string;
  readonly jars: readonly string[];
  /** The agent that serves JMX over HTTP. */
  readonly agent: string;
  /** The path of the class archive. Null if none could be made, so that starts take longer. */
  readonly archive: string | null;
  readonly folders: readonly string[];
}

const modules = [
  "java.base,java.compiler,java.desktop,java.instrument,java.logging,java.management,java.management.rmi,java.naming,java.net.http",
  "java.rmi,java.scripting,java.security.jgss,java.security.sasl,java.sql,java.xml,jdk.attach,jdk.compiler,jdk.crypto.ec,jdk.httpserver",
  "jdk.jdi,jdk.management,jdk.management.agent,jdk.naming.dns,jdk.naming.rmi,jdk.net,jdk.unsupported,jdk.zipfs",
].join(",");
const linkOptions = ["--strip-debug", "--no-man-pages", "--no-header-files"];

const jarsRecipe = (version: string): Recipe => {
  const artifacts = [`org.apache.cassandra:cassandra-all:${version}`];
  return {
    name: "cassandra-jars",
    version,
    dependsOn: [mavenGoal, ...artifacts],
    build: async (folder, making) => {
      making.say(`getting Cassandra ${version} from Maven Central, once: about 65 MB of jars`);
      await copyJars(artifacts, folder, making);
    },
  };
};

const agentRecipe: Recipe = {
  name: "jolokia",
  version: jolokia.split(":")[2] ?? "",
  dependsOn: [mavenGoal, jolokia],
  build: (folder, making) => copyJars([jolokia], folder, making),
};

/** Finds jlink of a JDK 17, the newest Java that Cassandra 5.0 supports. */
const findJlink = async (): Promise<{ readonly path: string; readonly version: string }> => {
  const home = process.env["JAVA_HOME"];
  const debian = existsSync("/usr/lib/jvm") ? readdirSync("/usr/lib/jvm") : [];
  const candidates = [
    ...(home === undefined ? [] : [join(home, "bin/jlink")]),
    ...debian.filter((name) => /\b17\b/.test(name)).map((name) => `/usr/lib/jvm/${name}/bin/jlink`),
    "jlink",
  ];
  for (const path of candidates) {
    const version = await runTool(path, ["--version"], { package: "openjdk-17-jdk-headless" }).then(
      (text) => text.trim(),
      () => "",
    );
    if (version.startsWith("17.")) return { path, version };
  }
  throw new EnvironmentError({
    code: "tool-missing",
    expected: "a JDK 17 with jlink (in JAVA_HOME, /usr/lib/jvm or PATH)",
    got: "none",
    hint: "Install the JDK: apt-get install openjdk-17-jdk-headless",
  });
};

const runtimeRecipe = (jlink: { readonly path: string; readonly version: string }): Recipe => ({
  name: "java-runtime",
  version: jlink.version,
  dependsOn: [modules, ...linkOptions, "-Xshare:dump"],
  build: async (folder, { say, signal }) => {
    say(`making a Java runtime of this host's JDK ${jlink.version}, once: about 110 MB`);
    // jlink creates the folder itself.
    await rm(folder, { recursive: true });
    await runTool(jlink.path, ["--add-modules", modules, ...linkOptions, "--output", folder], {
      package: "openjdk-17-jdk-headless",
      signal,
    });
    // This makes the JVM's own class archive, which Cassandra's archive extends.
    await runTool(join(folder, "bin/java"), ["-XX:+UseSerialGC", "-Xshare:dump"], {
      package: "openjdk-17-jdk-headless",
      signal,
    });
  },
});

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        resolve(typeof address === "object" && address !== null ? address.port : 0),
      );
    });
  });

const archiveTimeoutMs = 180_000;

/**
 * The recipe of the class archive. It starts one node on this host, on loopback only, and stops the node once it is
 * ready. The JVM then writes the archive.
 */
const archiveRecipe = (version: string, java: string, jars: readonly string[]): Recipe => ({
  name: "cassandra-classes",
  version,
  dependsOn: [java, ...jars],
  build: async (folder, { say, signal }) => {
    say("starting Cassandra once to archive its loaded classes, which shortens later starts");
    const work = await mkdtemp(join(tmpdir(), "quorate-cassandra-"));
    try {
      const [peers, clients] = [await freePort(), await freePort()];
      const files = configFiles({
        folder: work,
        data: join(work, "data"),
        address: "127.0.0.1",
        seeds: ["127.0.0.1"],
        ports: { clients, peers },
        token: "0",
        settings: {},
      });
      for (const { path, content } of files) await writeFile(path, content);
      const words = [
        `-XX:ArchiveClassesAtExit=${join(folder, "classes.jsa")}`,
        ...javaOptions({ folder: work, data: join(work, "data") }),
        "-cp",
        jars.join(":"),
        daemon,
      ];
      await new Promise<void>((resolve, reject) => {
        const child = spawn(join(java, "bin/java"), words, {
          cwd: work,
          stdio: ["ignore", "pipe", "pipe"],
          ...(signal === undefined ? {} : { signal }),
        });
        const end = (): void => void child.kill("SIGKILL");
        process.once("exit", end);
        const timer = setTimeout(end, archiveTimeoutMs);
        let heard = "";
        const hear = (chunk: Buffer): void => {
          heard = (heard + chunk.toString()).slice(-10_000);
          if (heard.includes("Startup complete")) child.kill("SIGTERM");
        };
        child.stdout.on("data", hear);
        child.stderr.on("data", hear);
        child.on("error", reject);
        child.on("close", () => {
          clearTimeout(timer);
          process.off("exit", end);
          if (existsSync(join(folder, "classes.jsa"))) resolve();
          else reject(new Error(`Cassandra ended without an archive: ${heard.slice(-500)}`));
        });
      });
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  },
});

const jarsIn = async (folder: string): Promise<readonly string[]> =>
  (await readdir(folder))
    .filter((name) => name.endsWith(".jar"))
    .sort()
    .map((name) => join(folder, name));

/** Returns the software of a node. Fetches or makes the parts that are missing. */
export const getCassandra = async (version: string, making: Making): Promise<CassandraSoftware> => {
  const jlink = await findJlink();
  const [java, library, agentFolder] = await Promise.all([
    getSoftware(runtimeRecipe(jlink), making),
    getSoftware(jarsRecipe(version), making),
    getSoftware(agentRecipe, making),
  ]);
  const jars = await jarsIn(library);
  const [agent] = await jarsIn(agentFolder);
  if (agent === undefined) throw new Error(`no jar in ${agentFolder}`);
  const recipe = archiveRecipe(version, java, jars);
  const archive = await getSoftware(recipe, making).catch((error: unknown) => {
    if (making.signal?.aborted === true) throw error;
    making.say(`no class archive (${error instanceof Error ? error.message : String(error)})`);
    return null;
  });
  return {
    java: join(java, "bin/java"),
    jars,
    agent,
    archive: archive === null ? null : join(archive, "classes.jsa"),
    folders: [java, library, agentFolder, ...(archive === null ? [] : [softwareFolder(recipe)])],
  };
};
