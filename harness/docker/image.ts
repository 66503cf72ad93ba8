/** The image of a node's machine: from the Dockerfile where a registry answers, else assembled from this host's own files. */
import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pack } from "tar-stream";
import type { Pack } from "tar-stream";
import { EnvironmentError } from "../errors.ts";
import { packageRoot } from "../paths.ts";
import type { Engine } from "./engine.ts";
import { hostFiles } from "./host-files.ts";
import type { ImageFile } from "./host-files.ts";

const imageLabels = { "quorate.image": "1" };
/** How long a registry may take to answer before the host's own files are used. */
const registryTimeoutMs = 5_000;

const scratchRecipe = `FROM scratch
COPY root/ /
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
CMD ["cat"]
`;

const tagOf = (kind: string, recipe: string): string => `quorate-node:${kind}-${createHash("sha256").update(recipe).digest("hex").slice(0, 12)}`;

const fingerprint = (file: ImageFile): string => {
  if ("link" in file) return `${file.path} -> ${file.link}`;
  const { size, mtimeMs } = statSync(file.from);
  return `${file.path} ${size} ${mtimeMs}`;
};

const packed = (context: Pack, header: Parameters<Pack["entry"]>[0], body?: Buffer | string): Promise<void> =>
  new Promise((resolve, reject) => {
    const done = (error?: Error | null): void => (error ? reject(error) : resolve());
    if (body === undefined) context.entry(header, done);
    else context.entry(header, body, done);
  });

const fill = async (context: Pack, files: readonly ImageFile[]): Promise<void> => {
  await packed(context, { name: "Dockerfile" }, scratchRecipe);
  for (const directory of ["run", "tmp", "etc", "data", "control"]) await packed(context, { name: `root/${directory}`, type: "directory" });
  for (const file of files) {
    const name = `root${file.path}`;
    if ("link" in file) await packed(context, { name, type: "symlink", linkname: file.link });
    else await packed(context, { name, mode: (await stat(file.from)).mode & 0o777 }, await readFile(file.from));
  }
  context.finalize();
};

/** A build context of the Dockerfile alone. */
const recipeContext = async (recipe: string): Promise<Readable> => {
  const context = pack();
  await packed(context, { name: "Dockerfile" }, recipe);
  context.finalize();
  return Readable.from(context);
};

const assemble = async (engine: Engine, tag: string, files: readonly ImageFile[]): Promise<void> => {
  const context = pack();
  const filling = fill(context, files).catch((error: Error) => context.destroy(error));
  await Promise.all([engine.buildImage(tag, Readable.from(context), imageLabels), filling]);
};

/**
 * The tag of an image that exists, built if it must be; says in one line what it does when that takes long.
 * Throws an EnvironmentError that names what is missing.
 */
export const ensureImage = async (engine: Engine, say: (line: string) => void): Promise<string> => {
  const recipe = readFileSync(join(packageRoot, "Dockerfile"), "utf8");
  const stockTag = tagOf("debian", recipe);
  if (await engine.imageExists(stockTag)) return stockTag;
  const base = /^FROM (\S+)/m.exec(recipe)?.[1] ?? "";

  const files = process.platform === "linux" ? await hostFiles().catch((error: unknown) => error) : undefined;
  const hostTag = Array.isArray(files) ? tagOf("host", scratchRecipe + (files as ImageFile[]).map(fingerprint).join("\n")) : undefined;
  if (hostTag !== undefined && (await engine.imageExists(hostTag))) return hostTag;

  let why = "no image registry answers";
  if ((await engine.imageExists(base)) || (await engine.registryKnows(base, registryTimeoutMs))) {
    say(`building the image ${stockTag} from the Dockerfile, once`);
    try {
      await engine.buildImage(stockTag, await recipeContext(recipe), imageLabels);
      return stockTag;
    } catch (error) {
      if (!(error instanceof EnvironmentError)) throw error;
      why = `the Dockerfile does not build here (${error.got.slice(-200)})`;
    }
  }
  // hostFiles() again, so that what it lacks is thrown here, where it matters.
  const assembled = await hostFiles();
  const tag = tagOf("host", scratchRecipe + assembled.map(fingerprint).join("\n"));
  say(`${why}: the image ${tag} is assembled from this host's own node ${process.version}, iptables, iproute2 and libfaketime, once`);
  await assemble(engine, tag, assembled);
  return tag;
};
