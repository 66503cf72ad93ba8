/** Errors that are no verdict: failures of the environment (exit 70) and wrong uses of quorate (exit 64). */

/** The four parts of every error message. `expected` and `got` end a sentence: "a Docker engine", "no socket". */
export interface Complaint {
  /** Stable: scripts may match on it. */
  readonly code: string;
  readonly expected: string;
  readonly got: string;
  /** What the user can do about it. */
  readonly hint: string;
}

const sentence = (complaint: Complaint): string =>
  `${complaint.code}: expected ${complaint.expected}; got ${complaint.got}. ${complaint.hint}`;

/** The base class of all errors that quorate throws on purpose. */
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

/** A failure of the environment: no engine, a missing tool, a container that does not start. Exit 70. */
export class EnvironmentError extends Complained {}

/**
 * A run that cannot be judged through no fault of the store or the environment: a planted bug that throws or never
 * returns. Exit 2.
 */
export class UnjudgedError extends Complained {}

/** A wrong command, flag, value or setting. Exit 64. */
export class UsageError extends Complained {}

const fullDisk = ["ENOSPC", "EDQUOT", "EFBIG"] as const;

/** Whether a disk is full. */
export const isDiskFull = (error: unknown): boolean =>
  error instanceof Error && "code" in error && fullDisk.some((code) => code === error.code);

/** Error codes of an operating system that ran out of something, or of a failing disk. A stack trace would not help. */
const ofTheMachine: ReadonlySet<string> = new Set([
  ...fullDisk,
  "EROFS",
  "EIO",
  "EMFILE",
  "ENFILE",
  "EACCES",
  "EPERM",
  // What lies where a file of ours should be: somebody put it there, or took it away while we ran.
  "EISDIR",
  "ENOTDIR",
  "ELOOP",
  "ENAMETOOLONG",
]);

/** Whether the operating system refused: a full disk, missing rights, too many open files, a folder in a file's place. */
export const isOfTheMachine = (error: unknown): boolean =>
  error instanceof Error &&
  "code" in error &&
  typeof error.code === "string" &&
  ofTheMachine.has(error.code);
