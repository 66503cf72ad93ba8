/** The type of a workload: what clients do, and its name. Each workload is one file, listed in registry.ts. */
import type { Random } from "fast-check";
import type { Json, Plan, PlannedOperation, Settings } from "../plan.ts";
import type { OverRegister, RegisterPromises } from "./over-register.ts";

/** An operation of a plan with the name of its key. */
export interface NamedOperation extends PlannedOperation {
  readonly keyName: string;
}

/** One operation of a workload. */
export interface WorkloadOperation {
  /** JSON Schema of `args`. Absent: it has none. */
  readonly args?: object;
  /** Describes the operation as the end of a sentence that begins with "c1". `index`: the operation's number. */
  say(operation: NamedOperation, index: number): string;
  /** Whether it changes the store's content. */
  readonly writes: boolean;
  /**
   * The arguments that the client sends, if they depend on earlier results. Absent: as planned.
   *
   * @param op The operation's number in the history.
   * @param seen The last value that the client read or wrote for the key. Undefined: none yet.
   */
  argsNow?(
    operation: PlannedOperation,
    op: number,
    seen: Json | undefined,
  ): Readonly<Record<string, Json>>;
  /** The number of parts that shrinking may remove one by one, such as the steps of a transaction. Absent: none. */
  partsOf?(operation: PlannedOperation): number;
  /** The operation without that part, counted from 0. Present if `partsOf` is. */
  narrow?(operation: PlannedOperation, part: number): PlannedOperation;
}

/** Relative frequencies of operations. 0 excludes one. */
export type Mix = Readonly<Record<string, number>>;

/**
 * A workload: what clients do. Checkers that list its name in `workloads` judge the result.
 *
 * @example
 * // Reads and writes, twice as many reads.
 * const readMostly: Workload = {
 *   name: "read-mostly",
 *   meaning: "Clients read and write single keys, and mostly read.",
 *   operations: {
 *     read: { say: ({ keyName }) => `reads ${keyName}`, writes: false },
 *     write: { say: ({ keyName }, index) => `writes v${index} to ${keyName}`, writes: true },
 *   },
 *   always: "read",
 *   carries: false,
 *   mix: () => ({ read: 2, write: 1 }),
 *   finalReads: ({ keys }) => draw.range(keys).map((key) => ({ f: "read", key })),
 * };
 */
export type Workload = WorkloadShape & (MadeOfRegister | NotMadeOfRegister);

/**
 * The names of built-in workloads. Each file adds its own to this interface (`declare module`), so that the compiler
 * finds one that registry.ts lacks.
 */
export interface BuiltInWorkloads {}

/** A workload of this folder, which has declared its name. */
export type BuiltInWorkload<Name extends keyof BuiltInWorkloads> = Workload & {
  readonly name: Name;
};

interface WorkloadShape {
  readonly name: string;
  /** One sentence about the workload for help and documents. */
  readonly meaning: string;
  readonly operations: Readonly<Record<string, WorkloadOperation>>;
  /** The operation that every plan contains, since without it there is nothing to judge. */
  readonly always: string;
  /** Whether writes may carry the context of an earlier operation of the same client on the same key. */
  readonly carries: boolean;
  /** The workload has a single object, so plans have one key. */
  readonly oneKey?: true;
  /**
   * The relative frequencies of operations. `usePercent`: the percentage of plans that use an operation, unless the
   * target sets another.
   */
  mix(random: Random, usePercent: (f: string, usual: number) => number): Mix;
  /** Draws further arguments of an operation. `index`: the operation's number. */
  args?(
    random: Random,
    operation: PlannedOperation,
    index: number,
    settings: Settings,
  ): PlannedOperation["args"];
  /** The last operations of every history after all faults: reads, or operations that show the same. */
  finalReads(plan: Plan): readonly Pick<PlannedOperation, "f" | "key" | "args">[];
}

/**
 * Every target can run the workload. It defines how it is built from a register, and what the register's promises mean
 * for it.
 */
interface MadeOfRegister {
  /** How a plan's operations are built from register requests. */
  overRegister(plan: Plan): OverRegister;
  /** The workload's promises that follow from the register's: names of guarantees, also of your own checkers. */
  promisedOver(register: RegisterPromises): readonly string[];
}

/** Only targets that list the workload can run it. */
interface NotMadeOfRegister {
  readonly overRegister?: never;
  readonly promisedOver?: never;
}
