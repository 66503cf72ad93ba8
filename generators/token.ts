/** A plan as one word, to paste into a command or an issue: `quorate:v2:` and the base64url of its deflated JSON. */
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { PlanError, shown } from "./plan-error.ts";
import type { Plan } from "./plan.ts";

const prefix = "quorate:v2:";
/** Of plans of the format /1. */
const oldPrefix = "sim:v1:";
/** A few hundred bytes can inflate to gigabytes. */
const mostBytes = 64 << 20;

export function toToken(plan: Plan): string {
  return prefix + deflateRawSync(JSON.stringify(plan), { level: 9 }).toString("base64url");
}

export const isToken = (text: string): boolean => bodyOf(text.trim()) !== null;

const bodyOf = (text: string): string | null =>
  [prefix, oldPrefix].flatMap((start) =>
    text.startsWith(start) ? [text.slice(start.length)] : [],
  )[0] ?? null;

/**
 * What a token holds, for `planTarget` to say which target's it is and for `parsePlan` to judge.
 * @throws PlanError: token-format, token-damaged.
 */
export function readToken(text: string): unknown {
  const trimmed = text.trim();
  const body = bodyOf(trimmed);
  if (body === null || !/^[A-Za-z0-9_-]+$/.test(body)) {
    throw new PlanError({
      code: "token-format",
      path: "",
      expected: `${prefix} (or ${oldPrefix}) followed by letters, digits, - and _`,
      got: shown(trimmed),
      hint: "copy the whole token, without quotes or line breaks",
    });
  }
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
        hint: "the token was cut or changed on its way; copy it again, or use plan.json",
      },
      { cause: error },
    );
  }
}
