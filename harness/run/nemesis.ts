/**
 * Carries out the faults of a plan. Faults may overlap, so each fault only declares what it wants. `reconcile` takes
 * the cluster step by step to the union of what the active faults want.
 */
import type { FaultEvent, NodeName } from "../../checkers/index.ts";
import {
  type ClusterFacts,
  type Effect,
  type Fault,
  clientName,
  type Kinds,
  kindOf,
  linkEnds,
  type NodeNamer,
  nodeNamer,
  type PlannedFault,
  ports,
  type ProcessState,
  type Trigger,
  triggerText,
  type Want,
} from "../../generators/index.ts";
import type { Cluster, ClusterTimer } from "../platforms/cluster.ts";
import { inTurn, type Step } from "../platforms/fault-port.ts";
import { createCondition, portOf, wantsOf } from "./condition.ts";
import type { Recorder } from "./recorder.ts";

export interface Nemesis {
  /** Starts to inject each fault at its time or trigger, and to heal it after its duration. */
  start(): void;
  /** Injects no more faults and heals the active ones. Calls `done` once all of them are healed. */
  healAll(done: () => void): void;
  /**
   * Why a fault could not be carried out, so that the run was not completed as planned. Null if there was no such
   * fault.
   */
  readonly failure: string | null;
  /** The number of active faults, for the progress line. */
  readonly active: number;
}

export function createNemesis(
  cluster: Cluster,
  recorder: Recorder,
  faults: readonly PlannedFault[],
  {
    kinds,
    facts,
    nodes,
  }: {
    readonly kinds: Kinds;
    readonly facts: ClusterFacts;
    /** The number of nodes, including those that may join. */
    readonly nodes: number;
  },
): Nemesis {
  /** The start time of each active fault, by index. */
  const active = new Map<number, number>();
  /** Faults that wait for a trigger, by index. */
  const armed = new Map<number, ClusterTimer>();
  const nameOf = nodeNamer(facts);
  const affected = { kinds, nodes, nameOf };
  const stepsTo = createCondition(cluster, affected, faults);
  let failure: string | null = null;
  let stopped = false;
  let busy = false;
  const jobs: (() => void)[] = [];

  const record = (
    index: number,
    planned: PlannedFault,
    phase: FaultEvent["phase"],
    detail = phase === "inject" ? detailOf(planned, kinds, nameOf) : undefined,
  ): void => {
    const { fault } = planned;
    const cuts = wantsOf(affected, planned)
      .filter(({ port }) => port === "cuts")
      .map(({ subject }) => linkEnds(subject));
    const clients = kindOf(kinds, fault).clientsOf?.(fault);
    recorder.record({
      e: "fault",
      atUs: cluster.clock.nowUs(),
      phase,
      fault: index,
      kind: fault.kind,
      nodes: kindOf(kinds, fault).nodesOf(fault).map(nameOf),
      ...(cuts.length > 0 ? { cuts } : {}),
      ...(clients === undefined ? {} : { clients: clients.map(clientName) }),
      ...(phase === "inject" ? { effects: effectNames(kinds, fault, facts) } : {}),
      ...(detail === undefined ? {} : { detail }),
    });
  };

  /** Changes the cluster one job at a time, so that an injection does not overlap with another fault's healing. */
  const enqueue = (change: (finished: () => void) => void): void => {
    jobs.push(() => change(nextJob));
    if (!busy) nextJob();
  };
  const nextJob = (): void => {
    const job = jobs.shift();
    busy = job !== undefined;
    job?.();
  };

  /** Injects a fault. `struck` is true if the cluster has already begun the fault at its trigger. */
  const inject = (index: number, planned: PlannedFault, struck = false): void => {
    // The fault has already begun, so it is recorded at once, even while another fault is being healed.
    if (struck) record(index, planned, "inject");
    enqueue((finished) => {
      if (stopped && !struck) {
        record(index, planned, "skipped", "the operations had ended");
        return finished();
      }
      active.set(index, cluster.clock.nowUs());
      if (!struck) record(index, planned, "inject");
      reconcile(() => {
        actOnce(planned, () => {
          record(index, planned, "injected");
          if (stopped) return healNow(index, planned, finished);
          keepSetting(index, planned);
          cluster.clock.setTimer(planned.durationMs, () => heal(index, planned));
          finished();
        });
      });
    });
  };

  /**
   * Waits for the fault's trigger and then injects the fault. At the trigger, the cluster itself may already have
   * killed or paused the process. Doing so again has no effect.
   */
  const arm = (index: number, planned: PlannedFault, when: Trigger): void => {
    if (stopped) return record(index, planned, "skipped", "the operations had ended");
    const strike = strikeOf(wantsOf(affected, planned), nameOf(when.node));
    const watch = cluster.watch?.(nameOf(when.node), when.event, when.count, strike, () => {
      armed.delete(index);
      inject(index, planned, strike !== null);
    });
    if (watch !== undefined) armed.set(index, watch);
  };

  /**
   * If the fault's wants change over time, sets them again and again until it is healed. Each step waits for the one
   * before, however slow the cluster is.
   */
  const keepSetting = (index: number, planned: PlannedFault): void => {
    const everyMs = kindOf(kinds, planned.fault).everyMs?.(planned.fault) ?? null;
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

  const reconcile = (done: () => void): void => carryOut(stepsTo(active), done);

  /** Sets the fault's dead-disk ports once, after the fault has killed their nodes. */
  const actOnce = (planned: PlannedFault, done: () => void): void => {
    const wants = wantsOf(affected, planned);
    carryOut(
      ports.flatMap(({ name, stage }): Step[] => {
        const wanted = new Map(
          wants.filter(({ port }) => port === name).map(({ subject, value }) => [subject, value]),
        );
        return stage !== "dead-disk" || wanted.size === 0
          ? []
          : [(next) => portOf(cluster, name).set(wanted, new Map(), next)];
      }),
      done,
    );
  };

  /** Lets the fault's ports prepare before the fault begins, if its kind of fault needs that. */
  const prepare = (planned: PlannedFault): void => {
    const { fault, atMs } = planned;
    const prepareAtMs = kindOf(kinds, fault).prepareAtMs?.(fault, atMs) ?? null;
    if (prepareAtMs === null) return;
    cluster.clock.setTimer(prepareAtMs, () =>
      enqueue((finished) =>
        stopped
          ? finished()
          : carryOut(
              wantsOf(affected, planned).flatMap(({ port, subject, value }): Step[] => {
                const { prepare } = portOf(cluster, port);
                return prepare === undefined ? [] : [(next) => prepare(subject, value, next)];
              }),
              finished,
            ),
      ),
    );
  };

  const carryOut = (steps: readonly Step[], done: () => void): void =>
    inTurn(steps, (error) => {
      if (error !== null) failure ??= error.message;
      done();
    });

  return {
    get failure() {
      return failure;
    },
    get active() {
      return active.size;
    },
    start() {
      faults.forEach(prepare);
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
        record(index, faults[index] as PlannedFault, "skipped", "its trigger did not come");
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

/**
 * The state (killed or paused) into which the cluster itself can put the node's process at the trigger. Null if the
 * fault does not change this process.
 */
const strikeOf = (wants: readonly Want[], node: NodeName): ProcessState | null => {
  const want = wants.find(({ port, subject }) => port === "process" && subject === node);
  return (want?.value as ProcessState | undefined) ?? null;
};

/** Returns what the fault's kind, nodes and cuts do not tell. Returns undefined if they tell everything. */
const detailOf = (
  { fault, when }: PlannedFault,
  kinds: Kinds,
  nameOf: NodeNamer,
): string | undefined => {
  const kind = kindOf(kinds, fault);
  const parts = [
    ...(kind.isPlain ? [] : [kind.say(fault, nameOf)]),
    ...(when === undefined ? [] : [triggerText(when, nameOf)]),
  ];
  return parts.length === 0 ? undefined : parts.join(" ");
};

/** Returns the names of the fault's effects for checkers, each once. */
function effectNames(kinds: Kinds, fault: Fault, facts: ClusterFacts): readonly string[] {
  const nameOf = (effect: Effect): string =>
    effect.effect === "data-lost"
      ? `${effect.synced ? "synced" : "unsynced"}-data-lost`
      : effect.effect;
  return [...new Set(kindOf(kinds, fault).effects(fault, facts).map(nameOf))].sort();
}
