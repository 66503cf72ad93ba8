/** The two networks of a run. */
import { EnvironmentError } from "../../errors.ts";
import type { Engine } from "./engine.ts";
import { labelsOf } from "./labels.ts";

export interface Networks {
  /** The clients' network, whose ports can be published. */
  readonly clients: string;
  /** The nodes' network, on which each node has a fixed address. */
  readonly peers: string;
  /** The address, on the peer network, of the node with this index. */
  addressOf(index: number): string;
}

const tries = 64;
/** The last byte of the first node's address. The engine itself uses .1 of each subnet. */
const firstHost = 10;

/**
 * Creates the clients' and the peers' network. The search for a free subnet starts at a number that depends on the
 * run's id, so runs rarely collide.
 */
export const createNetworks = async (engine: Engine, run: string): Promise<Networks> => {
  const labels = labelsOf(run);
  const clients = `quorate-${run}-clients`;
  const peers = `quorate-${run}-peers`;
  await engine.createNetwork({ name: clients, labels, internal: false });
  const start = Number.parseInt(run.slice(0, 4), 16);
  for (let attempt = 0; attempt < tries; attempt++) {
    const prefix = `10.213.${(start + attempt) % 256}`;
    if (
      await engine.createNetwork({ name: peers, labels, internal: true, subnet: `${prefix}.0/24` })
    ) {
      return { clients, peers, addressOf: (index) => `${prefix}.${firstHost + index}` };
    }
  }
  throw new EnvironmentError({
    code: "no-free-subnet",
    expected: `a free subnet among ${tries} of 10.213.0.0/16`,
    got: "all taken",
    hint: "`quorate clean` removes the networks that earlier runs left.",
  });
};
