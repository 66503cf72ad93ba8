/** The passes of shrinking, in their order. A pass is a numbered list of candidates, which are made on demand. */
import { range } from "../draw.ts";
import { kindOf } from "../kinds.ts";
import type { ResolvedLanguage, ResolvedOptions } from "../options.ts";
import type { Plan } from "../plan.ts";
import {
  dropClient,
  dropFaults,
  dropKey,
  dropNode,
  dropOperations,
  mergeKey,
  rerouteNode,
} from "./drop.ts";
import { partsOf } from "./measure.ts";
import {
  closerBegin,
  narrowerFault,
  narrowerOperation,
  plainKeyNames,
  plainerTrigger,
  plainOperation,
  plainOperations,
  shorterFault,
  shorterPlan,
  shorterWait,
  shorterWaits,
  simplerSetting,
  toHalf,
  toZero,
} from "./simplify.ts";
import type { Shorten } from "./simplify.ts";

export interface Pass {
  readonly count: (plan: Plan) => number;
  /** Returns candidate number `index` for a smaller plan. Returns null if there is no such candidate. */
  readonly candidate: (plan: Plan, index: number) => Plan | null;
}

export function passesFor(options: ResolvedOptions): readonly Pass[] {
  const clients = clientPass(options);
  const nodes = nodePass(options);
  const rerouted = reroutingPass(options);
  const structure = [
    allFaults,
    ...chunksFrom(8).map(operationChunks),
    clients,
    keys,
    faultPairs,
    faults,
    nodes,
    rerouted,
    ...[4, 2, 1].map(operationChunks),
    mergedKeys,
  ];
  const plainer = [
    operationParts(options),
    narrowingPass(options),
    plainerTriggers,
    allPlain,
    eachPlain,
    { count: () => 1, candidate: plainKeyNames },
    ...options.swarmSettings.map((setting) => settingPass(setting, options)),
    // If plans of a target always restart nodes, the target's promises may depend on the restart, so it is kept.
    ...(options.target.restartPercent === undefined ? [] : [withoutRestart]),
    speedUp,
    waits(toZero),
    begins(toZero),
    begins(toHalf),
    wait(toZero),
    wait(toHalf),
    faultTimes(toZero),
    faultTimes(toHalf),
  ];
  const elsewhere = Array.from({ length: options.worlds }, (_, world) =>
    [operationChunks(1), faults, clients, keys, nodes, rerouted].map((pass) =>
      inAnotherWorld(pass, world + 1),
    ),
  );
  const elsewhereByHalf = Array.from({ length: options.worlds * worldsOfHalves }, (_, world) =>
    [2, 4].map((parts) => inAnotherWorld(operationShares(parts), world + 1)),
  );
  return [...structure, ...plainer, ...elsewhere.flat(), ...elsewhereByHalf.flat()];
}

/**
 * Shrinking removes halves and quarters of the operations in this many times more worlds than single operations, if
 * more than `many` operations are left. Operations that cannot be removed one by one often matter only for the schedule
 * that they cause. Fewer operations can cause the same schedule, but only in few worlds.
 */
const worldsOfHalves = 40;
const many = 8;

/**
 * A pass whose candidates lack one of `parts` equal parts of the operations. It has no candidates for a plan with at
 * most `many` operations.
 */
function operationShares(parts: number): Pass {
  return {
    count: ({ operations }) => (operations.length > many ? parts : 0),
    candidate: (plan, index) => {
      const size = Math.ceil(plan.operations.length / parts);
      return dropOperations(plan, index * size, size);
    },
  };
}

/**
 * Returns the chunk sizes of delta debugging (Zeller and Hildebrandt, TSE 2002): powers of two from 2¹⁹ down to at
 * least `smallest`.
 */
function chunksFrom(smallest: number): number[] {
  const sizes = [];
  for (let size = 1 << 19; size >= smallest; size >>= 1) sizes.push(size);
  return sizes;
}

function operationChunks(size: number): Pass {
  return {
    count: ({ operations }) =>
      size > 1 && size >= operations.length ? 0 : Math.ceil(operations.length / size),
    candidate: (plan, index) => dropOperations(plan, index * size, size),
  };
}

const allFaults: Pass = {
  count: () => 1,
  candidate: (plan) => dropFaults(plan, 0, plan.faults.length),
};
const faultPairs: Pass = {
  count: ({ faults }) => Math.floor(faults.length / 2),
  candidate: (plan, index) => dropFaults(plan, index * 2, 2),
};
const faults: Pass = {
  count: ({ faults }) => faults.length,
  candidate: (plan, index) => dropFaults(plan, index, 1),
};
const clientPass = ({ kinds }: ResolvedLanguage): Pass => ({
  count: (plan) => plan.clients,
  candidate: (plan, client) => dropClient(plan, client, kinds),
});
const keys: Pass = { count: (plan) => plan.keys, candidate: dropKey };
const mergedKeys: Pass = {
  count: (plan) => plan.keys ** 2,
  candidate: (plan, index) => {
    const [key, into] = [Math.floor(index / plan.keys), index % plan.keys];
    return into < key ? mergeKey(plan, key, into) : null;
  },
};

function nodePass(language: ResolvedLanguage): Pass {
  return {
    count: ({ settings }) => language.target.facts(settings).nodes,
    candidate: (plan, index) => dropNode(plan, index, language),
  };
}

function reroutingPass(language: ResolvedLanguage): Pass {
  const factsOf = ({ settings }: Plan) => language.target.facts(settings);
  return {
    count: (plan) => {
      const { nodes, fewestNodes } = factsOf(plan);
      return nodes > fewestNodes ? nodes ** 2 : 0;
    },
    candidate: (plan, index) => {
      const { nodes } = factsOf(plan);
      return rerouteNode(plan, Math.floor(index / nodes), index % nodes, language);
    },
  };
}

/** A pass whose candidates lack one part of a fault. */
const narrowingPass = ({ kinds }: ResolvedLanguage): Pass =>
  eachPart(
    ({ faults }) => faults.map(({ fault }) => kindOf(kinds, fault).partsOf(fault)),
    (plan, fault, part) => narrowerFault(plan, fault, part, kinds),
  );

/** A pass whose candidates lack one part of an operation. */
const operationParts = ({ kinds }: ResolvedLanguage): Pass =>
  eachPart(
    (plan) => plan.operations.map((operation) => partsOf(plan, operation, kinds)),
    (plan, operation, part) => narrowerOperation(plan, operation, part, kinds),
  );

/**
 * A pass that removes one part of one fault or operation. `countsIn`: the number of parts of each fault or operation.
 */
function eachPart(
  countsIn: (plan: Plan) => readonly number[],
  without: (plan: Plan, whole: number, part: number) => Plan | null,
): Pass {
  const partsIn = (plan: Plan): [whole: number, part: number][] =>
    countsIn(plan).flatMap((count, whole) =>
      range(count).map((part): [number, number] => [whole, part]),
    );
  return {
    count: (plan) => partsIn(plan).length,
    candidate: (plan, index) => {
      const place = partsIn(plan)[index];
      return place ? without(plan, ...place) : null;
    },
  };
}

const plainerTriggers: Pass = {
  count: ({ faults }) => 2 * faults.length,
  candidate: (plan, index) => plainerTrigger(plan, index >> 1, index % 2 === 0 ? "timed" : "first"),
};
const allPlain: Pass = { count: () => 1, candidate: plainOperations };
const eachPlain: Pass = { count: ({ operations }) => operations.length, candidate: plainOperation };
const withoutRestart: Pass = {
  count: ({ restart }) => (restart === false ? 0 : 1),
  candidate: (plan) => ({ ...plan, restart: false }),
};
const speedUp: Pass = { count: () => 1, candidate: (plan) => shorterPlan(plan, toHalf) };

function settingPass(setting: string, { target }: ResolvedLanguage): Pass {
  return {
    count: () => target.simplest[setting]?.length ?? 0,
    candidate: (plan, rank) => simplerSetting(plan, setting, rank, target),
  };
}

function waits(shorten: Shorten): Pass {
  return { count: () => 1, candidate: (plan) => shorterWaits(plan, shorten) };
}

function wait(shorten: Shorten): Pass {
  return {
    count: ({ operations }) => operations.length,
    candidate: (plan, index) => shorterWait(plan, index, shorten),
  };
}

function begins(shorten: Shorten): Pass {
  return {
    count: ({ operations, faults }) => operations.length + faults.length,
    candidate: (plan, index) => closerBegin(plan, index, shorten),
  };
}

function faultTimes(shorten: Shorten): Pass {
  return {
    count: ({ faults }) => 2 * faults.length,
    candidate: (plan, index) =>
      shorterFault(plan, index >> 1, index % 2 === 0 ? "atMs" : "durationMs", shorten),
  };
}

/**
 * Makes a pass with the same candidates under another seed. Removing a step also changes the random choices of the
 * simulated world, so a smaller plan may fail only under another seed.
 */
function inAnotherWorld(pass: Pass, world: number): Pass {
  return {
    count: pass.count,
    candidate: (plan, index) => {
      const smaller = pass.candidate(plan, index);
      // Weyl's sequence with the golden ratio: the seeds are far apart and never repeat within 2³² steps.
      return smaller && { ...smaller, worldSeed: (plan.worldSeed + world * 0x9e3779b9) >>> 0 };
    },
  };
}
