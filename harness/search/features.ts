/**
 * Summarises what a history made the store do as a set of short names. A plan with many new names is worth varying.
 * Uses the evidence (or, without it, what clients saw). No verdict depends on it.
 */
import type { HistoryEvent, Key, NodeName } from "../../checkers/index.ts";

/** Returns the names of what happened in a history, each once. Takes time linear in the number of events. */
export function featuresOf(events: readonly HistoryEvent[]): ReadonlySet<string> {
  const found = new Set<string>();
  const active = new Map<number, string>();
  let faults = "";
  const keys = new Map<Key, KeyState>();
  const operations = new Map<number, { readonly f: string; readonly key: Key }>();
  const stateOf = (key: Key): KeyState => {
    const known = keys.get(key) ?? {
      held: new Map<NodeName, string>(),
      different: 1,
      apartSinceUs: null,
      lastCause: "",
      lastExplained: "",
      open: 0,
    };
    keys.set(key, known);
    return known;
  };
  for (const event of events) {
    switch (event.e) {
      case "fault":
        if (event.phase === "injected") active.set(event.fault, event.kind);
        if (event.phase === "heal") active.delete(event.fault);
        faults = [...new Set(active.values())].sort().join("+");
        break;
      case "invoke": {
        const state = stateOf(event.key);
        operations.set(event.op, event);
        found.add(
          `begins ${event.f} beside ${Math.min(3, state.open)}, ${state.different} different, ${faults}`,
        );
        state.open++;
        break;
      }
      case "ok":
      case "fail":
      case "info": {
        const operation = operations.get(event.op);
        if (operation === undefined) break;
        const state = stateOf(operation.key);
        state.open--;
        found.add(
          `${operation.f} ${event.e === "ok" ? `ok ${event.versions?.length ?? 0}` : event.code}, ${state.different} different, ${faults}`,
        );
        break;
      }
      case "received":
        if (event.frame === "replica-write") {
          const state = stateOf(event.key);
          found.add(
            `${state.lastCause} then ${event.cause}, ${state.different} different, ${faults}`,
          );
          state.lastCause = event.cause;
        }
        break;
      case "sync":
        for (const { key, versions, hintFor } of event.records) {
          if (hintFor === undefined)
            held(stateOf(key), event.node, versions.join(" "), event.atUs, found);
          else found.add(`hint beside ${stateOf(key).different} different, ${faults}`);
        }
        break;
      case "explain": {
        if (event.key === undefined) found.add(`${event.what}, ${faults}`);
        else {
          const state = stateOf(event.key);
          found.add(`${state.lastExplained} then ${event.what}, ${state.different} different`);
          state.lastExplained = event.what;
        }
        break;
      }
      case "boot":
        found.add(`boot ${Math.min(4, event.boot)} ${event.phase}, ${faults}`);
        break;
      case "node-ended":
        found.add(`${event.node} ended by ${event.by}`);
        break;
      case "ring":
      case "run":
      case "phase":
      case "inspect":
      case "sent":
      case "end":
        break;
    }
  }
  return found;
}

interface KeyState {
  /** What each replica of the key has synced. */
  readonly held: Map<NodeName, string>;
  /** The number of different states of the key's replicas. `apartSinceUs` says since when there is more than one. */
  different: number;
  apartSinceUs: number | null;
  lastCause: string;
  lastExplained: string;
  /** The number of operations on the key that are under way. */
  open: number;
}

/**
 * Notes what a replica has synced. If the number of different states changes, records the change and its cause. Once
 * all states are equal again, also records how long they differed (in powers of four ms).
 */
function held(
  state: KeyState,
  node: NodeName,
  versions: string,
  atUs: number,
  found: Set<string>,
): void {
  state.held.set(node, versions);
  const before = state.different;
  state.different = new Set(state.held.values()).size;
  if (state.different === before) return;
  if (state.different > 1) state.apartSinceUs ??= atUs;
  else if (state.apartSinceUs !== null) {
    found.add(
      `apart for 4^${Math.max(0, Math.floor(Math.log2(Math.max(1, (atUs - state.apartSinceUs) / 1000)) / 2))} ms, ended by ${state.lastCause}`,
    );
    state.apartSinceUs = null;
  }
  found.add(`${before} to ${state.different} different by ${state.lastCause}`);
}
