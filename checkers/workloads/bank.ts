/** Judges a bank: money moves between accounts, so that their sum never changes. Jepsen's `bank`. */
import {
  type ClientOperation,
  numbered,
  type OperationNames,
  type WorkloadResult,
} from "../language/workload-result.ts";
import { WorkloadFindings } from "../language/workload-findings.ts";

/** A read of all accounts. Transfers need not be given, since they are not judged. */
export interface BankRead extends ClientOperation {
  /**
   * The balance of each account. A balance is null if the account has none. Undefined: the result of the read is
   * unknown.
   */
  readonly balances: ReadonlyMap<string, number | null> | undefined;
}

/** The kinds of anomalies of a bank. */
export type BankAnomalyKind =
  "wrong-total" | "negative-balance" | "unexpected-account" | "missing-balance";

/** What a bank must hold: its accounts and their total. */
export interface BankQuestion {
  readonly accounts: readonly string[];
  readonly total: number;
  /** Whether balances may be negative. Default: false. */
  readonly allowsNegative?: boolean;
  /** Rounds a sum of balances, for balances that are not whole numbers. Default: the sum itself. */
  readonly exact?: (sum: number) => number;
  readonly nameOf?: OperationNames;
}

/** Judges the reads of a bank. Reports only the first fault of each read, in the order of Jepsen's checker. */
export function checkBank(
  reads: readonly BankRead[],
  {
    accounts,
    total,
    allowsNegative = false,
    exact = (sum) => sum,
    nameOf = numbered,
  }: BankQuestion,
): WorkloadResult<BankAnomalyKind> {
  const findings = new WorkloadFindings<BankAnomalyKind>();
  const known = new Set(accounts);
  let judged = 0;
  for (const { op, outcome, balances } of reads) {
    if (outcome !== "ok" || balances === undefined) continue;
    judged++;
    const found = (kind: BankAnomalyKind, what: string): void =>
      findings.found(kind, () => ({
        sentence: `The read of ${nameOf(op)} ${what}.`,
        operations: [op],
      }));
    const entries = [...balances];
    const strange = entries.find(([account]) => !known.has(account));
    const missing = entries.find(([, balance]) => balance === null);
    const sum = exact(entries.reduce((so, [, balance]) => so + (balance ?? 0), 0));
    const negative = entries.find(([, balance]) => (balance ?? 0) < 0);
    if (strange !== undefined)
      found("unexpected-account", `shows account ${strange[0]}, which does not exist`);
    else if (missing !== undefined)
      found("missing-balance", `shows no balance of account ${missing[0]}`);
    else if (sum !== total)
      found("wrong-total", `shows ${sum} in all accounts together, but ${total} is right`);
    else if (negative !== undefined && !allowsNegative)
      found("negative-balance", `shows ${negative[1] ?? 0} in account ${negative[0]}`);
  }
  return findings.conclude(judged);
}
