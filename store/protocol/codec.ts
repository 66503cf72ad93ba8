/** Encodes messages as frames of JSON and decodes them. Validates them in both directions. */
import { Ajv, type ValidateFunction } from "ajv";
import { messageSchemas, sharedSchemas } from "./message-schemas.ts";
import { textOf } from "./plain-text.ts";
import type { Message } from "./protocol.ts";

export type Decoded =
  { readonly ok: true; readonly message: Message } | { readonly ok: false; readonly why: string };

// Compiles a small validator for each type of message at its first use. For a frame, only the validator of its `type`
// runs.
const ajv = new Ajv({
  strict: true,
  strictTuples: false,
  strictRequired: false,
  strictTypes: false,
  discriminator: true,
  // A test validates the schemas. Validating them here would take a tenth of a second in every short run.
  validateSchema: false,
  // Compiles what messages share once. Optimizing the code of a validator takes longer than it saves in a short run.
  inlineRefs: false,
  code: { optimize: false },
  schemas: { ...sharedSchemas, ...messageSchemas },
});
const validators = new Map<string, ValidateFunction<Message>>();

function validatorOf(type: string): ValidateFunction<Message> | undefined {
  const known = validators.get(type);
  if (known !== undefined || !Object.hasOwn(messageSchemas, type)) return known;
  const validator = ajv.getSchema<Message>(type);
  if (validator !== undefined) validators.set(type, validator);
  return validator;
}

/** What is wrong with the message, as a text for people. Null if nothing is. */
export function validate(message: Message): string | null {
  return problemOf(message);
}

/**
 * Encodes a message as a frame.
 *
 * @throws TypeError if the message is invalid, which is a bug of this program
 */
export function encode(message: Message): string {
  const problem = problemOf(message);
  if (problem !== null)
    throw new TypeError(`expected a message of the protocol to send, got one with ${problem}`);
  return textOf(message);
}

/** Decodes a frame. Returns its message, or why the frame is invalid (error code `bad-frame`). Never throws. */
export function decode(text: string, maxBytes: number): Decoded {
  // Compares the number of characters first: it is cheap to get and never exceeds the number of bytes. Most frames are
  // far below the limit.
  if (text.length > maxBytes || (text.length * 3 > maxBytes && utf8Bytes(text) > maxBytes)) {
    return { ok: false, why: `expected a frame of at most ${maxBytes} bytes, got a longer one` };
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { ok: false, why: "expected a frame of JSON, got something else" };
  }
  const problem = problemOf(parsed);
  return problem === null
    ? { ok: true, message: parsed as Message }
    : { ok: false, why: `expected a message of the protocol, got one with ${problem}` };
}

function problemOf(input: unknown): string | null {
  if (
    typeof input !== "object" ||
    input === null ||
    !("type" in input) ||
    typeof input.type !== "string"
  )
    return "no type";
  const validator = validatorOf(input.type);
  if (validator === undefined) return `the unknown type ${JSON.stringify(input.type.slice(0, 40))}`;
  if (validator(input)) return null;
  const [error] = validator.errors ?? [];
  const extra: unknown = error?.params["additionalProperty"];
  return `a bad ${input.type}${error?.instancePath ?? ""}: ${error?.message ?? "invalid"}${typeof extra === "string" ? ` (${extra.slice(0, 40)})` : ""}`;
}

function utf8Bytes(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes;
}
