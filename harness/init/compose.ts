/** What a compose file says of a store's nodes. */
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { UsageError } from "../errors.ts";

/** How the nodes run, as far as the file tells: proposals for a configuration. */
export interface ComposeNodes {
  /** The services that are nodes, in the file's order. */
  readonly services: readonly string[];
  /** The image's name, or the folder of its Dockerfile, relative to the compose file. */
  readonly image: { readonly name: string } | { readonly folder: string };
  /** The port that clients ask, inside of the container. */
  readonly port?: number;
  /** Where the data lies in the container. */
  readonly data?: string;
  readonly ready: { readonly http: string } | { readonly tcp: true };
  readonly command?: readonly string[];
  /** Of the first node, with `{name}`, `{address}` and `{peers}` in the place of what differs. */
  readonly environment: Readonly<Record<string, string>>;
  /** How `{peers}` writes each node. */
  readonly peer?: string;
}

type Service = Readonly<Record<string, unknown>>;

/**
 * Reads a compose file and proposes nodes: the services named, else the largest group that runs one image.
 *
 * @throws UsageError where it is no compose file, or has no such services.
 */
export function readCompose(file: string, named: readonly string[] = []): ComposeNodes {
  const all = servicesIn(file);
  const missing = named.filter((name) => !all.has(name));
  if (missing.length > 0)
    throw wrong(file, `services ${missing.join(", ")}`, `only ${[...all.keys()].join(", ")}`);
  const services = named.length > 0 ? named : largestGroup(all);
  const [first] = services;
  const service = first === undefined ? undefined : all.get(first);
  if (first === undefined || service === undefined)
    throw wrong(file, "services with an image or a build", "none");
  const port = portOf(service);
  const data = dataOf(service);
  const command = commandOf(service["command"]);
  const { environment, peer } = environmentOf(service, first, services);
  return {
    services,
    image: imageOf(service) ?? { name: first },
    ...(port === undefined ? {} : { port }),
    ...(data === undefined ? {} : { data }),
    ready: readyOf(service),
    ...(command === undefined ? {} : { command }),
    environment,
    ...(peer === undefined ? {} : { peer }),
  };
}

function servicesIn(file: string): ReadonlyMap<string, Service> {
  let value: unknown;
  try {
    value = parse(readFileSync(file, "utf8"), { merge: true });
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

/** Nodes of a store run the same image; what stands alone is a client, a proxy, a dashboard. */
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

function imageOf({ image, build }: Service): ComposeNodes["image"] | undefined {
  if (typeof image === "string") return { name: image };
  if (typeof build === "string") return { folder: build };
  return isRecord(build) && typeof build["context"] === "string"
    ? { folder: build["context"] }
    : undefined;
}

/** The container's side of the first published port, or the first exposed one. */
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
    // A file or folder of the project that is mounted is no data.
    return source.startsWith(".") ? "" : target === "" ? source : target;
  });
  return targets.find((target) => target.startsWith("/"));
}

function readyOf({ healthcheck }: Service): ComposeNodes["ready"] {
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

/** The names of services become placeholders: of the first node itself, and of a list that names several. */
function environmentOf(
  service: Service,
  own: string,
  services: readonly string[],
): { readonly environment: Readonly<Record<string, string>>; readonly peer?: string } {
  const given = service["environment"];
  const pairs = isRecord(given)
    ? Object.entries(given).map(([name, value]) => [name, text(value)] as const)
    : listOf(given).map((line) => {
        const [name = "", ...value] = text(line).split("=");
        return [name, value.join("=")] as const;
      });
  let peer: string | undefined;
  const environment = pairs.map(([name, value]) => {
    const parts = value.split(",");
    const named = services.filter((one) => parts.some((part) => isIn(one, part)));
    if (parts.length > 1 && named.length > 1) {
      const [first = "", ...rest] = named.flatMap((one) =>
        parts.filter((part) => isIn(one, part)).map((part) => withPlaces(part, one)),
      );
      if (rest.every((part) => part === first)) {
        peer ??= first;
        return [name, "{peers}"] as const;
      }
    }
    return [name, withPlaces(value, own)] as const;
  });
  return { environment: Object.fromEntries(environment), ...(peer === undefined ? {} : { peer }) };
}

const isIn = (name: string, part: string): boolean => wordOf(name).test(part);

/** A name with a port or behind // is an address, any other is the node's name. */
const withPlaces = (value: string, name: string): string =>
  value
    .replace(new RegExp(`(?<=//)${escaped(name)}(?![\\w-])`, "g"), "{address}")
    .replace(new RegExp(`(?<![\\w-])${escaped(name)}(?=:\\d)`, "g"), "{address}")
    .replace(new RegExp(wordOf(name), "g"), "{name}");

const wordOf = (name: string): RegExp => new RegExp(`(?<![\\w-])${escaped(name)}(?![\\w-])`);

const escaped = (name: string): string => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? (value as readonly unknown[]) : [];

const text = (value: unknown): string =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : "";

const wrong = (file: string, expected: string, got: string): UsageError =>
  new UsageError({
    code: "bad-compose",
    expected: `${expected} in ${file}`,
    got,
    hint: "Name another file with --compose, or its services with --services a,b,c",
  });
