/** Reads histories of format /1, which always belong to the bundled store, and converts their events to format /2. */
import { currentGuaranteeName } from "../language/former-names.ts";
import type { HistoryEvent, PhaseEvent, RepairFacts, RunEvent } from "../language/history.ts";

export const formerFormat = "quorate-history/1";

/** The former name of the phase `final-phase`. */
export const formerFinalPhase = "ending";

/** The `run` event of format /1, with the fields in which it differs from that of format /2. */
interface FormerRun extends Omit<RunEvent, "format" | "target" | "workload" | "capabilities"> {
  readonly format: typeof formerFormat;
  readonly versions: "stamps" | "siblings";
  readonly n: number;
  readonly r: number;
  readonly w: number;
  readonly preference: NonNullable<RunEvent["preference"]>;
  readonly repair: RepairFacts;
  readonly evidence: boolean;
}

export const isFormerRun = (value: unknown): boolean =>
  typeof value === "object" && value !== null && "format" in value && value.format === formerFormat;

/**
 * Converts an event to format /2. An event that has format /2 already stays as it is, but former names of guarantees
 * and of the final phase are replaced.
 */
export function inCurrentFormat(event: HistoryEvent | FormerRun): HistoryEvent {
  if (event.e === "run") {
    const run = event.format === formerFormat ? fromFormer(event) : event;
    return {
      ...run,
      promised: run.promised.map(currentGuaranteeName),
      claimed: run.claimed.map(currentGuaranteeName),
    };
  }
  if (event.e === "phase" && (event.phase as string) === formerFinalPhase)
    return { ...event, phase: "final-phase" satisfies PhaseEvent["phase"] };
  return event;
}

function fromFormer({ e, format: _, on, versions, evidence, ...rest }: FormerRun): RunEvent {
  return {
    e,
    format: "quorate-history/2",
    target: { name: "bundled", version: "1", settings: {} },
    on,
    workload: versions === "siblings" ? "siblings" : "register",
    capabilities: { versions, inspection: true, evidence },
    ...rest,
  };
}
