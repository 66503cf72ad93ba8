/**
 * Decides causal consistency by its definition (Bouajjani et al., POPL 2017, section 3), for tiny histories. It is
 * enough to check the smallest causal order. Every causal order contains the orders of the sessions and puts each write
 * before its reads, and a larger order only requires more.
 */
export interface OracleOperation {
  readonly session: number;
  readonly key: string;
  /** The value that was written or returned. Undefined if a read returned the initial value. */
  readonly value: string | undefined;
  readonly write: boolean;
}

/**
 * Whether the history is consistent. The operations of each session must be in their order. For `CCv`, one order of all
 * operations must explain all reads. For `CC`, each read may have an order of its own.
 */
export function isCausal(operations: readonly OracleOperation[], level: "CC" | "CCv"): boolean {
  const size = operations.length;
  const before = operations.map((b, j) =>
    operations.map(
      (a, i) =>
        (i < j && a.session === b.session) ||
        (a.write && !b.write && a.key === b.key && a.value === b.value),
    ),
  );
  for (let k = 0; k < size; k++)
    for (let i = 0; i < size; i++)
      for (let j = 0; j < size; j++)
        if (before[j]?.[k] === true && before[k]?.[i] === true) (before[j] as boolean[])[i] = true;
  if (before.some((row, i) => row[i])) return false;
  const past = (j: number): number[] =>
    [...operations.keys()].filter((i) => i === j || before[j]?.[i] === true);
  const reads = [...operations.keys()].filter((i) => operations[i]?.write === false);
  const explains = (order: readonly number[], read: number): boolean => {
    const seen = past(read);
    const last = order
      .filter(
        (i) =>
          seen.includes(i) &&
          operations[i]?.write === true &&
          operations[i]?.key === operations[read]?.key,
      )
      .at(-1);
    return (last === undefined ? undefined : operations[last]?.value) === operations[read]?.value;
  };
  const orders = (
    of: readonly number[],
    fits: (order: readonly number[]) => boolean,
    order: readonly number[] = [],
  ): boolean => {
    const left = of.filter((i) => !order.includes(i));
    if (left.length === 0) return fits(order);
    return left.some((i) => !left.some((j) => before[i]?.[j]) && orders(of, fits, [...order, i]));
  };
  if (level === "CCv")
    return orders([...operations.keys()], (order) => reads.every((read) => explains(order, read)));
  return reads.every((read) => orders(past(read), (order) => explains(order, read)));
}
