/**
 * Strict shapes of JSON values, in which unknown fields are errors. Written for speed, since a history may have a
 * million lines and each is checked.
 */

/** A function that checks whether a value has this shape. */
export interface Shape {
  /**
   * @returns Null if the value has the shape. Otherwise the end of a sentence that says what is wrong: `atUs must be a
   * whole number`.
   */
  (value: unknown): string | null;
  /** The shape as JSON Schema, for schemas/history.schema.json. */
  readonly schema: object;
}

/** Makes a shape of a check and of a JSON Schema that accepts the same values. */
export const shape = (schema: object, check: (value: unknown) => string | null): Shape =>
  Object.assign((value: unknown) => check(value), { schema });

const kind = (expected: string, schema: object, fits: (value: unknown) => boolean): Shape => {
  const complaint = `must be ${expected}`;
  return shape(schema, (value) => (fits(value) ? null : complaint));
};

export const text = kind("a string", { type: "string" }, (value) => typeof value === "string");
export const textOrNull = kind(
  "a string or null",
  { type: ["string", "null"] },
  (value) => value === null || typeof value === "string",
);
export const flag = kind(
  "true or false",
  { type: "boolean" },
  (value) => typeof value === "boolean",
);
export const whole = kind(
  "a whole number from 0 to 2^53 − 1",
  { type: "integer", minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
  (value) => Number.isSafeInteger(value) && (value as number) >= 0,
);
export const percentage = kind(
  "a number from 0 to 100",
  { type: "number", minimum: 0, maximum: 100 },
  (value) => typeof value === "number" && value >= 0 && value <= 100,
);
/** Any JSON value. */
export const anything: Shape = shape({}, () => null);
export const onlyTrue = kind("true", { const: true }, (value) => value === true);

export function oneOf(...values: readonly string[]): Shape {
  const known = new Set<unknown>(values);
  return kind(`one of ${values.join(", ")}`, { enum: values }, (value) => known.has(value));
}

export function list(items: Shape, length?: number): Shape {
  const size = length === undefined ? {} : { minItems: length, maxItems: length };
  return shape({ type: "array", items: items.schema, ...size }, (value) => {
    if (!Array.isArray(value)) return "must be an array";
    if (length !== undefined && value.length !== length)
      return `must be an array of ${length} items`;
    for (let i = 0; i < value.length; i++) {
      const complaint = items(value[i]);
      if (complaint !== null) return within(String(i), complaint);
    }
    return null;
  });
}

export function mapOf(values: Shape): Shape {
  return shape({ type: "object", additionalProperties: values.schema }, (value) => {
    if (!isObject(value)) return "must be an object";
    for (const key of Object.keys(value)) {
      const complaint = values(value[key]);
      if (complaint !== null) return within(key, complaint);
    }
    return null;
  });
}

/** An object with these fields and no others. A field whose name here ends in `?` may be absent. */
export function exactly(fields: Readonly<Record<string, Shape>>): Shape {
  const shapes = new Map(
    Object.entries(fields).map(([name, shape]) => [name.replace(/\?$/, ""), shape]),
  );
  const required = Object.keys(fields).filter((name) => !name.endsWith("?"));
  const properties = Object.fromEntries([...shapes].map(([name, { schema }]) => [name, schema]));
  const schema = { type: "object", properties, required, additionalProperties: false };
  return shape(schema, (value) => {
    if (!isObject(value)) return "must be an object";
    for (const name of Object.keys(value)) {
      const field = shapes.get(name);
      if (field === undefined) return `must not have other fields (${name})`;
      const complaint = field(value[name]);
      if (complaint !== null) return within(name, complaint);
    }
    for (const name of required)
      if (!Object.hasOwn(value, name)) return `must have the field ${name}`;
    return null;
  });
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const within = (name: string, complaint: string): string =>
  complaint.startsWith("must") ? `${name} ${complaint}` : `${name}.${complaint}`;
