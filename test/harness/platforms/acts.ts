/** Makes single changes to a cluster, through its fault ports. */
import {
  builtInKinds,
  type Damage,
  type Fault,
  type Impairment,
  type Limit,
  kindOf,
  linkEnds,
  linkName,
  nodeName,
  type ProcessState,
} from "../../../generators/index.ts";
import type { Cluster } from "../../../harness/index.ts";

type Done = (error: Error | null) => void;
type Node = string;

const none = new Map<string, never>();
const onAll = (nodes: readonly Node[]): ReadonlyMap<string, true> =>
  new Map(nodes.map((node) => [node, true as const]));

/** The links that a fault cuts. */
export const cutsOf = (fault: Fault, nodes: number): (readonly [from: Node, to: Node])[] =>
  kindOf(builtInKinds, fault)
    .wants(fault, { nodes, elapsedMs: 0, nameOf: nodeName })
    .filter(({ port }) => port === "cuts")
    .map(({ subject }) => linkEnds(subject));

export interface Acts {
  /** Makes exactly these cuts, and heals all others. An empty list heals all. */
  setCuts(cuts: readonly (readonly [from: Node, to: Node])[], done: Done): void;
  impair(links: readonly (readonly [from: Node, to: Node, of: Impairment])[], done: Done): void;
  setFullDisks(nodes: readonly Node[], done: Done): void;
  setSlowDisks(nodes: readonly Node[], done: Done): void;
  setLimits(limits: readonly (readonly [Node, Limit])[], done: Done): void;
  setClock(node: Node, aheadMs: number, done: Done): void;
  kill(node: Node, done: Done): void;
  restart(node: Node, done: Done): void;
  pause(node: Node, done: Done): void;
  resume(node: Node, done: Done): void;
  losePower(node: Node, done: Done): void;
  damageDisk(node: Node, damage: Damage["damage"], atPerMille: number, done: Done): void;
  copyDisk(node: Node, done: Done): void;
}

export function actsOn({ ports }: Pick<Cluster, "ports">): Acts {
  const process =
    (from: ProcessState | null, to: ProcessState | null) => (node: Node, done: Done) =>
      ports.process.set(
        to === null ? none : new Map([[node, to]]),
        from === null ? none : new Map([[node, from]]),
        done,
      );
  return {
    setCuts: (cuts, done) =>
      ports.cuts.set(new Map(cuts.map((cut) => [linkName(...cut), true])), none, done),
    impair: (links, done) =>
      ports.impairments.set(
        new Map(links.map(([from, to, impairment]) => [linkName(from, to), impairment])),
        none,
        done,
      ),
    setFullDisks: (nodes, done) => ports["full-disk"].set(onAll(nodes), none, done),
    setSlowDisks: (nodes, done) => ports["slow-disk"].set(onAll(nodes), none, done),
    setLimits: (limits, done) => ports.limits.set(new Map(limits), none, done),
    // Sets the clock whatever its state was: the earlier state that is passed always differs from the new one.
    setClock: (node, aheadMs, done) =>
      ports.clock.set(new Map([[node, aheadMs]]), new Map([[node, aheadMs + 1]]), done),
    kill: process(null, "killed"),
    restart: process("killed", null),
    pause: process(null, "paused"),
    resume: process("paused", null),
    losePower: (node, done) => ports.power.set(onAll([node]), none, done),
    damageDisk: (node, damage, atPerMille, done) =>
      ports.damage.set(new Map([[node, { damage, atPerMille }]]), none, done),
    copyDisk: (node, done) =>
      ports.damage.prepare?.(node, { damage: "restore", atPerMille: 0 }, done),
  };
}
