/** Generates docs/reference/formats.md and configuration.md from the JSON Schemas and the examples beside this file. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

interface Schema {
  readonly $ref?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly required?: readonly string[];
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly else?: Schema;
  readonly then?: Schema | boolean;
  readonly definitions?: Readonly<Record<string, Schema>>;
}

export const examples = join(import.meta.dirname, "examples");
const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");

/** Describes the type of a schema in a few words. */
function typeOf(schema: Schema, root: Schema): string {
  const resolved = resolve(schema, root);
  if (resolved.const !== undefined) return `\`${JSON.stringify(resolved.const)}\``;
  if (resolved.enum !== undefined)
    return resolved.enum.length > 8
      ? `one of ${resolved.enum.length} names`
      : resolved.enum.map((value) => `\`${JSON.stringify(value)}\``).join(", ");
  const choices = resolved.anyOf ?? resolved.oneOf;
  if (choices !== undefined)
    return choices.length > 4
      ? `one of ${choices.length} objects`
      : choices.map((one) => typeOf(one, root)).join(" or ");
  if (resolved.else !== undefined)
    return `${resolved.then === true || resolved.then === undefined ? "a name" : typeOf(resolved.then as Schema, root)} or ${typeOf(resolved.else, root)}`;
  if (resolved.type === "array")
    return `list of ${typeOf(resolved.items ?? {}, root).replace(/^an? /, "")}`;
  if (resolved.type === "object")
    return typeof resolved.additionalProperties === "object"
      ? `map to ${typeOf(resolved.additionalProperties, root)}`
      : "object";
  return [resolved.type ?? "any JSON"].flat().join(" or ");
}

function resolve(schema: Schema, root: Schema): Schema {
  const name = schema.$ref?.replace("#/definitions/", "");
  return name === undefined
    ? schema
    : { ...root.definitions?.[decodeURIComponent(name)], ...schema, $ref: "" };
}

function fields(schema: Schema, root: Schema): string {
  const { properties = {}, required = [] } = resolve(schema, root);
  const rows = Object.entries(properties).map(([name, field]) => {
    const description = resolve(field, root).description ?? "";
    return `| \`${name}\`${required.includes(name) ? "" : " _(optional)_"} | ${cell(typeOf(field, root))} | ${cell(description)} |`;
  });
  return ["| field | value | |", "| --- | --- | --- |", ...rows, ""].join("\n");
}

const schemaOf = (name: string): Schema =>
  JSON.parse(readFileSync(`schemas/${name}.schema.json`, "utf8")) as Schema;

const block = (text: string): string => `\`\`\`json\n${text.trimEnd()}\n\`\`\`\n`;

const file = (name: string, meaning: string): string => {
  const schema = schemaOf(name);
  const example = JSON.parse(readFileSync(join(examples, `${name}.json`), "utf8")) as unknown;
  return [
    `## ${name}.json`,
    "",
    `${meaning} JSON Schema: [${name}.schema.json](../../schemas/${name}.schema.json).`,
    "",
    fields(schema, schema),
    block(JSON.stringify(example, null, 2)),
  ].join("\n");
};

/** The section about histories: each event with its fields and an example line. */
function history(): string {
  const schema = schemaOf("history");
  const lines = readFileSync(join(examples, "history.jsonl"), "utf8").trimEnd().split("\n");
  return [
    "## history.jsonl",
    "",
    "What happened, one event a line, in the order of time. JSON Schema of a line: [history.schema.json](../../schemas/history.schema.json).",
    "",
    ...(schema.oneOf ?? []).flatMap(({ title = "", allOf: [, shape = {}] = [] }) => {
      const [, frame] = /^sent, received: (.+)$/.exec(title) ?? [];
      const sign = frame === undefined ? `{"e":"${title}"` : `"frame":"${frame}"`;
      const line = lines.find((one) =>
        frame === undefined ? one.startsWith(sign) : one.includes(sign),
      );
      const names = Object.keys(shape.properties ?? {}).map(
        (name) => `\`${name}\`${shape.required?.includes(name) === true ? "" : "?"}`,
      );
      return [
        `### ${title}`,
        "",
        `Fields: ${names.join(", ")}.`,
        "",
        ...(line === undefined ? [] : [block(line)]),
      ];
    }),
  ].join("\n");
}

export const formatReference = (): string =>
  [
    "# Formats of files",
    "",
    "Made from the JSON Schemas in `schemas/`, which the package publishes as `quorate/schemas/…`. Times end in `Us` (microseconds) or `Ms`.",
    "A token, `quorate:v2:…`, is a plan.json: deflated, in base64url, with a checksum.",
    "",
    file("plan", "What a history will do: operations and faults. `quorate replay` runs it."),
    history(),
    file("verdict", "What one history means."),
    file("campaign", "A whole run."),
    file("replay", "What `quorate replay` found."),
    file("hunt", "What `quorate hunt` found."),
  ].join("\n");

export function configurationReference(): string {
  const schema = schemaOf("config");
  const own = schema.properties?.["target"]?.else ?? {};
  const containers = own.properties?.["containers"] ?? {};
  return [
    "# Configuration file",
    "",
    "Made from [config.schema.json](../../schemas/config.schema.json). [A configuration of your own](../configuration.md) has a whole example.",
    "",
    fields(schema, schema),
    "## target",
    "",
    fields(own, schema),
    "## target.containers",
    "",
    fields(containers, schema),
    "## target.containers.node",
    "",
    fields(containers.properties?.["node"] ?? {}, schema),
    "## faultKinds",
    "",
    fields(schema.properties?.["faultKinds"]?.items ?? {}, schema),
  ].join("\n");
}
