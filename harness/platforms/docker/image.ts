/**
 * The images of machines and of targets' processes. The machines' image is built from the Dockerfile if that is
 * possible here, else assembled from this host's files. An image that was built or assembled earlier from the same
 * sources is used again.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { Readable } from "node:stream";
import type { Pack } from "tar-stream";
import { EnvironmentError } from "../../errors.ts";
import { packageRoot } from "../../paths.ts";
import { tarStream } from "../../rare-packages.ts";
import type { Engine } from "./engine.ts";
import type { ImageSource } from "./container-target.ts";
import { hostFiles, lentFiles } from "./host-files.ts";
import type { ImageFile } from "./host-files.ts";

const imageLabels = { "quorate.image": "1" };
/** How long a registry may take to answer, in ms, before the host's own files are used. */
const registryTimeoutMs = 5_000;
/** How many characters of a failed build's output a message quotes. */
const wordsOfBuilder = 200;

/**
 * Folders of the image with their modes. They are explicit because a container's /tmp has the mode that the image gives
 * it.
 */
const directories = [
  ["run", 0o755],
  ["tmp", 0o1777],
  ["etc", 0o755],
  ["data", 0o755],
  ["control", 0o755],
] as const;
const scratchRecipe = `FROM scratch
COPY root/ /
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
CMD ["cat"]
`;

const tagOf = (kind: string, recipe: string): string =>
  `quorate-node:${kind}-${createHash("sha256").update(recipe).digest("hex").slice(0, 12)}`;

const fingerprint = (file: ImageFile): string => {
  if ("link" in file) return `${file.path} -> ${file.link}`;
  const { size, mtimeMs } = statSync(file.from);
  return `${file.path} ${size} ${mtimeMs}`;
};

const packed = (
  context: Pack,
  header: Parameters<Pack["entry"]>[0],
  body?: Buffer | string,
): Promise<void> =>
  new Promise((resolve, reject) => {
    const done = (error?: Error | null): void => (error ? reject(error) : resolve());
    if (body === undefined) context.entry(header, done);
    else context.entry(header, body, done);
  });

const fill = async (context: Pack, files: readonly ImageFile[]): Promise<void> => {
  await packed(context, { name: "Dockerfile" }, scratchRecipe);
  for (const [name, mode] of directories)
    await packed(context, { name: `root/${name}`, type: "directory", mode });
  for (const file of files) {
    const name = `root${file.path}`;
    if ("link" in file) await packed(context, { name, type: "symlink", linkname: file.link });
    else
      await packed(
        context,
        { name, mode: (await stat(file.from)).mode & 0o777 },
        await readFile(file.from),
      );
  }
  context.finalize();
};

/** A build context that contains only the Dockerfile. */
const recipeContext = async (recipe: string): Promise<Readable> => {
  const context = tarStream().pack();
  await packed(context, { name: "Dockerfile" }, recipe);
  context.finalize();
  return Readable.from(context);
};

const assemble = async (
  engine: Engine,
  tag: string,
  files: readonly ImageFile[],
): Promise<void> => {
  const context = tarStream().pack();
  const filling = fill(context, files).catch((error: unknown) => context.destroy(error as Error));
  await Promise.all([engine.buildImage(tag, Readable.from(context), imageLabels), filling]);
};

/** The tag of an image with these files. Another size or time of change of any file gives another tag. */
const hostTagOf = (files: readonly ImageFile[]): string =>
  tagOf("host", [scratchRecipe, directories.join(), ...files.map(fingerprint)].join("\n"));

/**
 * The tag of an image that was already built from the current files of this host. Null if there is no such image, or if
 * this host lacks a file. The missing file is reported later, if the host's files turn out to be needed.
 */
const knownHostImage = async (engine: Engine): Promise<string | null> => {
  const files = await hostFiles().catch(() => null);
  if (files === null) return null;
  const tag = hostTagOf(files);
  return (await engine.imageExists(tag)) ? tag : null;
};

/** Builds the image from the Dockerfile and returns null. If the Dockerfile cannot be used, returns why. */
const buildFromDockerfile = async (
  engine: Engine,
  recipe: string,
  tag: string,
  say: (line: string) => void,
): Promise<string | null> => {
  const base = /^FROM (\S+)/m.exec(recipe)?.[1] ?? "";
  if (!(await engine.imageExists(base)) && !(await engine.registryKnows(base, registryTimeoutMs)))
    return `no registry gave ${base} within ${registryTimeoutMs / 1000} s`;
  say(`building the image ${tag} from the Dockerfile, once`);
  try {
    await engine.buildImage(tag, await recipeContext(recipe), imageLabels);
    return null;
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    return `the Dockerfile does not build here (${error.got.slice(-wordsOfBuilder)})`;
  }
};

/**
 * Returns the tag of the machines' image, and builds the image if it does not exist. Prints a line before a build.
 * Throws an EnvironmentError if the image cannot be built.
 */
export const ensureImage = async (engine: Engine, say: (line: string) => void): Promise<string> => {
  const recipe = readFileSync(join(packageRoot, "Dockerfile"), "utf8");
  const tag = tagOf("debian", recipe);
  if (await engine.imageExists(tag)) return tag;
  const known = await knownHostImage(engine);
  if (known !== null) return known;
  const why = await buildFromDockerfile(engine, recipe, tag, say);
  if (why === null) return tag;

  const files = await hostFiles();
  const hostTag = hostTagOf(files);
  say(
    `${why}: the image ${hostTag} is assembled from this host's own node ${process.version}, iptables, iproute2 and libfaketime, once`,
  );
  await assemble(engine, hostTag, files);
  return hostTag;
};

/**
 * The image of a target's processes, pulled or built if needed. `machineImage` is the machines' image. Throws an
 * EnvironmentError if there is no such image and it cannot be made.
 */
export const ensureProcessImage = async (
  engine: Engine,
  source: ImageSource,
  machineImage: string,
  say: (line: string) => void,
): Promise<string> => {
  switch (source.from) {
    case "machine":
      return machineImage;
    case "registry": {
      if (await engine.imageExists(source.name)) return source.name;
      say(`pulling the image ${source.name}, once`);
      await engine.pullImage(source.name, pullTimeoutMs);
      return source.name;
    }
    case "dockerfile": {
      const files = folderFiles(source.folder);
      const tag = targetTagOf("dockerfile", [source.file ?? "", ...files.map(fingerprint)]);
      if (await engine.imageExists(tag)) return tag;
      say(
        `building the image ${tag} from ${join(source.folder, source.file ?? "Dockerfile")}, once`,
      );
      const context = tarStream().pack();
      const filling = fillFolder(context, files).catch((error: unknown) =>
        context.destroy(error as Error),
      );
      await Promise.all([
        engine.buildImage(tag, Readable.from(context), imageLabels, source.file),
        filling,
      ]);
      return tag;
    }
    case "host": {
      const files = await lentFiles(source.programs, source.files ?? {});
      const tag = targetTagOf("host", [
        scratchRecipe,
        directories.join(),
        ...files.map(fingerprint),
      ]);
      if (await engine.imageExists(tag)) return tag;
      say(`assembling the image ${tag} from files of this host, once`);
      await assemble(engine, tag, files);
      return tag;
    }
  }
};

const pullTimeoutMs = 300_000;

const targetTagOf = (kind: string, parts: readonly string[]): string =>
  tagOf(kind, parts.join("\n")).replace("quorate-node:", "quorate-target:");

/** All regular files of a build context, each with its path in the context and its path on this host. */
const folderFiles = (folder: string): readonly { readonly path: string; readonly from: string }[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((from) => ({ path: relative(folder, from), from }));

const fillFolder = async (
  context: Pack,
  files: readonly { readonly path: string; readonly from: string }[],
): Promise<void> => {
  for (const { path, from } of files)
    await packed(
      context,
      { name: path, mode: (await stat(from)).mode & 0o777 },
      await readFile(from),
    );
  context.finalize();
};
