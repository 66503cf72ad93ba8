/** Decides the rules for sets by their definitions. */
import type { SetOperation, SetRule } from "../../../checkers/set/index.ts";

type Add = SetOperation & { readonly f: "add" };
type Read = SetOperation & { readonly f: "read" };
type Contains = SetOperation & { readonly f: "contains" };

export function obeys(rule: SetRule, operations: readonly SetOperation[]): boolean | "unknown" {
  const adds = operations.filter((one): one is Add => one.f === "add");
  const possible = adds.filter(({ outcome }) => outcome !== "fail");
  const reads = operations
    .filter((one): one is Read => one.f === "read" && one.outcome === "ok")
    .sort((a, b) => a.returnUs - b.returnUs || a.op - b.op);
  const asked = operations.filter(
    (one): one is Contains => one.f === "contains" && one.outcome === "ok",
  );
  const removes = operations.filter(({ f, outcome }) => f === "remove" && outcome !== "fail");
  const elements = [...new Set(adds.map(({ element }) => element))];
  const shown = (one: Read | Contains, element: string): boolean =>
    one.f === "read"
      ? (one.elements ?? []).includes(element)
      : one.present === true && one.element === element;
  const lacks = (one: Read | Contains, element: string): boolean =>
    one.f === "read"
      ? !(one.elements ?? []).includes(element)
      : one.present === false && one.element === element;
  const shows = (one: Read | Contains): readonly string[] =>
    one.f === "read" ? (one.elements ?? []) : one.present === true ? [one.element] : [];
  switch (rule) {
    case "set-no-thin-air": {
      if (reads.length + asked.length === 0) return "unknown";
      return [...reads, ...asked].every((one) =>
        shows(one).every((element) =>
          adds.some((add) => add.element === element && add.invokeUs <= one.returnUs),
        ),
      );
    }
    case "set-complete": {
      const ends = reads.filter(({ final }) => final === true);
      if (ends.length === 0) return "unknown";
      return ends.every((read) =>
        elements.every(
          (element) =>
            shown(read, element) ||
            !adds.some((add) => add.element === element && add.outcome === "ok") ||
            removes.some((one) => one.f === "remove" && one.element === element),
        ),
      );
    }
    case "set-fresh": {
      if (reads.length + asked.length === 0) return "unknown";
      return [...reads, ...asked].every((one) =>
        adds.every(
          (add) =>
            add.outcome !== "ok" ||
            add.returnUs >= one.invokeUs ||
            !lacks(one, add.element) ||
            removes.some(
              (remove) =>
                remove.f === "remove" &&
                remove.element === add.element &&
                remove.invokeUs <= one.returnUs &&
                (remove.outcome === "info" || remove.returnUs >= add.invokeUs),
            ),
        ),
      );
    }
    case "jepsen-set": {
      const last = reads.at(-1);
      if (last === undefined) return "unknown";
      if (!(last.elements ?? []).every((element) => adds.some((add) => add.element === element)))
        return false;
      const firstOk = new Map<string, number>();
      for (const { element, outcome, returnUs } of adds)
        if (outcome === "ok" && !shown(last, element))
          firstOk.set(element, Math.min(returnUs, firstOk.get(element) ?? Infinity));
      if ([...firstOk.values()].some((returnUs) => returnUs < last.invokeUs)) return false;
      return firstOk.size === 0 ? true : "unknown";
    }
    case "jepsen-set-full":
    case "jepsen-set-full-linearizable": {
      if (reads.some((read) => new Set(read.elements).size < (read.elements ?? []).length))
        return false;
      let stable = 0;
      let isFine = true;
      for (const element of elements) {
        const mine = possible.filter((add) => add.element === element);
        const begun = Math.min(...mine.map(({ invokeUs }) => invokeUs));
        const known = Math.min(
          ...mine.filter(({ outcome }) => outcome === "ok").map(({ returnUs }) => returnUs),
          ...reads.filter((r) => shown(r, element) && begun <= r.returnUs).map((r) => r.returnUs),
        );
        const present = reads.filter((read) => shown(read, element)).map((r) => r.invokeUs);
        const absent = reads.filter((read) => !shown(read, element)).map((r) => r.invokeUs);
        const lastPresent = Math.max(-Infinity, ...present);
        const lastAbsent = Math.max(-Infinity, ...absent);
        if (known === Infinity) continue;
        if (lastAbsent > known && lastAbsent > lastPresent) isFine = false;
        else if (lastPresent > -Infinity) {
          stable++;
          if (rule === "jepsen-set-full-linearizable" && lastAbsent > known) isFine = false;
        }
      }
      return isFine ? (stable > 0 ? true : "unknown") : false;
    }
    case "set-linearizable":
      return isLinearizable(operations);
  }
}

function isLinearizable(operations: readonly SetOperation[]): boolean {
  const relevant = operations.filter(
    ({ f, outcome }) => outcome === "ok" || (outcome === "info" && (f === "add" || f === "remove")),
  );
  const go = (state: ReadonlySet<string>, rest: readonly SetOperation[]): boolean => {
    if (rest.every(({ outcome }) => outcome === "info")) return true;
    return rest.some((one) => {
      const isBlocked = rest.some(
        (other) => other.outcome === "ok" && other !== one && other.returnUs < one.invokeUs,
      );
      if (isBlocked) return false;
      const next = apply(state, one);
      return (
        next !== null &&
        go(
          next,
          rest.filter((other) => other !== one),
        )
      );
    });
  };
  return go(new Set(), relevant);
}

function apply(state: ReadonlySet<string>, one: SetOperation): ReadonlySet<string> | null {
  switch (one.f) {
    case "add":
      return new Set([...state, one.element]);
    case "remove":
      return new Set([...state].filter((element) => element !== one.element));
    case "contains":
      return state.has(one.element) === one.present ? state : null;
    case "read": {
      const shown = new Set(one.elements);
      return shown.size === state.size && [...shown].every((element) => state.has(element))
        ? state
        : null;
    }
  }
}
