/** The reasons for refusing a plan. */
export type PlanErrorCode =
  /** The input is not JSON, or does not have the shape of a plan. */
  | "plan-shape"
  | "plan-unknown-field"
  /** Refers to a client, key or node that the plan does not have. */
  | "plan-out-of-range"
  /** Each part is possible, but not together. */
  | "plan-contradiction"
  | "plan-settings"
  /** It is for another target. */
  | "plan-target"
  /** Not a token, or one that was cut or changed on its way. */
  | "token-format"
  | "token-mistyped"
  | "token-damaged";

/** What is wrong with a plan and where. */
export interface PlanProblem {
  readonly code: PlanErrorCode;
  /** A JSON pointer into the plan: /operations/3/node. "" is the whole plan. */
  readonly path: string;
  readonly expected: string;
  readonly got: string;
  readonly hint: string;
}

/** The error for an unusable plan or token: what was expected where, what was found, and what to do. */
export class PlanError extends Error implements PlanProblem {
  override readonly name = "PlanError";
  readonly code: PlanErrorCode;
  readonly path: string;
  readonly expected: string;
  readonly got: string;
  readonly hint: string;

  constructor({ code, path, expected, got, hint }: PlanProblem, options?: ErrorOptions) {
    super(
      `${code} at ${path === "" ? "the plan" : path}: expected ${expected}, got ${got}; ${hint}`,
      options,
    );
    this.code = code;
    this.path = path;
    this.expected = expected;
    this.got = got;
    this.hint = hint;
  }
}

/** Returns the found value as text, shortened for a message. */
export function shown(value: unknown): string {
  // JSON cannot express Infinity, which a number in the input becomes if it is too large.
  const text =
    value === undefined
      ? "nothing"
      : typeof value === "number"
        ? String(value)
        : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
