/**
 * Encodes a plan as one word for commands and issues: `quorate:v2:`, the base64url of its deflated JSON, a dot, and a
 * CRC-32 checksum. Tokens of earlier versions have no checksum.
 */
import { crc32, deflateRawSync, inflateRawSync } from "node:zlib";
import { PlanError, shown } from "./plan-error.ts";
import type { Plan } from "./plan.ts";

const prefix = "quorate:v2:";
/** The prefix of tokens with plans of format /1. */
const oldPrefix = "sim:v1:";
/** The largest size of inflated content in bytes. Deflated content can inflate to about a thousand times its size. */
const mostBytes = 64 << 20;

/**
 * Encodes a plan as one word. `quorate replay TOKEN` and `readToken` decode it.
 *
 * @param plan The plan.
 * @returns `quorate:v2:` and letters, digits, -, _ and a dot.
 */
export function toToken(plan: Plan): string {
  const body = deflateRawSync(JSON.stringify(plan), { level: 9 }).toString("base64url");
  return `${prefix}${body}.${checksumOf(body)}`;
}

function checksumOf(body: string): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(body));
  return bytes.toString("base64url");
}

/** Whether the text begins like a token of this version or an earlier one. */
export const isToken = (text: string): boolean => bodyOf(text.trim()) !== null;

const bodyOf = (text: string): string | null =>
  [prefix, oldPrefix].flatMap((start) =>
    text.startsWith(start) ? [text.slice(start.length)] : [],
  )[0] ?? null;

/**
 * Decodes a token. `planTarget` returns the result's target, and `parsePlan` checks the result.
 * @throws PlanError with the code token-format, token-mistyped or token-damaged if the token cannot be decoded.
 */
export function readToken(text: string): unknown {
  const trimmed = text.trim();
  const [, body, checksum] =
    /^([A-Za-z0-9_-]+)(?:\.([A-Za-z0-9_-]+))?$/.exec(bodyOf(trimmed) ?? "") ?? [];
  if (body === undefined) {
    throw new PlanError({
      code: "token-format",
      path: "",
      expected: `${prefix} (or ${oldPrefix}) followed by letters, digits, -, _ and a dot`,
      got: shown(trimmed),
      hint: "copy the whole token, without quotes or line breaks",
    });
  }
  if (checksum !== undefined && checksum !== checksumOf(body))
    throw new PlanError({
      code: "token-mistyped",
      path: "",
      expected: `the checksum ${checksumOf(body)} at the end of this token`,
      got: checksum,
      hint: "a character of the token was changed or is missing; copy the token again, or use plan.json",
    });
  return contentOf(body);
}

function contentOf(body: string): unknown {
  try {
    return JSON.parse(
      inflateRawSync(Buffer.from(body, "base64url"), { maxOutputLength: mostBytes }).toString(
        "utf8",
      ),
    );
  } catch (error) {
    throw new PlanError(
      {
        code: "token-damaged",
        path: "",
        expected: "deflated JSON",
        got: error instanceof Error ? error.message : shown(error),
        hint: "the token was cut or changed; copy the token again, or use plan.json",
      },
      { cause: error },
    );
  }
}
