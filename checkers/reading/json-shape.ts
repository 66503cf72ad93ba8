/** The shapes of JSON values: strict, every field known. Ours, since a history of a million lines is checked line by line. */

/** null where the value fits, else what does not, as a sentence's end: `atUs must be a whole number`. */
export type Shape = (value: unknown) => string | null;

const kind = (expected: string, fits: (value: unknown) => boolean): Shape => {
  const complaint = `must be ${expected}`;
  return (value) => (fits(value) ? null : complaint);
};

export const text = kind("a string", (value) => typeof value === "string");
export const textOrNull = kind(
  "a string or null",
  (value) => value === null || typeof value === "string",
);
export const flag = kind("true or false", (value) => typeof value === "boolean");
export const whole = kind(
  "a whole number from 0 to 2^53 − 1",
  (value) => Number.isSafeInteger(value) && (value as number) >= 0,
);
/** What JSON.parse returned needs no further check. */
export const anything: Shape = () => null;
export const onlyTrue = kind("true", (value) => value === true);

export function oneOf(...values: readonly string[]): Shape {
  const known = new Set<unknown>(values);
  return kind(`one of ${values.join(", ")}`, (value) => known.has(value));
}

export function list(items: Shape, length?: number): Shape {
  return (value) => {
    if (!Array.isArray(value)) return "must be an array";
    if (length !== undefined && value.length !== length) return `must be an array of ${length}`;
    for (let i = 0; i < value.length; i++) {
      const complaint = items(value[i]);
      if (complaint !== null) return within(String(i), complaint);
    }
    return null;
  };
}

export function mapOf(values: Shape): Shape {
  return (value) => {
    if (!isObject(value)) return "must be an object";
    for (const key of Object.keys(value)) {
      const complaint = values(value[key]);
      if (complaint !== null) return within(key, complaint);
    }
    return null;
  };
}

/** An object with exactly these fields; a name that ends in `?` may be absent. */
export function exactly(fields: Readonly<Record<string, Shape>>): Shape {
  const shapes = new Map(
    Object.entries(fields).map(([name, shape]) => [name.replace(/\?$/, ""), shape]),
  );
  const required = Object.keys(fields).filter((name) => !name.endsWith("?"));
  return (value) => {
    if (!isObject(value)) return "must be an object";
    for (const name of Object.keys(value)) {
      const shape = shapes.get(name);
      if (shape === undefined) return `must not have other fields (${name})`;
      const complaint = shape(value[name]);
      if (complaint !== null) return within(name, complaint);
    }
    for (const name of required)
      if (!Object.hasOwn(value, name)) return `must have the field ${name}`;
    return null;
  };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const within = (name: string, complaint: string): string =>
  complaint.startsWith("must") ? `${name} ${complaint}` : `${name}.${complaint}`;
