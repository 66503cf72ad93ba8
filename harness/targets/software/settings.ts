/** Checks a target's settings with a JSON Schema, and fills in defaults. */
import { Ajv, type ErrorObject } from "ajv";
import { UsageError } from "../../errors.ts";
import { lazily } from "../../lazily.ts";

export interface SettingsReader<S> {
  /** The JSON Schema that `parse` checks settings with. */
  readonly schema: object;
  readonly defaults: S;
  /** Checks settings and adds the defaults. Throws UsageError with the code `settings-unknown` or `settings-shape`. */
  parse(input: unknown): S;
}

/** Returns what the value should have been, as the end of a sentence. */
const expectedOf = ({ keyword, params, message }: ErrorObject): string => {
  const { allowedValues } = params as { readonly allowedValues?: readonly unknown[] };
  return keyword === "enum" && allowedValues !== undefined
    ? `one of ${allowedValues.map(String).join(", ")}`
    : (message ?? "another value").replace(/^must (be )?/, "");
};

/**
 * Makes a reader that checks and completes a target's settings.
 *
 * @param target The target's name for messages.
 * @param properties The JSON Schema of each setting.
 */
export const settingsReader = <S extends object>(
  target: string,
  properties: Readonly<Record<keyof S & string, object>>,
  defaults: S,
): SettingsReader<S> => {
  const schema = { type: "object", properties, additionalProperties: false };
  const shape = lazily(() =>
    // The schema itself is not validated, since this would take longer than compiling it. Strict mode still finds
    // misspelt keywords.
    new Ajv({ strict: true, validateSchema: false }).compile<Partial<S>>(schema),
  );
  const names = Object.keys(properties);
  return {
    schema,
    defaults,
    parse: (input) => {
      const fits = shape();
      if (fits(input)) return { ...defaults, ...input };
      const [error] = fits.errors ?? [];
      if (error?.keyword === "additionalProperties")
        throw new UsageError({
          code: "settings-unknown",
          expected: `a setting of ${target}: ${names.join(", ")}`,
          got: (error.params as { readonly additionalProperty: string }).additionalProperty,
          hint: "Leave the setting out, or correct its name.",
        });
      const name = error?.instancePath.slice(1) ?? "";
      throw new UsageError({
        code: "settings-shape",
        expected: `${name === "" ? "settings" : name} to be ${error === undefined ? "possible" : expectedOf(error)}`,
        got: JSON.stringify(
          name === "" ? input : (input as Readonly<Record<string, unknown>>)[name],
        ),
        hint: `Settings of ${target}: ${names.join(", ")}.`,
      });
    },
  };
};
