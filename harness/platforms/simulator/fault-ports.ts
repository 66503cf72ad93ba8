/** Makes faults in the simulated world. */
import { EnvironmentError } from "../../errors.ts";
import {
  clockPort,
  type Done,
  type FaultPorts,
  impossiblePort,
  nodeByNode,
  type PlatformPort,
  processPort,
} from "../fault-port.ts";
import type { Boot } from "./boot.ts";
import type { Disk } from "./disk.ts";
import { cutRule, impairmentRule, refusalRule } from "./link-rules.ts";
import type { LinkRule } from "./network.ts";
import type { SimNode } from "./node.ts";
import type { SimWorld } from "./world.ts";

const noLimits = "simulated nodes use no processor time and no memory that could be limited";

const noMessages = "simulated nodes talk over streams, whose frames are no messages";
const noClientStamps = "clients of the simulator give their writes no stamps";

/** Makes the ports. `running` throws if no history was started, and `nodeOf` throws for an unknown node. */
export function createFaultPorts(
  running: () => SimWorld,
  nodeOf: (name: string) => SimNode,
  membership: FaultPorts["membership"],
): FaultPorts {
  /** Runs the action as an event of its own, at the current virtual time. */
  const next = (act: (world: SimWorld) => void, done: Done): void => {
    const world = running();
    world.next(
      () => act(world),
      () => done(null),
    );
  };
  const onLinks = <Value>(
    port: string,
    rule: (wanted: ReadonlyMap<string, Value>) => LinkRule,
  ): PlatformPort<Value> => ({
    set: (wanted, _, done) => next(({ network }) => network.setRule(port, rule(wanted)), done),
  });
  const onEachDisk = (change: (disk: Disk, node: string) => void, done: Done): void =>
    next(({ nodes }) => nodes.forEach(({ disk }, name) => change(disk, name)), done);
  const onDeadDisk = (name: string, change: (disk: Disk) => void, done: Done): void => {
    const node = nodeOf(name);
    running().setTimer(0, () => {
      if (node.boot !== null) return done(stillRuns(node));
      change(node.disk);
      done(null);
    });
  };
  /**
   * Runs the action on the node's current boot. A node that does not run cannot be paused or resumed, as with
   * containers.
   */
  const onBoot = (name: string, change: (boot: Boot) => void, done: Done): void => {
    const node = nodeOf(name);
    running().setTimer(0, () => {
      // For a node that has not joined or has left for good, there is nothing to do.
      if (node.boot === null) return done(running().isPresent(name) ? notRunning(node) : null);
      change(node.boot);
      done(null);
    });
  };
  return {
    cuts: onLinks("cuts", cutRule),
    impairments: onLinks("impairments", impairmentRule),
    messages: impossiblePort(noMessages),
    reading: impossiblePort(noMessages),
    commands: impossiblePort("simulated nodes are out of reach of shell commands"),
    refusals: onLinks("refusals", refusalRule),
    clock: clockPort((name, aheadMs, done) => {
      const node = nodeOf(name);
      next(() => node.setClock(aheadMs), done);
    }),
    "client-clocks": impossiblePort(noClientStamps),
    "full-disk": {
      set: (wanted, _, done) => onEachDisk((disk, node) => disk.setFull(wanted.has(node)), done),
    },
    "slow-disk": {
      set: (wanted, _, done) => onEachDisk((disk, node) => disk.setSlow(wanted.has(node)), done),
    },
    // Other faults have similar effects: slow messages, slow disks and pauses.
    limits: impossiblePort(noLimits),
    process: processPort({
      kill: (name, done) => {
        const node = nodeOf(name);
        next(() => node.kill(), done);
      },
      restart: (name, done) =>
        running().restart(nodeOf(name), (runs) =>
          done(runs ? null : new Error(`${name} was killed while it started`)),
        ),
      pause: (name, done) => onBoot(name, (boot) => boot.pause(), done),
      resume: (name, done) => onBoot(name, (boot) => boot.resume(), done),
    }),
    membership,
    power: nodeByNode((name, _, done) => onDeadDisk(name, (disk) => disk.losePower(), done)),
    damage: {
      ...nodeByNode((name, { damage, atPerMille }, done) =>
        onDeadDisk(name, (disk) => disk.damage(damage, atPerMille), done),
      ),
      prepare: (name, _, done) => {
        const node = nodeOf(name);
        next(() => node.disk.keepCopy(), done);
      },
    },
  };
}

const stillRuns = (node: SimNode): EnvironmentError =>
  new EnvironmentError({
    code: "node-running",
    expected: `${node.name} to be dead while its disk is damaged`,
    got: "a node whose process runs",
    hint: "Kill it first.",
  });

const notRunning = (node: SimNode): EnvironmentError =>
  new EnvironmentError({
    code: "node-not-running",
    expected: `${node.name} to run`,
    got: `a dead process; ${node.name} said last: ${node.lastSaid}`,
    hint: "Read the node's own log.",
  });
