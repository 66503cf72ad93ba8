/**
 * Collects files of this host for images: tools for the machines' image if its Dockerfile cannot be used, and programs
 * for a target's image. Both come with the libraries that `ldd` names.
 */
import { execFile } from "node:child_process";
import { existsSync, readdirSync, realpathSync, statSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { EnvironmentError } from "../../errors.ts";

/** A file of the image: a copy of `from`, or a link to another path of the image. */
export type ImageFile =
  | { readonly path: string; readonly from: string }
  | { readonly path: string; readonly link: string };

/** For the error's hint: tool → the Debian package that has it. */
const packageOf: Readonly<Record<string, string>> = {
  iptables: "iptables",
  ip: "iproute2",
  tc: "iproute2",
  sh: "dash",
  rm: "coreutils",
  mkdir: "coreutils",
  cat: "coreutils",
  ls: "coreutils",
  ldd: "libc-bin",
};
const plainTools = ["sh", "rm", "mkdir", "cat", "ls", "ip", "tc"];
const iptablesNames = ["iptables", "iptables-restore", "iptables-save"];

const find = (tool: string): string | undefined =>
  [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/sbin", "/usr/bin", "/bin"]
    .map((directory) => join(directory, tool))
    .find((path) => existsSync(path));

const libraryDirectories = (): readonly string[] => {
  const roots = ["/usr/lib", "/usr/lib64", "/lib", "/usr/local/lib"].filter((root) =>
    existsSync(root),
  );
  const multiarch = roots.flatMap((root) =>
    readdirSync(root)
      .filter((name) => name.endsWith("-linux-gnu"))
      .map((name) => join(root, name)),
  );
  return [...multiarch, ...roots];
};

const directoryOf = (name: string): string | undefined =>
  libraryDirectories()
    .map((directory) => join(directory, name))
    .find((path) => existsSync(path));

const filesIn = (directory: string, wanted: RegExp): readonly string[] =>
  readdirSync(directory)
    .filter((name) => wanted.test(name))
    .map((name) => join(directory, name));

const run = promisify(execFile);

/** The libraries of a binary, under the paths where its loader looks for them. */
const librariesOf = async (binary: string): Promise<readonly string[]> => {
  // For a static binary, which needs no libraries, ldd exits with 1.
  const listing = await run("ldd", [binary]).then(
    ({ stdout }) => stdout,
    () => "",
  );
  return [...listing.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map((match) => match[1] as string);
};

/**
 * All files for a machines' image that is assembled from this host. If the host lacks a tool, throws an
 * EnvironmentError that names the tool and the package to install. Throws on systems other than Linux too, since the
 * host's Node.js cannot run in a container there.
 */
export const hostFiles = async (): Promise<readonly ImageFile[]> => {
  if (process.platform !== "linux") {
    throw new EnvironmentError({
      code: "registry-needed",
      expected: "a registry that has node:20-bookworm-slim",
      got: `no image from the Dockerfile, and this host (${process.platform}) cannot lend its own Node.js to a container`,
      hint: "Connect to a registry once (docker pull node:20-bookworm-slim), or use --on sim.",
    });
  }
  const tools = new Map([...plainTools, "iptables", "ldd"].map((tool) => [tool, find(tool)]));
  const faketime = directoryOf("faketime");
  const missing = [...tools].filter(([, path]) => path === undefined).map(([tool]) => tool);
  const packages = new Set(missing.map((tool) => packageOf[tool] ?? tool));
  if (faketime === undefined) packages.add("libfaketime");
  if (packages.size > 0) {
    throw new EnvironmentError({
      code: "image-tool-missing",
      expected: "the tools that the image of a node needs",
      got: `no ${[...missing, ...(faketime === undefined ? ["libfaketime"] : [])].join(", ")} on this host`,
      hint: `The image could not be built from the Dockerfile, so it is assembled from this host. Install what is missing: apt-get install ${[...packages].join(" ")}`,
    });
  }

  const iptables = realpathSync(tools.get("iptables") as string);
  const binaries = [
    { path: "/usr/bin/node", from: realpathSync(process.execPath) },
    { path: iptables, from: iptables },
  ];
  for (const tool of plainTools)
    binaries.push({ path: `/usr/bin/${tool}`, from: realpathSync(tools.get(tool) as string) });
  for (const library of filesIn(faketime as string, /^libfaketime.*\.so/))
    binaries.push({ path: library, from: realpathSync(library) });
  const plugins = directoryOf("xtables");
  if (plugins !== undefined)
    for (const plugin of filesIn(plugins, /^lib(xt|ipt)_.*\.so$/))
      binaries.push({ path: plugin, from: realpathSync(plugin) });

  // Plug-ins need only the libraries that iptables itself needs, so ldd is asked about the other binaries only.
  const asked = binaries.filter(({ path }) => plugins === undefined || dirname(path) !== plugins);
  return [
    ...binaries,
    ...iptablesNames.map((name) => ({ path: `/usr/sbin/${name}`, link: iptables })),
    { path: "/bin/sh", link: "/usr/bin/sh" },
    ...(await librariesTogether(asked.map(({ from }) => from))),
  ];
};

/** Each library once, under the path where the loader looks for it. */
const librariesTogether = async (binaries: readonly string[]): Promise<readonly ImageFile[]> => {
  const paths = new Set((await Promise.all(binaries.map(librariesOf))).flat());
  return [...paths].map((path) => ({ path, from: realpathSync(path) }));
};

/**
 * The files of a target's image: programs of this host with their libraries, the target's own files and folders, and a
 * shell if this host has one. Throws an EnvironmentError if a program or file of the target does not exist.
 */
export const lentFiles = async (
  programs: readonly string[],
  files: Readonly<Record<string, string>>,
): Promise<readonly ImageFile[]> => {
  const missing = [...programs, ...Object.values(files)].filter((path) => !existsSync(path));
  if (missing.length > 0)
    throw new EnvironmentError({
      code: "image-file-missing",
      expected: "the programs and files that the target's image is made of",
      got: `no ${missing.join(", ")} on this host`,
      hint: "Install what is missing, or change containers.image of the target.",
    });
  const shell = find("sh");
  const binaries = [
    ...programs.map((path) => ({ path, from: realpathSync(path) })),
    ...(shell === undefined ? [] : [{ path: "/usr/bin/sh", from: realpathSync(shell) }]),
  ];
  return [
    ...binaries,
    ...(shell === undefined ? [] : [{ path: "/bin/sh", link: "/usr/bin/sh" }]),
    ...(await librariesTogether(binaries.map(({ from }) => from))),
    ...Object.entries(files).flatMap(([path, from]) => filesBelow(path, from)),
  ];
};

/** The file, or all files of the folder and its subfolders, with links followed. */
const filesBelow = (path: string, from: string): readonly ImageFile[] =>
  statSync(from).isDirectory()
    ? readdirSync(from).flatMap((name) => filesBelow(join(path, name), join(from, name)))
    : [{ path, from }];
