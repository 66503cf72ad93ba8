/** Exit statuses, and the mapping from errors to them. */
import type { Outcome } from "../../checkers/index.ts";
import { ownCodeError } from "../config/own-code.ts";
import {
  type Complaint,
  EnvironmentError,
  isOfTheMachine,
  NodeFaultError,
  UnjudgedError,
  UsageError,
} from "../errors.ts";

export const exit = { held: 0, broken: 1, unknown: 2, usage: 64, environment: 70 } as const;

export const exitOf: Readonly<Record<Outcome, number>> = {
  valid: exit.held,
  invalid: exit.broken,
  unknown: exit.unknown,
};

/** Maps a thrown value to its exit status, its stable code and a sentence for people. */
export function failureOf(thrown: unknown): {
  readonly status: number;
  readonly code: string;
  readonly message: string;
} {
  if (isAskedWrongly(thrown))
    return { status: exit.usage, code: thrown.code, message: thrown.message };
  if (thrown instanceof UnjudgedError)
    return { status: exit.unknown, code: thrown.code, message: thrown.message };
  if (thrown instanceof NodeFaultError)
    return { status: exit.broken, code: thrown.code, message: thrown.message };
  if (thrown instanceof EnvironmentError)
    return { status: exit.environment, code: thrown.code, message: thrown.message };
  const own = ownCodeError(thrown);
  if (own !== null) return { status: exit.usage, code: own.code, message: own.message };
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  if (isOfTheMachine(error))
    return {
      status: exit.environment,
      code: "machine-refused",
      message: `machine-refused: expected that quorate can write and read the files of a run; got ${error.message}. Make room, allow access, or name another folder with --out; files that were written before are still there`,
    };
  if (isMissingFile(error))
    return {
      status: exit.environment,
      code: "machine-refused",
      message: `machine-refused: expected the files and folders that this command uses to stay where they are; got ${error.message}. Something removed or renamed one of them, or the folder for temporary files (TMPDIR) does not exist`,
    };
  return {
    status: exit.environment,
    code: "internal",
    message: `quorate itself failed, please report it: ${error.stack ?? error.message}`,
  };
}

/** Whether a file or folder is missing: the user may have removed or renamed the folder of a run that goes on. */
const isMissingFile = (error: Error): boolean =>
  "code" in error &&
  error.code === "ENOENT" &&
  "syscall" in error &&
  !String(error.syscall).startsWith("spawn");

/**
 * The names of errors that a wrong use of the command causes. Importing their classes would make commands start more
 * slowly.
 */
const askedWrongly = ["SettingsError", "PlanError", "HistoryError"];

function isAskedWrongly(thrown: unknown): thrown is Error & { readonly code: string } {
  return (
    thrown instanceof UsageError ||
    (thrown instanceof Error &&
      askedWrongly.includes(thrown.name) &&
      "code" in thrown &&
      typeof thrown.code === "string")
  );
}

export function usage(complaint: Complaint): UsageError {
  return new UsageError(complaint);
}
