/** Errors of the user's code that runs on a thread, which the thread itself cannot report. */
import { type Complained, NodeFaultError, UnjudgedError } from "./errors.ts";

/** Whose code the thread runs: a planted bug's file, or nodes in the simulator. */
export type ThreadCode = "bug" | "node";

/** The code ends its thread, its thread stays busy without a sign of life, or it throws where nobody can catch. */
export type ThreadEnd = "ended" | "stuck" | "threw";

const expected: Readonly<Record<ThreadCode, string>> = {
  bug: "a planted bug whose parts return",
  node: "a node whose module and handlers return",
};

const hints: Readonly<Record<ThreadCode, Readonly<Record<ThreadEnd, string>>>> = {
  bug: {
    ended: "Look for process.exit, or an await that never ends, in the bug's file",
    stuck:
      "Look for a loop without end in the bug's file; the run's folder keeps what was written before",
    threw: "Catch the error in the bug's file",
  },
  node: {
    ended: "Look for process.exit, or an await that never ends, in the node's code",
    stuck:
      "Look for a loop without end in the node's code; the run's folder keeps what was written before",
    threw:
      "Look for a promise or a timer of Node.js in the node's code: the simulator awaits nothing (docs/tutorial-node.md)",
  },
};

/**
 * The error for an end of the thread's code that left no verdict.
 *
 * @param got What the thread did.
 * @returns NodeFaultError if a node ends its thread. Else UnjudgedError, since quorate itself may also be slow or throw.
 */
export function threadError(code: ThreadCode, end: ThreadEnd, got: string): Complained {
  const complaint = {
    code: code === "node" && end === "ended" ? nodeExited : `${code}-${end}`,
    expected: expected[code],
    got,
    hint: hints[code][end],
  };
  return code === "node" && end === "ended"
    ? new NodeFaultError(complaint)
    : new UnjudgedError(complaint);
}

/** The code of the error for a node that ends its process, which in the simulator is quorate's. */
export const nodeExited = "node-exited";
