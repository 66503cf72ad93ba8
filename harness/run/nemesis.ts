/**
 * Carries a plan's faults out. Faults may overlap, so each one only says what it wants; what the cluster should look like is
 * the union of what the active ones want, and `reconcile` takes the cluster there one step at a time.
 */
import type { FaultEvent } from "../../checkers/index.ts";
import {
  cutsOf,
  faultText,
  nodeName,
  nodesOf,
  type Moment,
  momentText,
  type PlannedFault,
  stepMs,
} from "../../generators/index.ts";
import type { Cluster, ClusterTimer } from "../platforms/cluster.ts";
import { createCondition, type Step } from "./condition.ts";
import type { Recorder } from "./recorder.ts";

export interface Nemesis {
  /** Begins: each fault is injected and healed at its time. */
  start(): void;
  /** No more injections; heals what is active. `done` once the cluster is whole. */
  healAll(done: () => void): void;
  /** What could not be carried out: the run then proves nothing. */
  readonly failure: string | null;
  /** How many faults are active, for the progress line. */
  readonly active: number;
}

export function createNemesis(
  cluster: Cluster,
  recorder: Recorder,
  faults: readonly PlannedFault[],
): Nemesis {
  /** Since when, by index. */
  const active = new Map<number, number>();
  /** Faults that wait for their moment, by index. */
  const armed = new Map<number, ClusterTimer>();
  const stepsTo = createCondition(cluster, faults);
  let failure: string | null = null;
  let stopped = false;
  let busy = false;
  const jobs: (() => void)[] = [];

  const record = (
    index: number,
    planned: PlannedFault,
    phase: FaultEvent["phase"],
    detail = detailOf(planned, phase),
  ): void => {
    const cuts = cutsOf(planned.fault, cluster.nodes.length);
    recorder.record({
      e: "fault",
      atUs: cluster.clock.nowUs(),
      phase,
      fault: index,
      kind: planned.fault.kind,
      nodes: nodesOf(planned.fault),
      ...(cuts.length > 0 ? { cuts } : {}),
      ...(detail === undefined ? {} : { detail }),
    });
  };

  /** Jobs change the cluster one after the other: an injection never races the healing of another fault. */
  const enqueue = (change: (finished: () => void) => void): void => {
    jobs.push(() => change(nextJob));
    if (!busy) nextJob();
  };
  const nextJob = (): void => {
    const job = jobs.shift();
    busy = job !== undefined;
    job?.();
  };

  /** `struck`: it has begun already, whatever is going on. */
  const inject = (index: number, planned: PlannedFault, struck = false): void => {
    // Another fault's healing may be under way; this one is not to wait for it to be on record.
    if (struck) record(index, planned, "inject");
    enqueue((finished) => {
      if (stopped && !struck) {
        record(index, planned, "skipped", "the operations had ended");
        return finished();
      }
      active.set(index, cluster.clock.nowUs());
      if (!struck) record(index, planned, "inject");
      reconcile(() => {
        damage(planned, () => {
          record(index, planned, "injected");
          if (stopped) return healNow(index, planned, finished);
          keepSetting(index, planned);
          cluster.clock.setTimer(planned.durationMs, () => heal(index, planned));
          finished();
        });
      });
    });
  };

  /** It begins once its moment comes. What the cluster struck exactly then is struck again here, to no effect. */
  const arm = (index: number, planned: PlannedFault, when: Moment): void => {
    if (stopped) return record(index, planned, "skipped", "the operations had ended");
    const strike = strikeOf(planned, when);
    const watch = cluster.watch?.(nodeName(when.node), when.event, when.count, strike, () => {
      armed.delete(index);
      inject(index, planned, strike !== null);
    });
    if (watch !== undefined) armed.set(index, watch);
  };

  /** A clock that drifts or strobes is set again and again; the next step waits for the last, however slow the cluster is. */
  const keepSetting = (index: number, planned: PlannedFault): void => {
    const everyMs = planned.fault.kind === "clock" ? stepMs(planned.fault.clock) : null;
    if (everyMs === null) return;
    cluster.clock.setTimer(everyMs, () => {
      enqueue((finished) => {
        if (!active.has(index)) return finished();
        reconcile(() => {
          keepSetting(index, planned);
          finished();
        });
      });
    });
  };

  const heal = (index: number, planned: PlannedFault): void =>
    enqueue((finished) => healNow(index, planned, finished));

  const healNow = (index: number, planned: PlannedFault, finished: () => void): void => {
    if (!active.delete(index)) return finished();
    record(index, planned, "heal");
    reconcile(() => {
      record(index, planned, "healed");
      finished();
    });
  };

  const reconcile = (done: () => void): void => inTurn(stepsTo(active), done);

  /** Once, after the kill that comes with it. */
  const damage = ({ fault }: PlannedFault, done: () => void): void => {
    if (fault.kind === "power")
      inTurn(
        fault.nodes.map(
          (node): Step =>
            (next) =>
              cluster.losePower(nodeName(node), next),
        ),
        done,
      );
    else if (fault.kind === "disk")
      inTurn(
        fault.nodes.map(
          (node): Step =>
            (next) =>
              cluster.damageDisk(nodeName(node), fault.damage, fault.atPerMille, next),
        ),
        done,
      );
    else done();
  };

  /** What will be put back is copied on the way to the fault. */
  const copyBefore = ({ atMs, fault }: PlannedFault): void => {
    if (fault.kind !== "disk" || fault.damage !== "restore") return;
    cluster.clock.setTimer(Math.floor((atMs * fault.atPerMille) / 1000), () =>
      enqueue((finished) =>
        stopped
          ? finished()
          : inTurn(
              fault.nodes.map(
                (node): Step =>
                  (next) =>
                    cluster.copyDisk(nodeName(node), next),
              ),
              finished,
            ),
      ),
    );
  };

  const inTurn = (steps: Step[], done: () => void): void => {
    const next = (): void => {
      const step = steps.shift();
      if (step === undefined) return done();
      step((error) => {
        if (error !== null) failure ??= error.message;
        next();
      });
    };
    next();
  };

  return {
    get failure() {
      return failure;
    },
    get active() {
      return active.size;
    },
    start() {
      faults.forEach(copyBefore);
      faults.forEach((planned, index) => {
        cluster.clock.setTimer(planned.atMs, () =>
          planned.when === undefined ? inject(index, planned) : arm(index, planned, planned.when),
        );
      });
    },
    healAll(done) {
      stopped = true;
      for (const [index, watch] of armed) {
        watch.cancel();
        record(index, faults[index] as PlannedFault, "skipped", "its moment did not come");
      }
      armed.clear();
      for (const index of [...active.keys()]) {
        const planned = faults[index];
        if (planned !== undefined) heal(index, planned);
      }
      enqueue((finished) => {
        done();
        finished();
      });
    },
  };
}

/** Only what befalls the node itself can strike within it. */
const strikeOf = ({ fault }: PlannedFault, { node }: Moment): "kill" | "pause" | null => {
  if (!nodesOf(fault).includes(nodeName(node))) return null;
  return fault.kind === "kill" || fault.kind === "disk" || fault.kind === "power"
    ? "kill"
    : fault.kind === "pause"
      ? "pause"
      : null;
};

const plainKinds: ReadonlySet<string> = new Set([
  "partition",
  "kill",
  "pause",
  "power",
  "disk-full",
  "slow-disk",
]);

/** What kind, nodes and cuts do not tell already. */
const detailOf = (
  { fault, when }: PlannedFault,
  phase: FaultEvent["phase"],
): string | undefined => {
  if (phase !== "inject") return undefined;
  const isPlain = plainKinds.has(fault.kind);
  const parts = [
    ...(isPlain ? [] : [faultText(fault)]),
    ...(when === undefined ? [] : [momentText(when)]),
  ];
  return parts.length === 0 ? undefined : parts.join(" ");
};
