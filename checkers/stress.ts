/** What "no alarm" is worth: how many operations succeeded, and how often faults came across them. */
import { touches } from "./faults.ts";
import type { Model } from "./model.ts";
import type { Stress } from "./verdict.ts";

/** The ending's sweep is left out: it runs without faults. */
export function stressOf({ run, operations, faults, faultEvents }: Model): Stress {
  const stressed = operations.filter(({ final }) => !final);
  const count = (outcome: "ok" | "fail" | "info"): number => stressed.filter((operation) => operation.outcome === outcome).length;
  const byKind: Record<string, { injected: number; overlapped: number }> = {};
  for (const fault of faults) {
    const of = (byKind[fault.kind] ??= { injected: 0, overlapped: 0 });
    if (!faultEvents.some((event) => event.fault === fault.fault && event.phase === "injected")) continue;
    of.injected++;
    const touched = new Set(Object.keys(run.preference).filter((key) => touches(run, fault, key)));
    of.overlapped += stressed.filter(({ key, startUs, endUs }) => touched.has(key) && startUs <= fault.toUs && endUs >= fault.fromUs).length;
  }
  return { operations: stressed.length, ok: count("ok"), fail: count("fail"), info: count("info"), faults: byKind };
}
