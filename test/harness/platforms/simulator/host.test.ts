import type { Host } from "../../../../store/index.ts";
import { protocol } from "../../../../harness/targets/bundled/simulator.ts";
import type { SimNode } from "../../../../harness/platforms/simulator/node.ts";
import { SimWorld } from "../../../../harness/platforms/simulator/world.ts";
import { type HostWorld, hostSuite } from "../../../store/host-suite.ts";

/**
 * The longest wait, in virtual time. Virtual time costs nothing, and an event that does not happen within a minute
 * never does.
 */
const patienceUs = 60_000_000;

async function simulated(): Promise<HostWorld> {
  const world = new SimWorld({
    seed: 3,
    nodes: ["n1", "n2", "n3"],
    program: () => {},
    protocol,
    evidence: true,
  });
  const node = (name: string): SimNode => {
    const found = world.nodes.get(name);
    if (found === undefined) throw new Error(`no node ${name}`);
    return found;
  };
  const run = (condition: () => boolean): void => {
    if (!world.loop.run(condition, world.loop.nowUs + patienceUs))
      throw new Error("it never happened");
  };
  return {
    async boot(name, program) {
      const hosts: Host[] = [];
      node(name).start((host) => {
        program(host as Host);
        hosts.push(host as Host);
      });
      run(() => hosts.length > 0);
      // The loop has just run until the program added its Host.
      return hosts[0] as Host;
    },
    kill: async (name) => node(name).kill(),
    wipe: (name) => node(name).disk.wipe(),
    tear: (name, log) => node(name).disk.tear(log),
    evidence: (name) => world.evidence.filter((event) => event.node === name),
    until: async (condition) => run(condition),
    async pass(ms) {
      world.loop.run(() => false, world.loop.nowUs + ms * 1000);
    },
    end: async () => world.end(),
  };
}

hostSuite("simulated", simulated);
