/** What goes wrong outside of any test's verdict: the environment (exit 70) and how quorate was asked (exit 64). */

/**
 * The four things that every failure says. `expected` and `got` are sentences' ends: "a Docker engine", "no socket".
 */
export interface Complaint {
  /** Stable: scripts may match on it. */
  readonly code: string;
  readonly expected: string;
  readonly got: string;
  /** What to do about it. */
  readonly hint: string;
}

const sentence = (complaint: Complaint): string =>
  `${complaint.code}: expected ${complaint.expected}; got ${complaint.got}. ${complaint.hint}`;

/** All that quorate throws on purpose. */
export abstract class Complained extends Error implements Complaint {
  readonly code: string;
  readonly expected: string;
  readonly got: string;
  readonly hint: string;

  constructor(complaint: Complaint, cause?: unknown) {
    super(sentence(complaint), cause === undefined ? {} : { cause });
    this.name = new.target.name;
    this.code = complaint.code;
    this.expected = complaint.expected;
    this.got = complaint.got;
    this.hint = complaint.hint;
  }
}

/** The harness or what it stands on failed: no engine, a tool missing, a container that does not start. Exit 70. */
export class EnvironmentError extends Complained {}

/**
 * What was run cannot be judged, by no fault of the store's or the environment's: a planted bug that throws or never
 * returns. Exit 2.
 */
export class UnjudgedError extends Complained {}

/** A command, flag, value or setting that makes no sense. Exit 64. */
export class UsageError extends Complained {}

/**
 * What an operating system says when it has no more to give, or a disk failed: no fault of quorate's, and no stack says
 * more.
 */
const ofTheMachine: ReadonlySet<string> = new Set([
  "ENOSPC",
  "EDQUOT",
  "EROFS",
  "EFBIG",
  "EIO",
  "EMFILE",
  "ENFILE",
  "EACCES",
  "EPERM",
]);

/** Whether the machine refused: a full disk, no rights, no more files. */
export const isOfTheMachine = (error: unknown): boolean =>
  error instanceof Error &&
  "code" in error &&
  typeof error.code === "string" &&
  ofTheMachine.has(error.code);
