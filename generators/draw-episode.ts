/**
 * Draws what happens around a membership change. A change mostly loses what some replica had missed just before it, or
 * what reached a replica while another node still used the old ring. Drawn independently, the events that show this
 * rarely meet: a replica of a key is hindered, the key is written meanwhile, the key changes its owners, and clients
 * read it. An episode draws them together, for a few keys with common replicas.
 */
import type { Random } from "fast-check";
import { chance, integer, pick, range, shuffled, weighted } from "./draw.ts";
import { compatible, drawDurationMs } from "./draw-faults.ts";
import type { Effect, FaultDraw, FaultKind } from "./faults/fault-kind.ts";
import type { ResolvedOptions } from "./options.ts";
import { type Fault, keyName, type PlannedFault, type PlannedOperation } from "./plan.ts";
import type { Swarm } from "./swarm.ts";
import { nominalStartsMs } from "./timeline.ts";
import { ringEvents } from "./trigger.ts";

/** A membership change at a replica of some keys, a fault near it, and when clients mostly write and read the keys. */
export interface Episode {
  /** How long the plan's operations take without faults, in ms: long enough for the episode. */
  readonly phaseMs: number;
  /** The indices of the keys. */
  readonly keys: readonly number[];
  readonly change: PlannedFault;
  /** The fault that hinders a replica of the keys. Absent if the plan has no kind of fault but membership changes. */
  readonly companion?: PlannedFault;
  /** The index of the node that `companion` hinders: a replica of the keys, or a node that coordinates writes. */
  readonly hindered: number;
  readonly role: Role;
  /** The time in which most operations write the keys. Most later operations read them. */
  readonly writesFromMs: number;
  readonly writesToMs: number;
  /** Whether no operation writes the keys later, so that nothing hides what was lost. */
  readonly isQuietAfter: boolean;
}

/**
 * What the hindered node is. A replica, or a node that becomes one, misses writes. A coordinator acts with an old ring,
 * and most operations go through it.
 */
type Role = "another replica" | "the changed replica" | "a new owner" | "a coordinator";

/** The percentage of plans with membership changes that contain an episode. */
const episodePercent = 85;
/** The largest number of keys in an episode. */
const mostKeys = 3;
/** Roughly how long the steps of an undisturbed membership change take together, in ms. */
const changeMs = 400;
/** How often a companion is drawn again until it hinders the node that it should hinder. */
const tries = 8;

/** Draws an episode. Returns null for plans without membership changes, without drawing anything, and in some others. */
export function drawEpisode(
  random: Random,
  swarm: Swarm,
  { kinds }: Pick<ResolvedOptions, "kinds">,
): Episode | null {
  const changing = swarm.faultKinds.find(({ joins }) => joins !== undefined);
  if (changing === undefined || !chance(random, episodePercent)) return null;
  const { facts, clients } = swarm;
  const first = swarm.hotKeyPercent > 0 ? 0 : integer(random, 0, swarm.keys - 1);
  const replicasOf = (key: number): readonly number[] => facts.replicasOf(keyName(key, swarm));
  const replicas = replicasOf(first);
  const changed = pick(random, replicas);
  const draw = { nodes: facts.nodes, clients, facts };
  const change = drawChange(random, changing, { ...draw, aim: changed }, keyName(first, swarm));
  const others = swarm.faultKinds.filter(({ joins }) => joins === undefined);
  const kind = others.length === 0 ? null : pick(random, others);
  const newOwners = changing.newOwners?.(change, keyName(first, swarm), facts) ?? [];
  const [role, hindered] = drawHindered(random, {
    changed,
    replicas,
    newOwners: newOwners.filter((node) => node < facts.nodes),
    // A node that is stopped coordinates nothing.
    coordinators: kind === null || stopsNodes(kind) ? [] : range(facts.nodes),
  });
  const alike = range(swarm.keys).filter(
    (key) =>
      key !== first &&
      replicasOf(key).includes(changed) &&
      (role === "a coordinator" || role === "a new owner" || replicasOf(key).includes(hindered)),
  );
  const keys = [first, ...shuffled(random, alike).slice(0, integer(random, 0, mostKeys - 1))];
  const isQuietAfter = chance(random, 70);
  const longestMs = drawDurationMs(random, swarm.faultLength, facts);
  const phaseMs = Math.min(2 * swarm.phaseMs, Math.max(swarm.phaseMs, 2.5 * longestMs));
  const durationMs = Math.round(Math.min(longestMs, 0.4 * phaseMs));
  const beginMs = integer(random, 0.05 * phaseMs, 0.25 * phaseMs);
  const changeAt = (atMs: number): PlannedFault => ({
    atMs: Math.max(0, atMs),
    durationMs: drawDurationMs(random, "short", facts),
    fault: change,
  });
  const place = { phaseMs, keys, hindered, role, isQuietAfter };
  for (let left = tries; left > 0; left--) {
    if (kind === null) break;
    const companion = {
      atMs: beginMs,
      durationMs,
      fault: kind.draw(random, { ...draw, aim: hindered }),
    };
    // Weak faults have no effects, but they can be enough to let a message arrive after a change.
    const effects = kind.effects(companion.fault, facts);
    if (left > 1 && effects.length > 0 && !hindersNode(effects, hindered)) continue;
    const episode = timed(random, swarm, { ...place, kind, companion, changeAt });
    if (compatible(kinds, [episode.change, episode.companion], facts)) return episode;
  }
  const alone = changeAt(beginMs + durationMs);
  return {
    ...place,
    change: alone,
    writesFromMs: beginMs,
    writesToMs: alone.atMs + changeMs / 2,
  };
}

/** Draws a membership change, again if it does not move the key. */
function drawChange(random: Random, kind: FaultKind, draw: FaultDraw, key: string): Fault {
  for (let left = tries; ; left--) {
    const fault = kind.draw(random, draw);
    if (left === 0 || kind.newOwners?.(fault, key, draw.facts)?.length !== 0) return fault;
  }
}

/** Draws the hindered node. */
function drawHindered(
  random: Random,
  {
    changed,
    replicas,
    newOwners,
    coordinators,
  }: {
    readonly changed: number;
    readonly replicas: readonly number[];
    /** The nodes that own the key only after the change, except newcomers. */
    readonly newOwners: readonly number[];
    /** The nodes that may be hindered as coordinators. */
    readonly coordinators: readonly number[];
  },
): readonly [Role, number] {
  const apart = (nodes: readonly number[]): number[] => nodes.filter((node) => node !== changed);
  const nodes = {
    "another replica": apart(replicas),
    "the changed replica": [changed],
    "a new owner": newOwners,
    "a coordinator": apart(coordinators),
  };
  const weights = [
    ["another replica", 6],
    ["the changed replica", replicas.length > 1 ? 2 : 6],
    ["a new owner", 3],
    ["a coordinator", 6],
  ] as const;
  const role = weighted(
    random,
    weights.map(([name, weight]) => [name, nodes[name].length > 0 ? weight : 0] as const),
  );
  return [role, pick(random, nodes[role])];
}

type Order = "missed before" | "while it begins" | "in a step" | "missed after" | "at an event";

/** How often the companion and the change come in which order. */
function ordersOf(role: Role, waits: boolean): readonly (readonly [Order, number])[] {
  const atEvent = ["at an event", waits ? 8 : 0] as const;
  switch (role) {
    case "another replica":
    case "the changed replica":
      return [
        ["missed before", 14],
        ["while it begins", 4],
        ["in a step", 4],
        ["missed after", 3],
        atEvent,
      ];
    case "a new owner":
      return [["missed after", 8], ["in a step", 4], ["while it begins", 2], atEvent];
    case "a coordinator":
      return [["while it begins", 8], ["in a step", 3], ["missed before", 2], atEvent];
  }
}

/** Draws when the membership changes: after the companion, about when it ends or begins, before it, or during it. */
function timed(
  random: Random,
  { facts, triggeredPercent }: Swarm,
  {
    kind,
    companion,
    changeAt,
    ...place
  }: Pick<Episode, "phaseMs" | "keys" | "hindered" | "role" | "isQuietAfter"> & {
    readonly kind: FaultKind;
    readonly companion: PlannedFault;
    readonly changeAt: (atMs: number) => PlannedFault;
  },
): Episode & { readonly companion: PlannedFault } {
  const { atMs, durationMs } = companion;
  const endMs = atMs + durationMs;
  const waits = triggeredPercent > 0 && facts.triggers.length > 0 && kind.triggers !== undefined;
  const order = weighted(random, ordersOf(place.role, waits));
  const writes = { writesFromMs: atMs, writesToMs: endMs };
  switch (order) {
    case "missed before": {
      const change = changeAt(endMs + integer(random, -80, 80));
      return { ...place, change, companion, ...writes };
    }
    case "while it begins": {
      const change = changeAt(atMs + integer(random, 10, Math.min(durationMs, 300)));
      // Later writes of the key would hide the loss of a write that a coordinator with the old ring sends to the former
      // owners alone.
      const writesToMs = chance(random, 60) ? change.atMs + integer(random, 20, 100) : endMs;
      return { ...place, change, companion, ...writes, writesToMs };
    }
    case "in a step": {
      // New owners fetch their data soon after the change begins.
      const afterMs = chance(random, 50) ? integer(random, 5, 80) : integer(random, 50, changeMs);
      const change = changeAt(atMs - afterMs);
      return { ...place, change, companion, ...writes };
    }
    case "missed after": {
      const change = changeAt(atMs - integer(random, changeMs, 2 * changeMs));
      return { ...place, change, companion, ...writes };
    }
    case "at an event": {
      const change = changeAt(endMs);
      const { hindered } = place;
      const streams = ["stream", "half-streamed"] as const;
      const event = pick(random, chance(random, 50) ? streams : ringEvents);
      return {
        ...place,
        change,
        companion: {
          ...companion,
          atMs: change.atMs,
          // A stream that breaks off is noticed only after a request's timeout.
          durationMs: integer(random, facts.requestTimeoutMs, 3 * facts.requestTimeoutMs),
          when: { event, node: hindered, count: integer(random, 1, 3) },
        },
        ...writes,
      };
    }
  }
}

const stopsNodes = ({ ports }: FaultKind): boolean =>
  ports.some(({ stage }) => stage === "process");

/** Whether the effects keep the node from some of the writes that other nodes get. */
const hindersNode = (effects: readonly Effect[], node: number): boolean =>
  effects.some((effect) => {
    switch (effect.effect) {
      case "node-down":
      case "node-slow":
      case "writes-refused":
      case "syncs-slow":
        return effect.node === node;
      case "apart":
        return effect.from === node || effect.to === node;
      case "clients-apart":
      case "data-lost":
      case "clock-off":
      case "unknown":
        return false;
    }
  });

/** About how long an operation takes, in ms. */
const latencyMs = 5;

/**
 * Redirects many operations to the episode's keys. They write them while the companion lasts, mostly through nodes that
 * it does not hinder or through the one coordinator that it hinders, and read them after that.
 */
export function withEpisode(
  random: Random,
  { mix, workload, facts }: Swarm,
  { keys, hindered, role, writesFromMs, writesToMs, isQuietAfter }: Episode,
  operations: readonly PlannedOperation[],
): PlannedOperation[] {
  const named = Object.entries(mix).filter(([, weight]) => weight > 0);
  const isWrite = (f: string): boolean => workload.operations[f]?.writes === true;
  const writes = named.filter(([f]) => isWrite(f));
  const reads = named.filter(([f]) => !isWrite(f));
  // A key that is only deleted while a replica is hindered shows whether the delete lasts.
  const overwriting = writes.filter(([f]) => f !== workload.always);
  const last = new Map(
    keys.map((key) => {
      const some = overwriting.length > 0 && chance(random, 65) ? overwriting : writes;
      return [key, some.length > 0 ? pick(random, some)[0] : null];
    }),
  );
  const through =
    role === "a coordinator" ? [hindered] : range(facts.nodes).filter((node) => node !== hindered);
  const starts = nominalStartsMs(operations);
  const done = new Map<number, number>();
  return operations.map((operation, index) => {
    const earlier = done.get(operation.client) ?? 0;
    done.set(operation.client, earlier + 1);
    const startMs = (starts[index] ?? 0) + earlier * latencyMs;
    if (startMs > writesToMs) {
      const key = chance(random, 60) ? pick(random, keys) : operation.key;
      const reading = isQuietAfter ? keys.includes(key) : chance(random, 50);
      const f = reading && reads.length > 0 && isWrite(operation.f);
      return { ...operation, key, ...(f && { f: weighted(random, reads) }) };
    }
    const isMissed = startMs >= writesFromMs;
    const joins = chance(random, isMissed ? 80 : 60);
    const key = joins ? pick(random, keys) : operation.key;
    if (!keys.includes(key)) return operation;
    const f = last.get(key) ?? operation.f;
    if (!isMissed) {
      // A key that is only deleted later holds a value by then.
      const first = f !== workload.always && isWrite(workload.always) ? workload.always : f;
      const writesFirst = isWrite(operation.f) || chance(random, 50);
      return { ...operation, key, ...(writesFirst && { f: first }) };
    }
    return {
      ...operation,
      key,
      ...((joins || isWrite(operation.f)) && { f }),
      ...(chance(random, 70) && through.length > 0 && { node: pick(random, through) }),
    };
  });
}
