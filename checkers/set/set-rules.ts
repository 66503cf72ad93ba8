/** The rules by which a set can be judged. */

export const setRules = [
  /** No read shows what nobody began to add. */
  "set-no-thin-air",
  /** Each final read shows every acknowledged element that nobody began to remove. */
  "set-complete",
  /** Each read shows every element that was acknowledged before the read began, unless somebody began to remove it. */
  "set-fresh",
  /** There is an order of all operations that respects real time and explains all reads. */
  "set-linearizable",
  /** Jepsen's `set`: the last read shows every acknowledged element and nothing that was never tried. */
  "jepsen-set",
  /** Jepsen's `set-full`: no element that was known is missing from then on to the end. */
  "jepsen-set-full",
  /** The same with `:linearizable? true`: nor is it missing for a while. */
  "jepsen-set-full-linearizable",
] as const;

export type SetRule = (typeof setRules)[number];

export type SetAnomalyKind =
  /** A read shows what nobody began to add before the read ended. */
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
