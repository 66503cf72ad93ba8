/** A plan as one word, to paste into a command or an issue: `sim:v1:` and the base64url of its deflated JSON. */
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { parsePlan } from "./parse.ts";
import { PlanError, shown } from "./plan-error.ts";
import type { Plan } from "./plan.ts";

const prefix = "sim:v1:";
/** A few hundred bytes can inflate to gigabytes. */
const mostBytes = 64 << 20;

export function toToken(plan: Plan): string {
  return prefix + deflateRawSync(JSON.stringify(plan), { level: 9 }).toString("base64url");
}

export function isToken(text: string): boolean {
  return text.startsWith(prefix);
}

/** The plan of a token. Throws PlanError: token-format, token-damaged, or what parsePlan says of its content. */
export function fromToken(text: string): Plan {
  const trimmed = text.trim();
  const body = trimmed.slice(prefix.length);
  if (!isToken(trimmed) || !/^[A-Za-z0-9_-]+$/.test(body)) {
    throw new PlanError({
      code: "token-format",
      path: "",
      expected: `${prefix} followed by letters, digits, - and _`,
      got: shown(trimmed),
      hint: "copy the whole token, without quotes or line breaks",
    });
  }
  return parsePlan(contentOf(body));
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
