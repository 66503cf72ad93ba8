/** The type of a workload, which says what clients do. The built-in workloads are listed in registry.ts. */
import type { Random } from "fast-check";
import type { Json, Plan, PlannedOperation, Settings } from "../plan.ts";
import type { OverRegister, RegisterPromises } from "./over-register.ts";

/** An operation of a plan with the name of its key. */
export interface NamedOperation extends PlannedOperation {
  readonly keyName: string;
}

/** One operation of a workload. */
export interface WorkloadOperation {
  /** The JSON Schema of the operation's `args`. Absent if the operation has no arguments. */
  readonly args?: object;
  /**
   * Describes the operation as the end of a sentence that begins with the client's name. `index` is the operation's
   * number.
   */
  say(operation: NamedOperation, index: number): string;
  /** Whether the operation changes the store's content. */
  readonly writes: boolean;
  /**
   * Returns the arguments that the client sends, if they depend on earlier results. If absent, the client sends the
   * planned arguments.
   *
   * @param op The operation's number in the history.
   * @param seen The last value that the client read or wrote for the key. Undefined: none yet.
   */
  argsNow?(
    operation: PlannedOperation,
    op: number,
    seen: Json | undefined,
  ): Readonly<Record<string, Json>>;
  /**
   * The number of parts of the operation that shrinking may remove one by one, such as the steps of a transaction.
   * Absent: none.
   */
  partsOf?(operation: PlannedOperation): number;
  /** Returns the operation without part number `part`, counted from 0. Present if `partsOf` is present. */
  narrow?(operation: PlannedOperation, part: number): PlannedOperation;
}

/** The relative frequencies of operations by name. An operation with the frequency 0 does not occur. */
export type Mix = Readonly<Record<string, number>>;

/**
 * A workload says what clients do. The checkers whose `workloads` list its name or are "all" judge its histories.
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
 * The built-in workloads by name. Each workload's file adds its name to this interface (`declare module`), so that the
 * compiler reports a workload that registry.ts lacks.
 */
export interface BuiltInWorkloads {}

/** A workload of this folder, whose file has added its name to `BuiltInWorkloads`. */
export type BuiltInWorkload<Name extends keyof BuiltInWorkloads> = Workload & {
  readonly name: Name;
};

interface WorkloadShape {
  readonly name: string;
  /** One sentence about the workload for help and documents. */
  readonly meaning: string;
  readonly operations: Readonly<Record<string, WorkloadOperation>>;
  /** The operation that every drawn plan contains, since without it there is nothing to judge. */
  readonly always: string;
  /** Whether writes may carry the context of an earlier operation of the same client on the same key. */
  readonly carries: boolean;
  /** True if the workload has a single object, so that drawn plans have one key. */
  readonly oneKey?: true;
  /**
   * Draws the relative frequencies of operations. `usePercent` returns the percentage of plans that use operation `f`:
   * `usual`, unless the target or `quick` sets another.
   */
  mix(random: Random, usePercent: (f: string, usual: number) => number): Mix;
  /** Draws further arguments of an operation. `index`: the operation's number. */
  args?(
    random: Random,
    operation: PlannedOperation,
    index: number,
    settings: Settings,
  ): PlannedOperation["args"];
  /** The last operations of every history, after all faults: reads, or other operations that show the final state. */
  finalReads(plan: Plan): readonly Pick<PlannedOperation, "f" | "key" | "args">[];
}

/**
 * A workload that every target with the workload `register` or `siblings` can run. It defines how its operations are
 * built from register requests, and what the register's promises mean for it.
 */
interface MadeOfRegister {
  /** How a plan's operations are built from register requests. */
  overRegister(plan: Plan): OverRegister;
  /**
   * Returns the names of the workload's guarantees that follow from the register's promises. They may be guarantees of
   * your own checkers.
   */
  promisedOver(register: RegisterPromises): readonly string[];
}

/** A workload that only targets that list it can run. */
interface NotMadeOfRegister {
  readonly overRegister?: never;
  readonly promisedOver?: never;
}
