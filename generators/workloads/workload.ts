/** A workload: what clients do, and what it is called. One file a workload; registry.ts lists them. */
import type { Random } from "fast-check";
import type { Json, Plan, PlannedOperation, Settings } from "../plan.ts";
import type { OverRegister, RegisterPromises } from "./over-register.ts";

/** An operation of a plan, with the name of its key. */
export interface NamedOperation extends PlannedOperation {
  readonly keyName: string;
}

/** One operation of a workload. */
export interface WorkloadOperation {
  /** JSON Schema of `args`; absent: it takes none. */
  readonly args?: object;
  /** What the client does, as "c1 …" goes on. `index`: the operation's number. */
  say(operation: NamedOperation, index: number): string;
  /** It changes what the store holds. */
  readonly writes: boolean;
  /**
   * The arguments as the client sends them, where they depend on what happened before. Absent: as planned.
   *
   * @param op The operation's number in the history.
   * @param seen What the client saw or wrote last at the key; undefined: nothing yet.
   */
  argsNow?(
    operation: PlannedOperation,
    op: number,
    seen: Json | undefined,
  ): Readonly<Record<string, Json>>;
  /** How many parts shrinking may take away one by one, such as the steps of a transaction. Absent: none. */
  partsOf?(operation: PlannedOperation): number;
  /** Without that part, counted from 0. Wherever there is `partsOf`. */
  narrow?(operation: PlannedOperation, part: number): PlannedOperation;
}

/** How often each operation is drawn; 0 leaves it out. */
export type Mix = Readonly<Record<string, number>>;

/**
 * A workload: what clients do. Checkers whose `workloads` list its name judge what they did.
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
 * The built-in workloads. Each file adds its own to this interface (`declare module`), so that the compiler names the
 * one that registry.ts lacks.
 */
export interface BuiltInWorkloads {}

/** A workload of a file beside this one, which has declared its name. */
export type BuiltInWorkload<Name extends keyof BuiltInWorkloads> = Workload & {
  readonly name: Name;
};

interface WorkloadShape {
  readonly name: string;
  /** What it is, in one sentence, for help and documents. */
  readonly meaning: string;
  readonly operations: Readonly<Record<string, WorkloadOperation>>;
  /** Every plan has this operation at least once: without it there is nothing to judge. */
  readonly always: string;
  /** Writes may carry the context of an earlier operation of the same client on the same key. */
  readonly carries: boolean;
  /** There is one object, not several: plans have one key. */
  readonly oneKey?: true;
  /** `usePercent`: in how many of 100 plans an operation is used at all, where the target says nothing else. */
  mix(random: Random, usePercent: (f: string, usual: number) => number): Mix;
  /** What an operation has beside its key. `index`: the operation's number. */
  args?(
    random: Random,
    operation: PlannedOperation,
    index: number,
    settings: Settings,
  ): PlannedOperation["args"];
  /**
   * The last operations of every history, after all faults: reads, or for a workload without reads what shows the same.
   */
  finalReads(plan: Plan): readonly Pick<PlannedOperation, "f" | "key" | "args">[];
}

/** Every target runs it. Who says how it is made of a register says too what that is worth. */
interface MadeOfRegister {
  /** How a plan's operations are made of a register's. */
  overRegister(plan: Plan): OverRegister;
  /**
   * What a register's promises come to for the workload made of it: names of guarantees, a checker's of one's own too.
   */
  promisedOver(register: RegisterPromises): readonly string[];
}

/** Only targets that list the workload run it. */
interface NotMadeOfRegister {
  readonly overRegister?: never;
  readonly promisedOver?: never;
}
