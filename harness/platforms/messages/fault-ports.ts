/** Makes faults for nodes whose messages pass through the harness. */
import type { Damage } from "../../../generators/index.ts";
import type { NodeName } from "../../../checkers/index.ts";
import type { ClusterClock } from "../cluster.ts";
import {
  clockPort,
  type Done,
  type FaultPorts,
  impossiblePort,
  nodeByNode,
  processPort,
} from "../fault-port.ts";
import type { MessageNetwork } from "./network.ts";
import type { NodeMachine } from "./world.ts";

export interface PortGround {
  /**
   * The faults that cannot be made: port name → why. For faults of the process port, the key is the state (killed,
   * paused).
   */
  readonly cannot: ReadonlyMap<string, string>;
  readonly clock: ClusterClock;
  network(): MessageNetwork;
  machine(node: NodeName): NodeMachine;
  kill(node: NodeName, done: Done): void;
  /** Starts the node and sends it `init`. */
  restart(node: NodeName, done: Done): void;
}

const noDisk =
  "the harness does not control the disks of nodes that send messages through the harness";

export function createFaultPorts(ground: PortGround): FaultPorts {
  const { cannot, network, machine } = ground;
  /** Runs the action later, so that `done` is not called before the call of the port has returned. */
  const soon = (act: () => void, done: Done): void =>
    void ground.clock.setTimer(0, () => {
      act();
      done(null);
    });
  return {
    cuts: {
      set: (wanted, _, done) => soon(() => network().setCuts(wanted.keys()), done),
    },
    impairments: {
      set: (wanted, _, done) => soon(() => network().setImpairments(wanted), done),
    },
    messages: {
      set: (wanted, _, done) => soon(() => network().setAims(wanted), done),
    },
    reading: {
      set: (wanted, _, done) => soon(() => network().setReading(wanted), done),
    },
    refusals: impossiblePort("nodes send messages, and make no connections"),
    commands: impossiblePort("nodes have no address that a shell command could act on"),
    clock: {
      cannot: () => cannot.get("clock") ?? null,
      ...clockPort((node, aheadMs, done) => machine(node).setClock(aheadMs, done)),
    },
    "client-clocks": impossiblePort("clients send no time of their own"),
    "full-disk": impossiblePort(noDisk),
    "slow-disk": impossiblePort(noDisk),
    power: impossiblePort(noDisk),
    membership: impossiblePort("the nodes of a history stay the same"),
    limits: impossiblePort(
      "the harness does not limit processor and memory of nodes that send messages through the harness",
    ),
    process: {
      cannot: (state) => cannot.get(state) ?? null,
      ...processPort({
        kill: (node, done) => ground.kill(node, done),
        restart: (node, done) => ground.restart(node, done),
        pause: (node, done) => machine(node).pause(done),
        resume: (node, done) => machine(node).resume(done),
      }),
    },
    damage: {
      cannot: ({ damage }: Damage) =>
        damage === "wipe" ? null : "a node's data can be wiped, but not damaged in another way",
      ...nodeByNode((node, _, done) => machine(node).wipe(done)),
    },
  };
}
