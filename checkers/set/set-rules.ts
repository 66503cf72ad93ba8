/** The rules for judging sets. */

export const setRules = [
  /** No read shows an element of which no add had begun when the read ended. */
  "set-no-thin-air",
  /** Each final read shows every element whose add was acknowledged and whose removal never began. */
  "set-complete",
  /**
   * Each read shows every element whose add was acknowledged before the read began, unless a removal may have taken it.
   */
  "set-fresh",
  /** Some order of all operations respects real time and explains all reads. */
  "set-linearizable",
  /** Jepsen's `set`: the last read shows every acknowledged element, and no element that nobody tried to add. */
  "jepsen-set",
  /**
   * Jepsen's `set-full`: no element that was known (its add was acknowledged, or a read showed it) is missing in the
   * last reads, and no read shows an element twice.
   */
  "jepsen-set-full",
  /**
   * Jepsen's `set-full` with `:linearizable? true`: as `jepsen-set-full`, and no read that begins after an element was
   * known lacks that element.
   */
  "jepsen-set-full-linearizable",
] as const;

/** The name of a rule for sets. */
export type SetRule = (typeof setRules)[number];

/** The kinds of anomalies of sets. */
export type SetAnomalyKind =
  /**
   * A read shows an element although no add of it had begun when the read ended. For `jepsen-set`: no add ever began.
   */
  | "thin-air"
  /** A read shows an element that, by the end of the read, only failed adds had tried to add. */
  | "failed-add-shown"
  /** A read shows one element more than once. */
  | "duplicate-element"
  /** A read lacks an element that it had to show. */
  | "missing"
  /** From some time on, no read shows an element that was known before. For `jepsen-set`: the last read lacks it. */
  | "lost"
  /** A read lacks an element that was known before, although a later read shows it. */
  | "stale"
  /** Each of two reads lacks an element that the other shows. */
  | "forked-reads"
  /** No order that respects real time explains all reads. */
  | "no-order";

const forbidden: Readonly<Record<SetRule, readonly SetAnomalyKind[]>> = {
  "set-no-thin-air": ["thin-air"],
  "set-complete": ["missing"],
  "set-fresh": ["missing"],
  "set-linearizable": ["thin-air", "failed-add-shown", "forked-reads", "no-order"],
  "jepsen-set": ["thin-air", "lost"],
  "jepsen-set-full": ["lost", "duplicate-element"],
  "jepsen-set-full-linearizable": ["lost", "duplicate-element", "stale"],
};

export const isForbidden = (rule: SetRule, kind: SetAnomalyKind): boolean =>
  forbidden[rule].includes(kind);
