/** A set that only grows (Jepsen's set histories: `add` and `read` of all): what was known must stay. */
import { conclude } from "../conclude.ts";
import { EdnReader, print } from "./edn.ts";
import { HistoryError } from "../language/history-error.ts";
import { fateOf, fatesTogether } from "../durable/set-full.ts";
import type { Anomaly, Judgement } from "../language/verdict.ts";
import type { ForeignHistory, ForeignOperation } from "./history.ts";

/** `durable`: nothing that is known is lost. `linearizable`: nor is it absent for a while. */
export type SetGuarantee = "durable" | "linearizable";

interface SetRead {
  readonly read: ForeignOperation;
  readonly elements: ReadonlySet<string>;
}

/** Throws HistoryError for a read that returned no list or set. */
export function judgeSet({ operations }: ForeignHistory, guarantee: SetGuarantee): Judgement {
  const adds = operations.filter(({ f }) => f === "add");
  const anomalies: Anomaly[] = [];
  const found = (explanation: string, proof: readonly ForeignOperation[]): void =>
    void anomalies.push({ guarantee, explanation, operations: proof.map(({ op }) => op) });
  const reads = operations
    .filter(({ f }) => f === "read")
    .map((read): SetRead => {
      const elements = elementsOf(read);
      const set = new Set(elements);
      if (set.size < elements.length)
        found(
          `${brief(read)} returned ${elements.find((element, i) => elements.indexOf(element) < i) ?? ""} twice`,
          [read],
        );
      return { read, elements: set };
    });
  reads.sort((a, b) => b.read.start - a.read.start);
  const firstShown = new Map<string, number>();
  const started = new Map<string, number>();
  for (const { value, start } of adds)
    started.set(value ?? "nil", Math.min(started.get(value ?? "nil") ?? Infinity, start));
  for (const { read, elements } of reads) {
    for (const element of elements) {
      firstShown.set(element, Math.min(firstShown.get(element) ?? Infinity, read.end));
      if ((started.get(element) ?? Infinity) > read.end)
        found(`${brief(read)} returned ${element}, which nobody had begun to add`, [read]);
    }
  }
  const fates = elementsAdded(adds).map(({ value, acknowledged, add }) => {
    const known = Math.min(acknowledged, firstShown.get(value) ?? Infinity);
    const present = reads.find(({ elements }) => elements.has(value));
    const absent = reads.find(({ elements }) => !elements.has(value));
    const fate = fateOf({
      known,
      lastPresent: present?.read.start ?? -Infinity,
      lastAbsent: absent?.read.start ?? -Infinity,
    });
    const since = acknowledged === known ? "acknowledged" : "read";
    if (absent !== undefined && fate.fate === "lost")
      found(
        `${value}, by ${brief(add)}, had been ${since} before ${brief(absent.read)} began, but neither that nor any later read shows it`,
        [add, absent.read],
      );
    if (
      absent !== undefined &&
      guarantee === "linearizable" &&
      fate.fate === "stable" &&
      fate.staleFor > 0
    ) {
      found(
        `${value}, by ${brief(add)}, had been ${since} before ${brief(absent.read)} began, which does not show it, though a later read does`,
        [add, absent.read],
      );
    }
    return fate;
  });
  // Nothing was asked of elements that no read came after.
  const judged = fates.filter(({ fate }) => fate === "stable" || fate === "lost").length;
  return conclude({
    anomalies,
    judged,
    measurements: fatesTogether(fates, { name: "Events", per: 1 }),
  });
}

/** An element may be added more than once: known is the first acknowledgement. */
function elementsAdded(
  adds: readonly ForeignOperation[],
): { readonly value: string; readonly acknowledged: number; readonly add: ForeignOperation }[] {
  const byValue = new Map<string, { value: string; acknowledged: number; add: ForeignOperation }>();
  for (const add of adds) {
    const value = add.value ?? "nil";
    const before = byValue.get(value);
    if (before === undefined || add.end < before.acknowledged)
      byValue.set(value, { value, acknowledged: add.end, add });
  }
  return [...byValue.values()];
}

function elementsOf({ value, endLine, startLine }: ForeignOperation): string[] {
  const elements = value === null ? null : new EdnReader(value).read();
  if (!Array.isArray(elements))
    throw new HistoryError(
      "bad-field",
      "a read whose :value is a set, list or vector",
      value ?? "nil",
      endLine ?? startLine,
    );
  return elements.map(print);
}

const brief = ({ f, process, startLine, value }: ForeignOperation): string =>
  `${f === "add" ? `add ${value ?? "nil"}` : "the read"} of process ${process} (line ${startLine})`;
