/** The rules for judging sets. */

export const setRules = [
  /** No read shows an element whose add had not begun. */
  "set-no-thin-air",
  /** Each final read shows every acknowledged element whose removal was never begun. */
  "set-complete",
  /** Each read shows every element acknowledged before it began, unless a removal may explain its absence. */
  "set-fresh",
  /** Some order of all operations respects real time and explains all reads. */
  "set-linearizable",
  /** Jepsen's `set`: the last read shows every acknowledged element and nothing that was never tried. */
  "jepsen-set",
  /** Jepsen's `set-full`: no known element is missing from some point to the end. */
  "jepsen-set-full",
  /** The same with `:linearizable? true`: no known element is missing even temporarily. */
  "jepsen-set-full-linearizable",
] as const;

/** The name of a rule for sets. */
export type SetRule = (typeof setRules)[number];

/** The kinds of anomalies of sets. */
export type SetAnomalyKind =
  /** A read shows an element whose add had not begun before the read ended. */
  | "thin-air"
  /** A read shows what only failed adds tried to add. */
  | "failed-add-shown"
  /** A read shows an element twice. */
  | "duplicate-element"
  /** A read lacks an element that had to be there. */
  | "missing"
  /** No read from some time on shows the element. */
  | "lost"
  /** A read lacks an element that was known before, and a later read shows it. */
  | "stale"
  /** Two reads each lack what the other shows. */
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
