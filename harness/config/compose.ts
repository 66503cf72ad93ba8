/** Reads a store's nodes from a compose file. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { parseEnv } from "node:util";
import { UsageError } from "../errors.ts";
import { yaml } from "../rare-packages.ts";

type ComposeImage = { readonly name: string } | { readonly folder: string };
type Ready = { readonly http: string } | { readonly tcp: true };

/** The nodes that a compose file describes. Each node is one service. */
export interface ComposedNodes {
  readonly services: readonly string[];
  /** The image's name, or the folder of its Dockerfile, relative to the configuration's folder. */
  readonly image: ComposeImage;
  /** The port for clients, inside the container. Undefined if the compose file names none. */
  readonly port: number | undefined;
  /** The data folder in the container. Undefined if the compose file names none. */
  readonly data: string | undefined;
  readonly ready: Ready;
  /**
   * The files and folders of the project that are mounted: path in the container → path on this machine, relative to
   * the configuration's folder.
   */
  readonly files: Readonly<Record<string, string>>;
  /**
   * Returns how service number `index` starts beside nodes with these names and addresses. An empty command means that
   * the image's own command runs.
   */
  start(
    index: number,
    nodes: readonly { readonly name: string; readonly address: string }[],
  ): {
    readonly command: readonly string[];
    readonly environment: Readonly<Record<string, string>>;
  };
}

type Service = Readonly<Record<string, unknown>>;

/**
 * Reads the nodes of a configuration that names a compose file.
 *
 * @param file The absolute path of the compose file.
 * @param folder The configuration's folder. In the result, the paths of `files` and of a Dockerfile's folder are
 *   relative to it.
 * @param named The services that are nodes. If empty, these are the largest group of services with the same image.
 * @throws UsageError if the file is no compose file, lacks these services, or describes a node with `entrypoint` or
 *   `extends`.
 */
export function composeNodes(
  file: string,
  folder: string,
  named: readonly string[] = [],
): ComposedNodes {
  const all = servicesIn(file);
  const missing = named.filter((name) => !all.has(name));
  if (missing.length > 0)
    throw wrong(file, `services ${missing.join(", ")}`, `only ${[...all.keys()].join(", ")}`);
  const services = named.length > 0 ? named : largestGroup(all);
  const chosen = services.map((name) => all.get(name) ?? {});
  const [first] = chosen;
  if (first === undefined) throw wrong(file, "services with an image or a build", "none");
  const image = imageOf(first);
  if (image === undefined)
    throw wrong(file, `an image or a build of the service ${services[0] ?? ""}`, "neither");
  for (const [index, service] of chosen.entries()) {
    const strange = ["entrypoint", "extends"].find((key) => service[key] !== undefined);
    if (strange !== undefined)
      throw wrong(
        file,
        `${services[index] ?? ""} to describe its start with command and environment`,
        `${strange}, which quorate does not read. Use command and environment in the compose file, or containers.node in the configuration`,
      );
  }
  const here = (path: string): string => relative(folder, resolve(dirname(file), path)) || ".";
  return {
    services,
    image: "folder" in image ? { folder: here(image.folder) } : image,
    port: portOf(first),
    data: dataOf(first),
    ready: readyOf(first),
    files: Object.fromEntries(
      listOf(first["volumes"]).flatMap((volume) => {
        const [source, target] = isRecord(volume)
          ? [text(volume["source"]), text(volume["target"])]
          : text(volume).split(":");
        const isOfProject =
          source?.startsWith(".") === true && existsSync(resolve(dirname(file), source));
        return isOfProject && target !== undefined ? [[target, here(source)] as const] : [];
      }),
    ),
    start(index, nodes) {
      const service = chosen[index];
      if (service === undefined)
        throw wrong(file, `a service for each of ${nodes.length} nodes`, services.join(", "));
      const filled = (value: string): string =>
        withPlaces(value, services, (name) => nodes[services.indexOf(name)]);
      return {
        command: (commandOf(service["command"]) ?? []).map(filled),
        environment: Object.fromEntries(
          [
            ...fromFiles(service["env_file"], dirname(file)),
            ...pairsOf(service["environment"]),
          ].map(([name, value]) => [name, filled(value)]),
        ),
      };
    },
  };
}

function servicesIn(file: string): ReadonlyMap<string, Service> {
  let value: unknown;
  try {
    value = yaml().parse(readFileSync(file, "utf8"), { merge: true });
  } catch (error) {
    throw wrong(file, "YAML", error instanceof Error ? (error.message.split("\n")[0] ?? "") : "");
  }
  const services = isRecord(value) ? value["services"] : undefined;
  if (!isRecord(services)) throw wrong(file, "services", "none");
  return new Map(
    Object.entries(services).flatMap(([name, service]) =>
      isRecord(service) ? [[name, service] as const] : [],
    ),
  );
}

/**
 * Returns the names of the largest group of services with the same image. A service with an image of its own is
 * probably a client, a proxy or a dashboard.
 */
function largestGroup(all: ReadonlyMap<string, Service>): readonly string[] {
  const groups = new Map<string, string[]>();
  for (const [name, service] of all) {
    const image = imageOf(service);
    if (image === undefined) continue;
    const key = JSON.stringify(image);
    groups.set(key, [...(groups.get(key) ?? []), name]);
  }
  return [...groups.values()].sort((a, b) => b.length - a.length)[0] ?? [];
}

function imageOf({ image, build }: Service): ComposeImage | undefined {
  if (typeof image === "string") return { name: text(image) };
  if (typeof build === "string") return { folder: build };
  return isRecord(build) && typeof build["context"] === "string"
    ? { folder: build["context"] }
    : undefined;
}

/** Returns the port inside the container: that of the first published port, or else the first exposed port. */
function portOf({ ports, expose }: Service): number | undefined {
  const [published] = listOf(ports);
  const [exposed] = listOf(expose);
  const target = isRecord(published) ? published["target"] : (published ?? exposed);
  const [, digits] = /(\d+)(?:\/tcp)?$/.exec(text(target)) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

function dataOf({ volumes }: Service): string | undefined {
  const targets = listOf(volumes).map((volume) => {
    if (isRecord(volume)) return text(volume["target"]);
    const [source = "", target = ""] = text(volume).split(":");
    // A mounted file or folder of the project is not a data folder.
    return source.startsWith(".") ? "" : target === "" ? source : target;
  });
  return targets.find((target) => target.startsWith("/"));
}

function readyOf({ healthcheck }: Service): Ready {
  const test = isRecord(healthcheck) ? healthcheck["test"] : undefined;
  const words = typeof test === "string" ? test : listOf(test).map(text).join(" ");
  const [, path] = /https?:\/\/[^/\s]+(\/[^\s"']*)/.exec(words) ?? [];
  return path === undefined ? { tcp: true } : { http: path };
}

function commandOf(command: unknown): readonly string[] | undefined {
  if (typeof command === "string") return command.split(/\s+/).filter((word) => word !== "");
  const words = listOf(command).map(text);
  return words.length === 0 ? undefined : words;
}

/** Returns the variables of the files that `env_file` names. It names one file or several. */
function fromFiles(named: unknown, folder: string): ReturnType<typeof pairsOf> {
  const files = Array.isArray(named) ? listOf(named) : named === undefined ? [] : [named];
  return files.flatMap((entry) => {
    const path = resolve(folder, text(isRecord(entry) ? entry["path"] : entry));
    if (!existsSync(path)) throw wrong(path, "the variables of an env_file", "no such file");
    return Object.entries(parseEnv(readFileSync(path, "utf8"))).map(
      ([name, value]) => [name, value ?? ""] as const,
    );
  });
}

/**
 * Reads the variables of `environment`, which is a mapping or a list of NAME=value. A name without a value takes the
 * value of this process's variable.
 */
function pairsOf(given: unknown): readonly (readonly [string, string])[] {
  if (isRecord(given))
    return Object.entries(given).map(([name, value]) => [
      name,
      value === null ? (process.env[name] ?? "") : text(value),
    ]);
  return listOf(given).map((line) => {
    const [name = "", ...value] = text(line).split("=");
    return [name, value.length === 0 ? (process.env[name] ?? "") : value.join("=")];
  });
}

/**
 * Replaces the names of services. A name after `//` or `@`, or before a port, becomes the node's address. Any other
 * name becomes the node's name.
 */
function withPlaces(
  value: string,
  names: readonly string[],
  placeOf: (name: string) => { readonly name: string; readonly address: string } | undefined,
): string {
  // Longer names come first in the pattern, since one name may begin with another.
  const all = [...names].sort((a, b) => b.length - a.length).map(escaped);
  const anyName = new RegExp(`(?<![\\w-])(?:${all.join("|")})(?![\\w-])`, "g");
  return value.replace(anyName, (name, at: number) => {
    const place = placeOf(name);
    if (place === undefined) return name;
    const isAddress =
      /(?:\/\/|@)$/.test(value.slice(0, at)) || /^:\d/.test(value.slice(at + name.length));
    return isAddress ? place.address : place.name;
  });
}

const escaped = (name: string): string => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? (value as readonly unknown[]) : [];

/**
 * Returns the value as text, in which variables of this process are filled in as compose does: `$NAME`, `${NAME}`,
 * `${NAME:-otherwise}`, and `$$` for a dollar sign.
 */
const text = (value: unknown): string =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value).replace(
        /\$(?:\$|([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:(:?-)([^}]*))?\})/g,
        (whole, bare?: string, braced?: string, absent?: string, otherwise = "") => {
          const name = bare ?? braced;
          if (name === undefined) return whole.slice(1);
          const set = process.env[name];
          return set === undefined || (set === "" && absent === ":-") ? String(otherwise) : set;
        },
      )
    : "";

const wrong = (file: string, expected: string, got: string): UsageError =>
  new UsageError({
    code: "bad-compose",
    expected: `${expected} in ${file}`,
    got,
    hint: "Correct the file, or name another compose file or other services. For init use --compose and --services a,b,c; in a configuration use containers.compose",
  });
