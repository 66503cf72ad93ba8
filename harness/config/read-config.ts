/** Reads and checks a configuration file. */
import { dirname, join, resolve } from "node:path";
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import { currentGuaranteeName, guaranteeNames, isGuaranteeName } from "../../checkers/index.ts";
import {
  builtInKinds,
  type FaultKind,
  type Kinds,
  kindsWith,
  type Workload,
  workloadOf,
  workloadsOn,
} from "../../generators/index.ts";
import { UsageError } from "../errors.ts";
import { lazily } from "../lazily.ts";
import { nearest } from "../nearest.ts";
import { parseAddresses } from "../platforms/external/platform.ts";
import { targetNamed, targets as builtInTargets } from "../targets/registry.ts";
import { targetProblem } from "../targets/target-problem.ts";
import type { Target } from "../targets/target.ts";
import { commandFault } from "./command-fault.ts";
import type { QuorateConfig } from "./config.ts";
import { ownTargetSchema, runSchema } from "./config-schema.ts";
import { loadConfigModule } from "./load-module.ts";
import { clientPlaces, nodePlaces, refuseMissingFiles, unknownPlaces } from "./own-node.ts";
import {
  namesFrom,
  type OwnTarget,
  targetOf,
  type WholeContainers,
  type WholeOwnTarget,
} from "./own-target.ts";
import { withCompose } from "./with-compose.ts";

/** A checked configuration. */
export interface Config extends Omit<
  QuorateConfig,
  "target" | "faultKinds" | "workloads" | "checkers"
> {
  /** The absolute path of the configuration file. */
  readonly file: string;
  readonly target: Target;
  /** The built-in kinds of fault and workloads, with those of the configuration and its checkers. */
  readonly kinds: Kinds;
}

const withFunctions = lazily(() =>
  new Ajv({ strict: false, verbose: true, allowUnionTypes: true })
    .addKeyword({
      keyword: "isFunction",
      schemaType: "boolean",
      validate: (_: boolean, value: unknown) => typeof value === "function",
    })
    .addKeyword({
      keyword: "isRegExp",
      schemaType: "boolean",
      validate: (_: boolean, value: unknown) => value instanceof RegExp,
    }),
);
const isRunShape = lazily(() => withFunctions().compile<Omit<QuorateConfig, "target">>(runSchema));
const isOwnTargetShape = lazily(() => withFunctions().compile<OwnTarget>(ownTargetSchema(true)));

/**
 * Loads and checks a configuration file.
 *
 * @param file The path of the file.
 * @returns The content of the file, with a whole target. If the file exports only a target, the result is a
 *   configuration of this target.
 * @throws UsageError if the file cannot be loaded or its content is wrong.
 */
export async function readConfig(file: string): Promise<Config> {
  const path = resolve(file);
  const exported = await loadConfigModule(file);
  return checkConfig(isWholeTarget(exported) ? { target: exported } : exported, path);
}

/**
 * Checks a configuration that was already loaded.
 *
 * @param value The default export, or the JSON value.
 * @param file The absolute path of the configuration file. Relative paths in the configuration are resolved against the
 *   file's folder.
 */
export function checkConfig(value: unknown, file: string): Config {
  const isRun = isRunShape();
  if (!isRun(value)) throw shapeError(isRun, file, "");
  const config = value as QuorateConfig;
  const folder = dirname(file);
  const kinds = kindsOf(config, file, folder);
  const target = targetFrom(config.target, { file, folder, kinds });
  const { target: _, faultKinds: __, workloads: ___, checkers: ____, ...rest } = config;
  if (config.workload !== undefined) workloadOfTarget(config.workload, target, kinds, file);
  if (typeof config.faults !== "string")
    for (const kind of config.faults ?? [])
      oneOf("faults", kind, [...kinds.faults.keys()], "unknown-fault", file);
  parseAddresses(config.addresses ?? []);
  return { ...rest, file, target: { ...target, file }, kinds };
}

interface Origin {
  readonly file: string;
  readonly folder: string;
  readonly kinds: Kinds;
}

const isWholeTarget = (value: unknown): value is Target =>
  typeof value === "object" && value !== null && "parseSettings" in value;

function targetFrom(target: unknown, { file, folder, kinds }: Origin): Target {
  if (target === undefined) return targetNamed("bundled");
  if (typeof target === "string") return targetNamed(target);
  if (isWholeTarget(target)) {
    const problem = targetProblem(target);
    if (problem === null) return target;
    throw refused("no-target-exported", "a whole target", `${file}: ${problem}`, template);
  }
  const isOwnTarget = isOwnTargetShape();
  if (!isOwnTarget(target)) throw shapeError(isOwnTarget, file, "/target");
  const whole = withCompose(target, { file, folder });
  checkOwn(whole, { file, folder, kinds });
  return targetOf(whole, { folder, kinds });
}

const template = "See docs/configuration.md for an example";

/** Checks what the JSON Schema of a description cannot express. Throws UsageError if something is wrong. */
function checkOwn(own: WholeOwnTarget, { file, folder, kinds }: Origin): void {
  const { name, promises, workloads = ["register"], containers, client, clientCommand } = own;
  const { operations = [] } = own;
  if (builtInTargets.some((target) => target.name === name))
    throw refused(
      "name-taken",
      "a target with a name of its own",
      `${file}: /target/name is ${name}, a built-in target`,
      "Choose another name",
    );
  for (const workload of workloads)
    oneOf("target/workloads", workload, [...kinds.workloads.keys()], "unknown-workload", file);
  const drawn = workloads.flatMap((each) => Object.keys(workloadOf(kinds, each).operations));
  for (const operation of operations)
    oneOf("target/operations", operation, [...new Set(drawn)], "unknown-operation", file);
  if ((client === undefined) === (clientCommand === undefined))
    throw refused(
      "no-client",
      "one client: client (a function) or clientCommand (a program)",
      `${file}: /target has ${client === undefined ? "neither" : "both"}`,
      client === undefined
        ? "Add clientCommand, or in a TypeScript configuration client: ({ url }) => ({ async read(key) { … }, … })"
        : "Leave client or clientCommand out",
    );
  if (clientCommand !== undefined)
    refusePlaces(unknownPlaces(clientCommand, clientPlaces), clientPlaces, file, "clientCommand");
  if (containers !== undefined) checkContainers(containers, own, { file, folder });
  if (typeof promises === "function") {
    const settings = { nodes: own.nodes ?? 3, ...own.settings };
    const facts = { workload: workloads[0] ?? "register", requests: [], effects: [], keys: [] };
    for (const promised of namesFrom(() => promises(settings, facts)))
      if (!isGuaranteeName(promised)) throw unknownGuarantee(promised, file, "/target/promises");
  }
}

function checkContainers(
  { files = {}, image, ready, node }: WholeContainers,
  { settings = {} }: WholeOwnTarget,
  { file, folder }: Pick<Origin, "file" | "folder">,
): void {
  refuseMissingFiles(files, folder, "/target/containers/files");
  if (typeof image !== "string" && image.from === "dockerfile")
    refuseMissingFiles(
      { "the image": join(image.folder, image.file ?? "Dockerfile") },
      folder,
      "/target/containers/image",
    );
  if (ready !== undefined && "log" in ready) refuseBadExpression(ready.log, file);
  if (typeof node === "function") return;
  const { command, environment = {}, peer = "" } = node;
  const known = nodePlaces(["nodes", ...Object.keys(settings)]);
  refusePlaces(
    unknownPlaces([...command, ...Object.values(environment), peer], known),
    known,
    file,
    "containers/node",
  );
}

function refusePlaces(
  [place]: readonly string[],
  known: readonly string[],
  file: string,
  where: string,
): void {
  if (place === undefined) return;
  throw refused(
    "unknown-place",
    `only known placeholders: ${known.map((name) => `{${name}}`).join(", ")}`,
    `${file}: ${place} in /target/${where}`,
    `The nearest names: ${nearest(place.slice(1, -1), known)}. If the braces are meant literally, give containers.node as a function, or write the words of clientCommand into a script`,
  );
}

function refuseBadExpression(expression: string | RegExp, file: string): void {
  try {
    void new RegExp(expression);
  } catch (error) {
    throw refused(
      "bad-expression",
      "a regular expression",
      `${file}: /target/containers/ready/log is ${JSON.stringify(String(expression))}: ${error instanceof Error ? error.message : String(error)}`,
      "To match special characters of the log line literally, escape them: \\( \\[ \\* …",
    );
  }
}

function kindsOf(config: QuorateConfig, file: string, folder: string): Kinds {
  const { faultKinds = [], workloads = [], checkers = [] } = config;
  if (faultKinds.length + workloads.length + checkers.length === 0) return builtInKinds;
  const kinds = faultKinds.map((kind) =>
    "draw" in kind ? kind : (commandFault(kind, folder) as unknown as FaultKind),
  );
  const names = [
    ...kinds.map(({ kind }) => ["faultKinds", kind, builtInKinds.faults.has(kind)] as const),
    ...workloads.map(
      (one: Workload) => ["workloads", one.name, builtInKinds.workloads.has(one.name)] as const,
    ),
    ...checkers.map(({ name }) => ["checkers", name, isGuaranteeName(name)] as const),
  ];
  for (const [index, [where, name, isBuiltIn]] of names.entries())
    if (isBuiltIn || names.findIndex(([place, other]) => place === where && other === name) < index)
      throw refused(
        "name-taken",
        `${where} with names of their own`,
        `${file}: ${name}, ${isBuiltIn ? "a built-in one" : "twice"}`,
        "Choose another name",
      );
  return kindsWith(kinds, workloads, checkers);
}

/**
 * Returns the workload's name after checking it.
 *
 * @throws UsageError for an unknown workload, or one that the target cannot run.
 */
export function workloadOfTarget(name: string, target: Target, kinds: Kinds, file: string): string {
  oneOf("workload", name, [...kinds.workloads.keys()], "unknown-workload", file);
  const possible = workloadsOn(target, kinds.workloads.values());
  if (possible.includes(name)) return name;
  throw refused(
    "workload-not-supported",
    `a workload of ${target.name}: ${possible.join(", ")}`,
    `${file}: /workload is ${name}`,
    "Take one of these, or add the workload to the target's workloads",
  );
}

function oneOf(
  where: string,
  name: string,
  known: readonly string[],
  code: string,
  file: string,
): void {
  if (known.includes(name)) return;
  throw refused(
    code,
    `one of ${known.join(", ")}`,
    `${file}: /${where} is ${JSON.stringify(name)}`,
    `The nearest names: ${nearest(name, known)}`,
  );
}

function unknownGuarantee(name: string, file: string, where: string): UsageError {
  const today = currentGuaranteeName(name);
  return refused(
    "unknown-guarantee",
    "the name of a guarantee",
    `${file}: ${where} names ${JSON.stringify(name)}`,
    isGuaranteeName(today)
      ? `This guarantee is now called ${today}`
      : `The nearest names: ${nearest(name, guaranteeNames)}`,
  );
}

/**
 * Makes the error for a configuration of the wrong shape. The error names the complaint with the longest path, which is
 * the most specific one.
 */
function shapeError({ errors }: ValidateFunction, file: string, under: string): UsageError {
  const all = (errors ?? []).filter(({ keyword }) => keyword !== "if");
  const [error] = [...all].sort((a, b) => b.instancePath.length - a.instancePath.length);
  const path = under + (error?.instancePath ?? "");
  if (error === undefined) return refused("config-shape", "a configuration", file, template);
  if (error.keyword === "enum" && isGuarantees(error))
    return unknownGuarantee(String(error.data), file, path);
  return refused("config-shape", ...shapeWords(error, file, path));
}

const isGuarantees = ({ schema }: ErrorObject): boolean => schema === guaranteeNames;

function shapeWords(error: ErrorObject, file: string, path: string): [string, string, string] {
  const params = error.params as Readonly<Record<string, unknown>>;
  const at = path === "" ? "the whole" : path;
  const properties = (error.parentSchema as { properties?: object } | undefined)?.properties ?? {};
  switch (error.keyword) {
    case "additionalProperties": {
      const field = String(params["additionalProperty"]);
      const known = Object.keys(properties).filter((one) => one !== "$schema");
      return [
        `one of ${known.join(", ")}`,
        `${file}: ${path}/${field}`,
        `The nearest names: ${nearest(field, known)}`,
      ];
    }
    case "required":
      return [
        `${path}/${String(params["missingProperty"])}`,
        `${file}: ${at} without it`,
        template,
      ];
    case "enum":
      return [
        `one of ${(error.schema as readonly unknown[]).join(", ")}`,
        `${file}: ${at} is ${shown(error.data)}`,
        template,
      ];
    case "isFunction":
      return ["a function", `${file}: ${at} is ${shown(error.data)}`, template];
    default:
      return [
        `${at} ${(error.message ?? "to have the expected form").replace(/^must /, "to ")}`,
        `${file}: ${shown(error.data)}`,
        template,
      ];
  }
}

const shown = (value: unknown): string =>
  typeof value === "function"
    ? "a function"
    : (JSON.stringify(value)?.slice(0, 80) ?? String(value));

const refused = (code: string, expected: string, got: string, hint: string): UsageError =>
  new UsageError({ code, expected, got, hint });
