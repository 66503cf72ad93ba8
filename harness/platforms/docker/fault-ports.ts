/** Makes faults in a run's containers. */
import { type DiskDamage, type Impairment, linkEnds } from "../../../generators/index.ts";
import type { NodeName } from "../../../checkers/index.ts";
import { commandPort } from "../command-port.ts";
import {
  clockPort,
  type Done,
  type FaultPorts,
  impossiblePort,
  nodeByNode,
  type PlatformPort,
  processPort,
} from "../fault-port.ts";
import type { Address } from "../reach.ts";
import type { Disks } from "./disks.ts";
import type { Engine } from "./engine.ts";
import { cutRules, lossRules, refusalRules, tryLossCommand, tryRefusalCommand } from "./cuts.ts";
import type { Filter, NetworkPort } from "./filter.ts";
import type { Limits } from "./limits.ts";
import type { Machine } from "./machine.ts";
import { type ImpairedLink, shapingTrials } from "./shaping.ts";
import type { WallClocks } from "./wall-clock.ts";

export interface PortGround {
  readonly engine: Engine;
  readonly filter: Filter;
  readonly disks: Disks;
  readonly limits: Limits;
  readonly clocks: WallClocks;
  /** Kills a node's process as a planned fault. */
  kill(machine: Machine): Promise<void>;
  /** The machines of the current history. */
  active(): readonly Machine[];
  /** True if the node is a member: it has joined and has not left for good. */
  isPresent(node: NodeName): boolean;
  readonly membership: FaultPorts["membership"];
  /** The faults that this engine's kernel or the target rules out: port or link impairment → why. */
  lacks(): ReadonlyMap<string, string>;
  /** The kinds of disk damage from which the target can start. Undefined: any. */
  readonly damages: readonly DiskDamage[] | undefined;
  /** Sets how far the client's clock, with which it stamps its writes, is ahead. */
  setClientClock(client: string, aheadMs: number): void;
  /** The node's address for clients. */
  addressOf(node: NodeName): Address;
  /** Calls `done` when the promise `work` has settled. */
  settle(work: Promise<unknown>, done: Done): void;
  /** Runs `change` on the node's machine, after the earlier changes of this node. Then calls `done`. */
  act(node: NodeName, change: (machine: Machine) => Promise<unknown>, done: Done): void;
}

const impairedLinks = (wanted: ReadonlyMap<string, Impairment>): readonly ImpairedLink[] =>
  [...wanted].map(([link, impairment]) => [...linkEnds(link), impairment]);

const noMessages = "the harness sees packets here, not messages";

export function createFaultPorts(ground: PortGround): FaultPorts {
  const { engine, filter, disks, limits, kill, active, lacks, addressOf, settle, act } = ground;
  const cannot = (name: string) => (): string | null => lacks().get(name) ?? null;
  /** Runs `change` on the node's machine, unless the node has not joined or has left for good. Then calls `done`. */
  const actIfPresent = (
    node: NodeName,
    change: (machine: Machine) => Promise<unknown>,
    done: Done,
  ): void =>
    act(node, (machine) => (ground.isPresent(node) ? change(machine) : Promise.resolve()), done);
  const network = <Value>(made: NetworkPort<Value>): PlatformPort<Value> => {
    const set = filter.port(made);
    return { set: (wanted, _, done) => settle(set(active(), wanted), done) };
  };
  return {
    cuts: network({ rules: (wanted) => cutRules([...wanted.keys()].map(linkEnds)) }),
    impairments: {
      ...network<Impairment>({
        rules: (wanted) => lossRules(impairedLinks(wanted)),
        links: impairedLinks,
        trials: [
          [
            ["lossPercent"],
            tryLossCommand,
            "this kernel cannot lose packets by chance (iptables -m statistic)",
          ],
          ...shapingTrials,
        ],
      }),
      cannot: (impairment) =>
        Object.keys(impairment).flatMap((name) => lacks().get(name) ?? [])[0] ?? null,
    },
    messages: impossiblePort(noMessages),
    reading: impossiblePort(noMessages),
    commands: commandPort(addressOf),
    refusals: {
      ...network({
        rules: (wanted) => refusalRules([...wanted.keys()]),
        trials: [
          [
            ["refusals"],
            tryRefusalCommand,
            "this kernel cannot refuse connections (iptables REJECT)",
          ],
        ],
      }),
      cannot: cannot("refusals"),
    },
    clock: {
      cannot: cannot("clock"),
      ...clockPort((node, aheadMs, done) =>
        act(node, (machine) => ground.clocks.set(machine, aheadMs), done),
      ),
    },
    "client-clocks": {
      cannot: cannot("client-clocks"),
      ...clockPort((client, aheadMs, done) => {
        ground.setClientClock(client, aheadMs);
        // The promise makes `done` run later, never before the call has returned.
        settle(Promise.resolve(), done);
      }),
    },
    "full-disk": {
      cannot: cannot("full-disk"),
      set: (wanted, _, done) => settle(disks.setFull(active(), [...wanted.keys()]), done),
    },
    "slow-disk": {
      cannot: cannot("slow-disk"),
      set: (wanted, _, done) => settle(disks.setSlow(active(), [...wanted.keys()]), done),
    },
    limits: {
      cannot: cannot("limits"),
      set: (wanted, _, done) => settle(limits.set(active(), [...wanted]), done),
    },
    process: processPort({
      kill: (node, done) => actIfPresent(node, kill, done),
      restart: (node, done) =>
        actIfPresent(
          node,
          async (machine) => {
            await engine.start(machine.process);
            await disks.started(machine);
          },
          done,
        ),
      pause: (node, done) => actIfPresent(node, ({ process }) => engine.pause(process), done),
      resume: (node, done) => actIfPresent(node, ({ process }) => engine.unpause(process), done),
    }),
    membership: ground.membership,
    power: {
      cannot: cannot("power"),
      ...nodeByNode((node, _, done) => act(node, disks.losePower, done)),
    },
    damage: {
      cannot: ({ damage }) =>
        lacks().get("damage") ??
        (ground.damages?.includes(damage) === false
          ? "the target does not start from a disk with such damage (containers.damages)"
          : null),
      ...nodeByNode((node, { damage, atPerMille }, done) =>
        act(node, (machine) => disks.damage(machine, damage, atPerMille), done),
      ),
      prepare: (node, _, done) => act(node, disks.copy, done),
    },
  };
}
