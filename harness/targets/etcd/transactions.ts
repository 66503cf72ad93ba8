/**
 * Transactions over lists, made of two transactions of etcd: the first reads all keys at one revision, and the second,
 * if there are appends, writes the extended lists on the condition that no key has changed since. A list is stored as
 * one value.
 */
import type { Json } from "../../../checkers/index.ts";
import { ofRead } from "../software/http-session.ts";
import type { Asked, Outcome } from "../software/outcome.ts";
import { type Answer, decoded, encoded, type EtcdGateway, isFailure } from "./gateway.ts";

/** One step: an append to a key, or a read. The value of a read is null in the request. */
export type ListStep = readonly [f: Json, key: Json, value: Json];

/** Returns the steps of a request of the workload `txn-list-append`. */
export const stepsOf = ({ args }: Pick<Asked, "args">): readonly ListStep[] =>
  (args?.["txn"] ?? []) as unknown as readonly ListStep[];

export interface ListTransaction {
  readonly steps: readonly ListStep[];
  /** Whether reads ask only this node. Writes are safe in both cases because of their condition. */
  readonly serializable: boolean;
  readonly timeoutMs: number;
  /** Returns the name of a step's key in the form that etcd's gateway uses. */
  nameOf(key: string): string;
}

/** A list and the revision that wrote it. The revision is "0" for a list that was never written. */
interface ListRead {
  readonly elements: readonly Json[];
  readonly revision: string;
}

/**
 * Runs a transaction. If a key has changed between reading and writing, nothing is written. The transaction then tries
 * again while there is time.
 *
 * @returns `ok` with the completed steps, `fail` if nothing was written, or `info` if that is unknown.
 */
export async function runTransaction(
  gateway: Pick<EtcdGateway, "call">,
  { steps, serializable, timeoutMs, nameOf }: ListTransaction,
): Promise<Outcome> {
  const deadlineMs = performance.now() + timeoutMs;
  const leftMs = (): number => Math.max(1, deadlineMs - performance.now());
  const names = [...new Set(steps.map(([, key]) => nameOf(String(key))))];
  for (;;) {
    const seen = await gateway.call(
      "txn",
      { success: names.map((key) => ({ request_range: { key, serializable } })) },
      leftMs(),
    );
    if (isFailure(seen)) return ofRead(seen);
    const lists = new Map(names.map((name, index) => [name, listAt(seen, index)]));
    const { answered, appended } = applySteps(steps, (key) => nameOf(String(key)), lists);
    if (appended.size === 0) return { kind: "ok", result: answered };
    const written = await gateway.call(
      "txn",
      {
        compare: names.map((key) => ({
          key,
          target: "MOD",
          mod_revision: lists.get(key)?.revision ?? "0",
        })),
        success: [...appended].map(([key, elements]) => ({
          request_put: { key, value: encoded(JSON.stringify(elements)) },
        })),
      },
      leftMs(),
    );
    if (isFailure(written)) return written;
    if (written.succeeded === true) return { kind: "ok", result: answered };
    if (performance.now() >= deadlineMs)
      return {
        kind: "fail",
        code: "conflict",
        message: "other transactions wrote to the same keys at each try",
      };
  }
}

function listAt({ responses }: Answer, index: number): ListRead {
  const [kv] = responses?.[index]?.response_range?.kvs ?? [];
  if (kv === undefined) return { elements: [], revision: "0" };
  return { elements: elementsOf(decoded(kv.value)), revision: kv.mod_revision };
}

/** Returns the elements of a stored list. A value that is not a list counts as one element that nobody appended. */
function elementsOf(text: string): readonly Json[] {
  try {
    const value = JSON.parse(text) as Json;
    return Array.isArray(value) ? (value as readonly Json[]) : [value];
  } catch {
    return [text];
  }
}

/** Applies the steps to the lists that were read. Each step sees the appends of earlier steps. */
function applySteps(
  steps: readonly ListStep[],
  nameOf: (key: Json) => string,
  lists: ReadonlyMap<string, ListRead>,
): { readonly answered: Json; readonly appended: ReadonlyMap<string, readonly Json[]> } {
  const appended = new Map<string, readonly Json[]>();
  const answered = steps.map(([f, key, value]): Json => {
    const name = nameOf(key);
    const elements = appended.get(name) ?? lists.get(name)?.elements ?? [];
    if (f === "r") return [f, key, elements];
    appended.set(name, [...elements, value]);
    return [f, key, value];
  });
  return { answered, appended };
}
