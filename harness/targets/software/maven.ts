/** Fetches jars from Maven Central with the host's Maven, which verifies their checksums. */
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inMegabytes, type Making } from "./software.ts";
import { atMostEvery, runTool } from "./tool.ts";

/** One artifact: `group:artifact:version`, or `group:artifact:version:classifier`. */
export type Coordinates = string;

const pluginVersion = "3.6.1";
const progressEveryMs = 3_000;

const dependency = (coordinates: Coordinates): string => {
  const [group, artifact, version, classifier] = coordinates.split(":");
  const extra = classifier === undefined ? "" : `<classifier>${classifier}</classifier>`;
  return `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version>${extra}</dependency>`;
};

const project = (artifacts: readonly Coordinates[]): string =>
  `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>quorate</groupId><artifactId>software</artifactId><version>1</version><packaging>pom</packaging>
<dependencies>${artifacts.map(dependency).join("\n")}</dependencies></project>
`;

/**
 * Returns the number of bytes in a line such as "Downloaded from central: https://….jar (1.2 MB at 3.4 MB/s)". Returns
 * 0 for any other line.
 */
export const downloadedBytes = (line: string): number => {
  const [, amount, unit] =
    /^(?:\[INFO\] )?Downloaded from .*\.jar \(([\d.]+) ([kMG]?B)/.exec(line) ?? [];
  const scale: Readonly<Record<string, number>> = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9 };
  return Number(amount ?? 0) * (scale[unit ?? ""] ?? 0);
};

/** The goal of Maven's plugin that copies jars. The content of a folder of jars depends on its version. */
export const mavenGoal = `org.apache.maven.plugins:maven-dependency-plugin:${pluginVersion}:copy-dependencies`;

/**
 * Whether a jar contains native libraries for other machines. Some artifacts bring such jars, which are of no use here.
 */
const foreignNative = (name: string): boolean =>
  /-(osx|windows|macos)[-_]/.test(name) ||
  (/-linux-\w+\.jar$/.test(name) &&
    !name.includes(process.arch === "arm64" ? "aarch_64" : "x86_64"));

/** Copies the artifacts and their runtime dependencies into `folder`, except native libraries for other machines. */
export const copyJars = async (
  artifacts: readonly Coordinates[],
  folder: string,
  { say, signal }: Making,
): Promise<void> => {
  const work = `${folder}.maven`;
  await mkdir(work, { recursive: true });
  try {
    await writeFile(join(work, "pom.xml"), project(artifacts));
    const name = artifacts[0]?.split(":")[1] ?? "";
    let jars = 0;
    let bytes = 0;
    const progress = atMostEvery(progressEveryMs, () =>
      say(`${name} from Maven Central: ${jars} jars, ${inMegabytes(bytes)}`),
    );
    await runTool(
      "mvn",
      ["-B", "-C", mavenGoal, `-DoutputDirectory=${folder}`, "-DincludeScope=runtime"],
      {
        folder: work,
        package: "maven",
        signal,
        onLine: (line) => {
          const got = downloadedBytes(line);
          if (got > 0) jars += 1;
          bytes += got;
          progress();
        },
      },
    );
    for (const jar of await readdir(folder)) if (foreignNative(jar)) await rm(join(folder, jar));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
};
