import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  builtInKinds,
  faultKinds,
  kindOf,
  planArbitrary,
  planAt,
  workloadOf,
} from "../../generators/index.ts";
import type {
  BuiltInFault,
  Plan as AnyPlan,
  PlannedFault,
  PlanOptions,
} from "../../generators/index.ts";
import { createForecast, nominalStartsMs, type Shares } from "../../generators/timeline.ts";
import { askedQuorums, bundledPlans, storeSettings } from "../../harness/targets/bundled/index.ts";
import { defaultSettings, readQuorum, type StoreSettings, writeQuorum } from "../../store/index.ts";
import { hash32 } from "../../store/placement/hash.ts";
import { preferenceList, rangeName } from "../../store/placement/ring.ts";
import { builtIn, optionsWith, parse, siblings } from "./support.ts";

const everySetting: readonly string[] = [
  "nodes",
  "n",
  "virtualNodes",
  "readRepair",
  "stamps",
  "antiEntropy",
  "antiEntropyIntervalMs",
  "hints",
  "quorums",
  "sync",
  "r",
  "w",
  "reads",
];

const variants: Record<string, PlanOptions> = {
  default: optionsWith(),
  siblings,
  "no faults": optionsWith({ faults: [] }),
  quick: optionsWith({ quick: true }),
  "no slack": optionsWith({ settings: { ...defaultSettings, nodes: 3, r: 3, w: 3 } }),
  // With this setting, a delay of one and a half request timeouts would exceed the longest delay of a plan, and the
  // plan could not be replayed.
  patient: optionsWith({ settings: { ...defaultSettings, requestTimeoutMs: 3_600_000 } }),
  "one node": optionsWith({ settings: { ...defaultSettings, nodes: 1, n: 1, r: 1, w: 1 } }),
  swarm: optionsWith({ swarmSettings: everySetting }),
  tiny: optionsWith({ operations: { min: 1, max: 3 } }),
};

const plans1000 = fc.sample(planArbitrary(optionsWith()), { seed: 12, numRuns: 1000 });

/**
 * The index of the first point of the ring at or after a key, as in store/placement/ring.ts. 0 also for a key after the
 * last point.
 */
function arcOf({ nodes, virtualNodes }: StoreSettings, key: string): number {
  const points = Array.from(
    { length: nodes * virtualNodes },
    (_, index) =>
      hash32(`n${1 + Math.floor(index / virtualNodes)}#${index % virtualNodes}`, 0x72696e67) >>> 0,
  ).sort((a, b) => a - b);
  const at = hash32(key, 0x6b657973) >>> 0;
  return Math.max(
    0,
    points.findIndex((point) => point >= at),
  );
}

const isOneWay = (fault: BuiltInFault): boolean =>
  fault.kind === "partition" && fault.partition.shape === "one-way";
const endOf = ({ atMs, durationMs }: PlannedFault): number => atMs + durationMs;
const drawn = (options: PlanOptions, count = 300): AnyPlan[] =>
  fc.sample(planArbitrary(options), { seed: 11, numRuns: count });

/** The plan with the types of the bundled store and the built-in kinds of fault. */
const seen = (plan: AnyPlan) => ({
  ...plan,
  settings: storeSettings(plan.settings),
  operations: plan.operations.map((operation) => ({
    ...operation,
    ...askedQuorums(operation.levels),
  })),
  faults: plan.faults.map((planned) => ({ ...planned, fault: builtIn(planned.fault) })),
});
type Plan = ReturnType<typeof seen>;
const plansOf = (options: PlanOptions, count = 300): Plan[] => drawn(options, count).map(seen);

const sharesOf = (plan: AnyPlan): Shares =>
  createForecast({
    facts: bundledPlans.facts(plan.settings),
    workload: workloadOf(builtInKinds, plan.workload),
    kinds: builtInKinds,
    operations: plan.operations,
    named: plan,
  })(plan.faults);

describe.each(Object.entries(variants))("plans drawn with %s options", (_, options) => {
  const plans = plansOf(options, 200);

  it("are valid, and survive JSON", () => {
    for (const plan of drawn(options, 200))
      expect(parse(JSON.parse(JSON.stringify(plan)))).toEqual(plan);
  });

  it("leave at least half of the operations a quorum", () => {
    for (const plan of drawn(options, 200)) expect(sharesOf(plan).all).toBeGreaterThanOrEqual(0.5);
  });

  it("keep what the cluster's own quorums promise, and write something", () => {
    for (const plan of plans) {
      expect(plan.operations.some((operation) => operation.f === "write")).toBe(true);
      const below = plan.operations.filter((operation) =>
        operation.f === "read"
          ? readQuorum(plan.settings, operation).needed < plan.settings.r
          : operation.w !== "ANY" && writeQuorum(plan.settings, operation).needed < plan.settings.w,
      );
      expect(below).toEqual([]);
    }
  });

  it("keep every setting that is not left open", () => {
    const open: readonly string[] = options.swarmSettings ?? [];
    for (const plan of plans) {
      const changed = Object.entries(plan.settings).filter(
        ([name, value]) => value !== options.settings[name],
      );
      expect(changed.map(([name]) => name).filter((name) => !open.includes(name))).toEqual([]);
    }
  });
});

describe("faults of a few nodes", () => {
  const one = { n: 1, r: 1, w: 1 };

  it("do not stop all operations of a plan whose only key has one replica", () => {
    const settings = { ...defaultSettings, ...one, nodes: 8, silenceMs: 8000 };
    const faults = [...faultKinds, "membership"];
    const keys = { min: 1, max: 1 };
    for (const plan of drawn(optionsWith({ settings, faults, keys }), 400))
      expect(sharesOf(plan).byKey).toBeGreaterThanOrEqual(0.1);
  });

  it("do not make all nodes that stay forget that another has left", () => {
    const settings = { ...defaultSettings, ...one, nodes: 2 };
    const plans = plansOf(optionsWith({ settings, faults: ["membership", "disk"] }), 400);
    const leaving = plans.filter(({ faults }) =>
      faults.some(({ fault }) => fault.kind === "membership" && fault.change === "remove"),
    );
    expect(leaving.length).toBeGreaterThan(20);
    for (const { faults } of leaving) {
      const gone = faults.flatMap(({ fault }) =>
        fault.kind === "membership" && fault.change === "remove" ? [fault.node] : [],
      );
      const damaged = faults.flatMap(({ fault }) => (fault.kind === "disk" ? fault.nodes : []));
      expect(damaged.filter((node) => !gone.includes(node))).toEqual([]);
    }
  });
});

describe("plan i", () => {
  it("is the same whenever it is drawn with the same seed, and another with another", () => {
    expect(plansOf(siblings, 20)).toEqual(plansOf(siblings, 20));
    expect(planAt(siblings, 1, 3)).not.toEqual(planAt(siblings, 2, 3));
  });

  it("depends on seed and index alone: planAt gives what run i of a campaign of any length gets", () => {
    const runs: AnyPlan[] = [];
    const collect = fc.property(planArbitrary(siblings), (plan) => void runs.push(plan));
    for (const numRuns of [5, 40]) {
      runs.length = 0;
      fc.check(collect, { seed: -99, numRuns });
      expect(runs).toEqual(
        Array.from({ length: numRuns }, (_, index) => planAt(siblings, -99, index)),
      );
    }
  });

  it("refuses an index that is none", () => {
    expect(() => planAt(siblings, 1, -1)).toThrow(/index/);
  });
});

describe("swarm: over 1000 plans each feature is used by some and left out by some", () => {
  const features: Record<string, (plan: Plan) => boolean> = {
    reads: (plan) => plan.operations.some((operation) => operation.f === "read"),
    deletes: (plan) => plan.operations.some((operation) => operation.f === "delete"),
    "R of a request": (plan) => plan.operations.some((operation) => operation.r !== undefined),
    "W of a request": (plan) => plan.operations.some((operation) => operation.w !== undefined),
    "R by name": (plan) => plan.operations.some((operation) => typeof operation.r === "string"),
    "W by name": (plan) => plan.operations.some((operation) => typeof operation.w === "string"),
    ANY: (plan) => plan.operations.some((operation) => operation.w === "ANY"),
    DW: (plan) => plan.operations.some((operation) => operation.dw !== undefined),
    contexts: (plan) => plan.operations.some((operation) => operation.carry === true),
    "any fault": (plan) => plan.faults.length > 0,
    partition: (plan) => plan.faults.some(({ fault }) => fault.kind === "partition"),
    halves: (plan) =>
      plan.faults.some(
        ({ fault }) => fault.kind === "partition" && fault.partition.shape === "halves",
      ),
    isolate: (plan) =>
      plan.faults.some(
        ({ fault }) => fault.kind === "partition" && fault.partition.shape === "isolate",
      ),
    "one-way": (plan) =>
      plan.faults.some(
        ({ fault }) => fault.kind === "partition" && fault.partition.shape === "one-way",
      ),
    ring: (plan) =>
      plan.faults.some(
        ({ fault }) => fault.kind === "partition" && fault.partition.shape === "ring",
      ),
    bridge: (plan) =>
      plan.faults.some(
        ({ fault }) => fault.kind === "partition" && fault.partition.shape === "bridge",
      ),
    flapping: (plan) =>
      plan.faults.filter(
        ({ fault }, index) =>
          fault.kind === "partition" &&
          plan.faults.findIndex(
            (other) => JSON.stringify(other.fault) === JSON.stringify(fault),
          ) !== index,
      ).length > 0,
    "rolling restart": (plan) =>
      new Set(
        plan.faults.flatMap(({ fault }) =>
          fault.kind === "kill" && fault.nodes.length === 1 ? fault.nodes : [],
        ),
      ).size === plan.settings.nodes,
    kill: (plan) => plan.faults.some(({ fault }) => fault.kind === "kill"),
    "kill of W or more": (plan) =>
      plan.faults.some(
        ({ fault }) => fault.kind === "kill" && fault.nodes.length >= plan.settings.w,
      ),
    pause: (plan) => plan.faults.some(({ fault }) => fault.kind === "pause"),
    disk: (plan) => plan.faults.some(({ fault }) => fault.kind === "disk"),
    "older copy": (plan) =>
      plan.faults.some(({ fault }) => fault.kind === "disk" && fault.damage === "restore"),
    "full disk": (plan) => plan.faults.some(({ fault }) => fault.kind === "disk-full"),
    "slow disk": (plan) => plan.faults.some(({ fault }) => fault.kind === "slow-disk"),
    limit: (plan) => plan.faults.some(({ fault }) => fault.kind === "limit"),
    refuse: (plan) => plan.faults.some(({ fault }) => fault.kind === "refuse"),
    power: (plan) => plan.faults.some(({ fault }) => fault.kind === "power"),
    loss: (plan) => plan.faults.some(({ fault }) => fault.kind === "loss"),
    delay: (plan) => plan.faults.some(({ fault }) => fault.kind === "delay"),
    "delay that outlives a request": (plan) =>
      plan.faults.some(
        ({ fault }) => fault.kind === "delay" && fault.delayMs > plan.settings.requestTimeoutMs,
      ),
    rate: (plan) => plan.faults.some(({ fault }) => fault.kind === "rate"),
    duplicate: (plan) => plan.faults.some(({ fault }) => fault.kind === "duplicate"),
    reorder: (plan) => plan.faults.some(({ fault }) => fault.kind === "reorder"),
    clients: (plan) => plan.faults.some(({ fault }) => fault.kind === "clients"),
    "one direction": (plan) =>
      plan.faults.some(({ fault }) => "direction" in fault && fault.direction === "out"),
    "random partition": (plan) =>
      plan.faults.some(
        ({ fault }) => fault.kind === "partition" && fault.partition.shape === "links",
      ),
    clogging: (plan) =>
      plan.faults.some(
        (a) =>
          isOneWay(a.fault) &&
          plan.faults.some((b) => isOneWay(b.fault) && b.atMs > a.atMs && endOf(b) < endOf(a)),
      ),
    "staggered restart": (plan) =>
      plan.faults.some(
        (a) =>
          a.fault.kind === "kill" &&
          plan.faults.some(
            (b) => b.fault.kind === "kill" && a.atMs === b.atMs && endOf(a) !== endOf(b),
          ),
      ),
    "waiting for a trigger": (plan) => plan.faults.some(({ when }) => when !== undefined),
    "power cut within a sync": (plan) =>
      plan.faults.some(({ fault, when }) => fault.kind === "power" && when?.event === "syncing"),
    "waiting for more than one event": (plan) =>
      plan.faults.some(({ when }) => (when?.count ?? 0) > 1),
    clock: (plan) => plan.faults.some(({ fault }) => fault.kind === "clock"),
    "fault longer than the silence that drops a link": (plan) =>
      plan.faults.some(({ durationMs }) => durationMs > plan.settings.silenceMs),
    "long isolation": (plan) =>
      plan.faults.some(
        ({ fault, durationMs }) =>
          fault.kind === "partition" && fault.partition.shape === "isolate" && durationMs > 2000,
      ),
    "overlapping faults": (plan) =>
      plan.faults.some((a, i) =>
        plan.faults.some((b, j) => i < j && b.atMs < a.atMs + a.durationMs),
      ),
    "clients that stick to a node": (plan) =>
      plan.operations.every((a) =>
        plan.operations.every((b) => a.client !== b.client || a.node === b.node),
      ),
    "a single key": (plan) => plan.keys === 1,
    "two clients": (plan) => plan.clients === 2,
  };
  const plans = plansOf({ ...siblings, large: false }, 1000);

  it.each(Object.entries(features))("%s", (_, uses) => {
    const users = plans.filter(uses).length;
    expect(users).toBeGreaterThan(0);
    expect(users).toBeLessThan(plans.length);
  });

  it.each(["pr", "pw"] as const)("%s, where others may stand in for a replica", (kind) => {
    const sloppy = plansOf(
      optionsWith({ settings: { ...defaultSettings, quorums: "sloppy", hints: true } }),
    );
    const users = sloppy.filter((plan) =>
      plan.operations.some((operation) => operation[kind] !== undefined),
    ).length;
    expect(users).toBeGreaterThan(0);
    expect(users).toBeLessThan(sloppy.length);
    expect(
      plans.some((plan) => plan.operations.some((operation) => operation[kind] !== undefined)),
    ).toBe(false);
  });

  it("lets no fault wait for a trigger where the world is real", () => {
    expect(
      plansOf(optionsWith({ quick: true })).filter(({ faults }) =>
        faults.some(({ when }) => when !== undefined),
      ),
    ).toEqual([]);
  });

  it("numbers of clients, keys and operations span what was asked", () => {
    expect(new Set(plans.map((plan) => plan.clients))).toEqual(new Set([2, 3, 4, 5, 6]));
    const keys = new Set(plans.map((plan) => plan.keys));
    expect([...keys]).toEqual(expect.arrayContaining([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]));
    expect(Math.max(...keys)).toBeGreaterThan(40);
    expect(Math.max(...keys)).toBeLessThanOrEqual(60);
    const counts = plans.map((plan) => plan.operations.length);
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(20);
    expect(Math.max(...counts)).toBeLessThanOrEqual(100);
    expect(Math.max(...counts) - Math.min(...counts)).toBeGreaterThan(60);
  });

  it("operations go on for about one to five seconds, whatever the pace", () => {
    const ends = plans.map((plan) => Math.max(...nominalStartsMs(plan.operations)));
    expect(Math.min(...ends)).toBeGreaterThan(400);
    expect(Math.max(...ends)).toBeLessThan(8000);
  });

  it("settings that are left open vary", () => {
    const open = plansOf(optionsWith({ swarmSettings: everySetting }));
    const varied = (of: (settings: StoreSettings) => unknown): number =>
      new Set(open.map((plan) => of(plan.settings))).size;
    expect(varied(({ readRepair, quorums }) => `${readRepair} ${quorums}`)).toBe(5);
    expect(varied(({ stamps }) => stamps)).toBe(3);
    expect(varied(({ antiEntropyIntervalMs }) => antiEntropyIntervalMs)).toBe(5);
    expect(varied(({ hints, quorums }) => `${hints} ${quorums}`)).toBe(3);
    expect(varied(({ antiEntropy, sync }) => `${antiEntropy} ${sync}`)).toBe(6);
    expect(varied(({ reads }) => reads)).toBe(2);
    expect(varied(({ n }) => n)).toBe(7);
    expect(varied(({ nodes }) => nodes)).toBe(9);
    expect(varied(({ virtualNodes }) => virtualNodes)).toBe(3);
    expect(varied(({ n, r, w }) => `${r === n} ${w === n} ${r + w > n}`)).toBeGreaterThan(4);
  });

  it("what a person fixed is never contradicted by what is drawn beside it", () => {
    const fixed: readonly Partial<StoreSettings>[] = [
      { quorums: "sloppy", hints: true },
      { readRepair: "blocking" },
      { hints: false },
      { hints: true },
      { quorums: "strict" },
      { routing: "client" },
      { routing: "client", versions: "siblings" },
      { routing: "client", hints: true, readRepair: "off" },
    ];
    for (const settings of fixed) {
      const swarmSettings = everySetting.filter((name) => !Object.hasOwn(settings, name));
      for (const plan of drawn(
        optionsWith({ settings: { ...defaultSettings, ...settings }, swarmSettings }),
        100,
      )) {
        expect(parse(plan).settings).toMatchObject(settings);
      }
    }
  });

  it("lets a fault begin under another one on the same node in many quick plans", () => {
    const options = optionsWith({ quick: true, faults: ["partition", "disk"] });
    const meet = (a: PlannedFault, b: PlannedFault): boolean =>
      a.fault.kind !== b.fault.kind &&
      a.atMs <= b.atMs &&
      b.atMs <= endOf(a) &&
      nodesOf(a).some((node) => nodesOf(b).includes(node));
    const nodesOf = ({ fault }: PlannedFault) => kindOf(builtInKinds, fault).nodesOf(fault);
    const share = (all: readonly AnyPlan[]): number =>
      all.filter(({ faults }) => faults.some((a) => faults.some((b) => meet(a, b)))).length /
      all.length;
    expect(share(drawn(options))).toBeGreaterThan(1.2 * share(drawn({ ...options, quick: false })));
  });

  it("lets sessions read their own writes in nearly all quick plans", () => {
    const options = optionsWith({ quick: true });
    const ownReads = ({ operations }: Plan): number => {
      const written = new Set<string>();
      return operations.filter(({ client, key, f }) => {
        if (f !== "read") written.add(`${client}/${key}`);
        return f === "read" && written.has(`${client}/${key}`);
      }).length;
    };
    const counts = plansOf(options).map(ownReads);
    expect(counts.filter((count) => count >= 3).length / counts.length).toBeGreaterThan(0.9);
  });

  it("N stays where quorums are fixed, and nodes where time is real", () => {
    const swarmSettings = everySetting.filter((name) => name !== "w");
    for (const { settings } of plansOf(optionsWith({ swarmSettings }), 200))
      expect(settings.n).toBe(defaultSettings.n);
    for (const { settings } of plansOf(optionsWith({ swarmSettings: everySetting, quick: true })))
      expect(settings).toMatchObject({ nodes: defaultSettings.nodes });
  });

  it("one plan in some hundred is large, unless somebody said how large plans are", () => {
    const sizes = (options: PlanOptions): number =>
      Math.max(...drawn(options, 2000).map(({ operations }) => operations.length));
    expect(sizes(optionsWith())).toBeGreaterThan(300);
    expect(sizes(optionsWith({ large: false }))).toBeLessThanOrEqual(100);
    expect(sizes(optionsWith({ quick: true }))).toBeLessThanOrEqual(100);
    expect(sizes(optionsWith({ keys: { min: 1, max: 3 } }))).toBeLessThanOrEqual(100);
  });

  it("refuses a range of operations that is none", () => {
    expect(() => planArbitrary(optionsWith({ operations: { min: 5, max: 4 } }))).toThrow(
      /min ≤ max/,
    );
  });
});

describe("names of keys", () => {
  const { nodes, virtualNodes } = defaultSettings;
  const settings = defaultSettings;
  const places = plansOf(optionsWith(), 1000).flatMap(({ keyNames = [] }) =>
    keyNames.map((name) => arcOf(settings, name)),
  );

  it("differ within a plan, and from plan to plan", () => {
    for (const { keys, keyNames } of plans1000)
      expect(new Set(keyNames)).toHaveProperty("size", keys);
    expect(new Set(plans1000.flatMap(({ keyNames = [] }) => keyNames)).size).toBeGreaterThan(1000);
  });

  it("lie on every arc of the ring, the wrapping one too", () => {
    expect(new Set(places).size).toBeGreaterThan(0.9 * nodes * virtualNodes);
    expect(places).toContain(0);
  });

  it("share their replicas more often than by chance", () => {
    const shares = plans1000.flatMap(({ keyNames = [] }) => {
      const ranges = keyNames.map((name) => rangeName(preferenceList(settings, name)));
      return ranges.slice(1).map((range, index) => ranges.slice(0, index + 1).includes(range));
    });
    const pairs = plans1000.filter(({ keys }) => keys === 2);
    const equal = pairs.filter(({ keyNames = [] }) => {
      const [one, other] = keyNames.map((name) => rangeName(preferenceList(settings, name)));
      return one === other;
    });
    expect(shares.filter(Boolean).length / shares.length).toBeGreaterThan(0.4);
    // By chance, two keys would have equal ranges in one of ten plans, since five nodes have ten sets of three.
    expect(equal.length / pairs.length).toBeGreaterThan(0.25);
  });

  it("are k0, k1, … of targets that do not ask for others", () => {
    const plain = optionsWith({ target: { ...bundledPlans, drawsKeyNames: false } });
    for (const plan of drawn(plain, 20)) expect(plan.keyNames).toBeUndefined();
  });
});
