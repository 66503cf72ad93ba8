/** Why a plan was refused. */
export type PlanErrorCode =
  /** Not JSON, or not shaped as a plan. */
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

/** What is wrong with a plan, and where. */
export interface PlanProblem {
  readonly code: PlanErrorCode;
  /** A JSON pointer into the plan: /operations/3/node; "" is the whole. */
  readonly path: string;
  readonly expected: string;
  readonly got: string;
  readonly hint: string;
}

/** A plan or token that cannot be used: what was expected where, what came, what to do. */
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

/** What came, short enough for a message. */
export function shown(value: unknown): string {
  // JSON has no word for a number that is too large.
  const text =
    value === undefined
      ? "nothing"
      : typeof value === "number"
        ? String(value)
        : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
