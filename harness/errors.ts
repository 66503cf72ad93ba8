/**
 * Errors that quorate throws on purpose, with the exit status of the process: the environment fails (70), quorate is
 * used wrongly (64), a run cannot be judged (2), a tested node is at fault (1).
 */

/**
 * The four parts of the message of each error that quorate throws on purpose, such as an EnvironmentError. `expected` and `got` end a
 * sentence: "expected a Docker engine; got no socket".
 */
export interface Complaint {
  /** The error's code. Codes are stable, so scripts may match on them. */
  readonly code: string;
  readonly expected: string;
  readonly got: string;
  /** What the user can do about it. */
  readonly hint: string;
}

const sentence = (complaint: Complaint): string =>
  `${complaint.code}: expected ${complaint.expected}; got ${complaint.got}. ${complaint.hint}`;

/** The base class of the errors that quorate throws on purpose. */
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

/**
 * A failure of the environment: no engine, a missing tool, a container that does not start. `quorate` then exits with
 * status 70.
 */
export class EnvironmentError extends Complained {}

/**
 * A run that cannot be judged, although neither the store nor the environment is at fault: for example, a planted bug
 * throws or never returns. `quorate` then exits with status 2.
 */
export class UnjudgedError extends Complained {}

/**
 * A fault of a tested node that no history shows: the node broke the protocol with the harness, or left processes
 * behind. `quorate` then exits with status 1, as for a broken promise.
 */
export class NodeFaultError extends Complained {}

/** A wrong command, flag, value or setting. `quorate` then exits with status 64. */
export class UsageError extends Complained {}

const fullDisk = ["ENOSPC", "EDQUOT", "EFBIG"] as const;

/** Whether the error says that a disk or a quota is full, or that a file is too large. */
export const isDiskFull = (error: unknown): boolean =>
  error instanceof Error && "code" in error && fullDisk.some((code) => code === error.code);

/**
 * The operating system's error codes for a full or failing disk, denied access and the like. For these errors a stack
 * trace is no help.
 */
const ofTheMachine: ReadonlySet<string> = new Set([
  ...fullDisk,
  "EROFS",
  "EIO",
  "EMFILE",
  "ENFILE",
  "EACCES",
  "EPERM",
  // These codes mean that something else lies at the path of one of our files.
  "EISDIR",
  "ENOTDIR",
  "ELOOP",
  "ENAMETOOLONG",
]);

/**
 * Whether the operating system caused the error: a full disk, missing rights, too many open files, or a folder in a
 * file's place.
 */
export const isOfTheMachine = (error: unknown): boolean =>
  error instanceof Error &&
  "code" in error &&
  typeof error.code === "string" &&
  ofTheMachine.has(error.code);
