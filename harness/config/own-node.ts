/** How to start a node of the user's store: command words with placeholders, and files of this machine. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { UsageError } from "../errors.ts";
import type { Files } from "../platforms/docker/index.ts";

/** The values of the placeholders for one node. */
export interface NodePlace {
  readonly name: string;
  readonly index: number;
  readonly address: string;
  readonly port: number;
  readonly data?: string;
  readonly nodes: readonly { readonly name: string; readonly address: string }[];
  readonly settings: Readonly<Record<string, unknown>>;
}

interface Words {
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  readonly peer?: string;
}

const usualPeer = "{name}=http://{address}:{port}";

/**
 * Fills the placeholders {name}, {index}, {address}, {port}, {data}, {peers}, {settings:NAME}, and {env:NAME}.
 * {env:NAME} becomes the variable NAME of this process, or nothing if the variable is not set.
 */
export function filled(words: Words, place: NodePlace): Omit<Words, "peer"> {
  const { peer = usualPeer } = words;
  const peers = place.nodes
    .map((node) => fill(peer, { ...node, port: String(place.port) }, place))
    .join(",");
  const values = {
    name: place.name,
    index: String(place.index),
    address: place.address,
    port: String(place.port),
    data: place.data ?? "",
    peers,
  };
  const all = (texts: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(
      Object.entries(texts).map(([name, text]) => [name, fill(text, values, place)]),
    );
  return {
    command: words.command.map((word) => fill(word, values, place)),
    ...(words.environment === undefined ? {} : { environment: all(words.environment) }),
    ...(words.files === undefined ? {} : { files: all(words.files) }),
  };
}

function fill(
  text: string,
  values: Readonly<Record<string, string>>,
  { settings }: Pick<NodePlace, "settings">,
): string {
  return text.replace(/\{([a-z]+)(?::([^{}]+))?\}/g, (whole, word: string, name?: string) => {
    if (word === "env" && name !== undefined) return process.env[name] ?? "";
    if (word === "settings" && name !== undefined) return String(settings[name] ?? "");
    // Other words in braces stay as they are, since JSON and shells use braces too.
    return name === undefined && Object.hasOwn(values, word) ? (values[word] ?? whole) : whole;
  });
}

/** The placeholders that a node's command, environment and files may use. */
export const nodePlaces = (settings: readonly string[]): readonly string[] => [
  ...["name", "index", "address", "port", "data", "peers", "env:NAME"],
  ...settings.map((setting) => `settings:${setting}`),
];

/** The placeholders that a client command may use. */
export const clientPlaces: readonly string[] = ["host", "port", "node", "client"];

/** Returns the unknown placeholders in the texts. A mistyped placeholder would reach the store unchanged. */
export const unknownPlaces = (
  texts: readonly string[],
  known: readonly string[],
): readonly string[] =>
  texts.flatMap((text) =>
    [...text.matchAll(/(?<![${])\{([A-Za-z]+(?::[^{}\s]+)?)\}/g)].flatMap(([whole, place = ""]) =>
      known.includes(place.replace(/^env:.+$/, "env:NAME")) ? [] : [whole],
    ),
  );

/**
 * Reads the named files and folders. `files` maps an absolute path in the container to a path relative to `folder`. The
 * result maps each file's path in the container to its content.
 */
export function filesBelow(files: Readonly<Record<string, string>>, folder: string): Files {
  return Object.fromEntries(
    Object.entries(files).flatMap(([path, here]) => {
      const from = resolve(folder, here);
      if (!statSync(from).isDirectory()) return [[path, readFileSync(from)]];
      return readdirSync(from, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => {
          const file = join(entry.parentPath, entry.name);
          return [join(path, file.slice(from.length)), readFileSync(file)];
        });
    }),
  );
}

/**
 * Checks that all named files and folders exist.
 *
 * @throws UsageError for the first missing file.
 */
export function refuseMissingFiles(
  files: Readonly<Record<string, string>>,
  folder: string,
  where: string,
): void {
  for (const [path, here] of Object.entries(files)) {
    if (existsSync(resolve(folder, here))) continue;
    throw new UsageError({
      code: "config-file-missing",
      expected: `the file or folder that becomes ${path} in each container`,
      got: `${here}, which does not exist in ${folder}`,
      hint: `Paths are relative to the configuration file; correct ${where}`,
    });
  }
}
