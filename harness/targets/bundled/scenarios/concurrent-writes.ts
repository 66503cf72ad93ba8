import {
  named,
  overlap,
  type Case,
  type Finding,
  type Scenario,
  type Seen,
} from "../../../scenario/scenario.ts";
import { planOf } from "./plan-of.ts";
import type { StoreSettings } from "../../../../store/index.ts";

const keys = 4;

/** Makes a case in which two clients write the same key at the same time through two nodes, for each of the keys. */
function caseOf(setting: string, allowed: boolean, changes: Partial<StoreSettings>): Case {
  const operations = [0, 1, 2, 3].flatMap((key) =>
    [0, 1].map(
      (client) => ({ client, afterMs: 300, node: (key + client) % 3, f: "write", key }) as const,
    ),
  );
  return {
    setting,
    allowed,
    plan: planOf({ settings: changes, clients: 2, keys, operations, faults: [] }),
    find,
  };
}

function find(history: Seen): Finding | null {
  for (let key = 0; key < keys; key++) {
    const one = history.operation(2 * key);
    const other = history.operation(2 * key + 1);
    const last = history.reads.findLast(
      (read) => read.key === `k${key}` && read.final && read.outcome === "ok",
    );
    if (
      last === undefined ||
      one.outcome !== "ok" ||
      other.outcome !== "ok" ||
      !overlap(one, other)
    )
      continue;
    const values = last.versions.flatMap(({ value }) => value ?? []);
    const missing = [one, other].filter(({ value }) => !values.includes(String(value)));
    return {
      happened: missing.length > 0,
      what: `${named(one)} while ${named(other)}, and at the end ${named(last)}${missing.length > 0 ? `: ${missing.map(({ value }) => value).join(" and ")} vanished without an error` : ""}`,
    };
  }
  return null;
}

export const concurrentWrites: Scenario = {
  name: "concurrent-writes",
  about:
    "Of two concurrent writes that were both acknowledged, last write wins keeps one; siblings keep both.",
  source:
    "Kleppmann, Designing Data-Intensive Applications (2017), chapter 5, Last write wins (discarding concurrent writes)",
  cases: [
    caseOf("last write wins", true, { versions: "stamps" }),
    caseOf("siblings", false, { versions: "siblings" }),
  ],
};
