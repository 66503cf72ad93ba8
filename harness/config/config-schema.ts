/**
 * The schema of a configuration. The schema without functions is published as schemas/config.schema.json, for JSON
 * files and editors.
 */
import { guaranteeNames } from "../../checkers/index.ts";
import { namedEffects } from "./command-fault.ts";

const text = { type: "string" } as const;
const words = { type: "array", items: text } as const;
/** The schema of a command. Its first word is the program. */
const commandWords = { ...words, minItems: 1, items: { type: "string", minLength: 1 } } as const;
const texts = { type: "object", additionalProperties: text } as const;
const whole = (minimum: number, maximum: number): object => ({ type: "integer", minimum, maximum });
const named = (description: string, schema: object): object => ({ description, ...schema });
const closed = (
  properties: Readonly<Record<string, object>>,
  required: readonly string[],
): object => ({
  type: "object",
  properties,
  required,
  additionalProperties: false,
});
const name = { type: "string", pattern: "^[a-z][a-z0-9-]*$" } as const;
const guarantees = { type: "array", items: { enum: guaranteeNames } } as const;
const dayMs = 86_400_000;

/** Whether a schema allows functions (keyword `isFunction`), which only TypeScript and JavaScript can express. */
type Functions = boolean;

const orFunction = (schema: object, functions: Functions): object =>
  functions ? { if: { isFunction: true }, then: true, else: schema } : schema;

function imageSchema(): object {
  return {
    if: text,
    then: true,
    else: {
      type: "object",
      properties: {
        from: { enum: ["registry", "dockerfile", "host", "machine"] },
        name: text,
        folder: text,
        file: text,
        programs: words,
        files: texts,
      },
      required: ["from"],
      additionalProperties: false,
    },
  };
}

const containersSchema = (functions: Functions): object => ({
  ...closed(
    {
      compose: named(
        "A compose file, relative to this file, and its services that are nodes. The compose file gives what this configuration leaves out.",
        closed({ file: { type: "string", minLength: 1 }, services: { ...words, minItems: 1 } }, [
          "file",
        ]),
      ),
      image: named(
        'The image of a node: a name, "host" for an image with the Node.js of this machine, or an object that says where the image comes from.',
        imageSchema(),
      ),
      port: named(
        "The port on which each node listens for clients. The node must listen on all its addresses.",
        whole(1, 65_535),
      ),
      data: named("The folder of a node's data, on which faults of disks act.", {
        type: "string",
        pattern: "^/",
      }),
      files: named(
        "Maps each absolute path in the container to a file or folder of this machine, relative to this file.",
        {
          ...texts,
          propertyNames: { pattern: "^/" },
        },
      ),
      ready: named(
        "How quorate sees that a node serves: the node answers GET of the path http, accepts connections at the port tcp (true: the port for clients), or logs a line that the regular expression log matches.",
        {
          type: "object",
          properties: {
            http: { type: "string", pattern: "^/" },
            status: whole(100, 599),
            tcp: { if: { const: true }, then: true, else: whole(1, 65_535) },
            log: functions ? { if: { isRegExp: true }, then: true, else: text } : text,
          },
          additionalProperties: false,
          minProperties: 1,
        },
      ),
      startTimeoutMs: whole(1, dayMs),
      user: whole(0, 2 ** 31),
      memoryMiB: whole(64, 2 ** 20),
      clock: { type: "boolean" },
      node: named(
        "How a node is started. {name}, {index}, {address}, {port}, {data}, {peers}, {settings:NAME} and {env:NAME} are filled in.",
        orFunction(
          closed(
            {
              command: commandWords,
              environment: texts,
              files: texts,
              peer: named("How {peers} writes each node; commas separate the nodes.", text),
            },
            [],
          ),
          functions,
        ),
      ),
    },
    [],
  ),
  if: { required: ["compose"] },
  then: true,
  else: {
    required: ["image", "port", "node"],
    properties: { node: orFunction({ required: ["command"] }, functions) },
  },
});

/** The schema of a user's description of their store. */
export const ownTargetSchema = (functions: Functions): object =>
  closed(
    {
      name: named("Lower-case letters, digits and dashes, a letter first.", name),
      version: named("The version of the store, or of this description.", text),
      nodes: whole(1, 99),
      fewestNodes: whole(1, 99),
      settings: named("Names of settings and their defaults.", { type: "object" }),
      workloads: words,
      operations: named("Which operations of the workloads the client has.", words),
      promises: named("The guarantees that the store promises.", orFunction(guarantees, functions)),
      requestTimeoutMs: whole(1, dayMs),
      convergeMs: whole(0, dayMs),
      containers: containersSchema(functions),
      ...(functions ? { client: { isFunction: true } } : {}),
      clientCommand: named(
        "A client in any language: a program that speaks JSON lines (client-command.schema.json).",
        commandWords,
      ),
    },
    ["name", "version", "promises"],
  );

const commandFaultSchema = closed(
  {
    kind: name,
    meaning: text,
    begin: named("A shell command that begins the fault. The command runs on this machine.", text),
    end: text,
    effects: named("What the fault does to its node.", {
      type: "array",
      items: { enum: namedEffects },
    }),
  },
  ["kind", "begin", "end", "effects"],
);

/** The properties of a configuration except the target. */
const runProperties = (functions: Functions): Readonly<Record<string, object>> => ({
  on: named("The platform: docker, sim, process, external.", text),
  profile: text,
  settings: named("Settings of the target.", { type: "object" }),
  workload: text,
  faults: named('Kinds of fault that plans may use, or "all", or "none".', {
    if: text,
    then: { enum: ["all", "none"] },
    else: words,
  }),
  promise: named("Guarantees claimed beyond what the target promises.", guarantees),
  histories: whole(1, 10_000_000),
  seconds: whole(1, 1_000_000),
  seed: whole(0, 2 ** 31 - 1),
  tolerateUnknown: named("The percentage of histories that may be unknown.", {
    type: "number",
    minimum: 0,
    maximum: 100,
  }),
  addresses: named(
    "The addresses host:port of a cluster that already runs, in the order of its nodes.",
    {
      ...words,
      minItems: 1,
    },
  ),
  faultKinds: named("Kinds of fault of your own.", {
    type: "array",
    items: functions
      ? { if: { required: ["draw"] }, then: { type: "object" }, else: commandFaultSchema }
      : commandFaultSchema,
  }),
  ...(functions
    ? {
        workloads: { type: "array", items: { type: "object" } },
        checkers: {
          type: "array",
          items: {
            type: "object",
            properties: {
              name: { type: "string", pattern: "^[a-z][a-z0-9-]*$" },
              meaning: { type: "string", minLength: 1 },
              needs: { type: "array", items: { type: "string" } },
              check: { isFunction: true },
            },
            required: ["name", "meaning", "needs", "workloads", "check"],
          },
        },
      }
    : {}),
});

/** The schema of a configuration except its target, which is checked separately. */
export const runSchema: object = {
  type: "object",
  properties: { ...runProperties(true), target: true, $schema: true },
  additionalProperties: false,
};

/** The schema of a JSON configuration file. */
export const configSchema: object = {
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "A configuration of quorate",
  type: "object",
  properties: {
    $schema: text,
    target: named("The name of a built-in target, or the description of your own store.", {
      if: text,
      then: true,
      else: ownTargetSchema(false),
    }),
    ...runProperties(false),
  },
  additionalProperties: false,
};
