import { UsageError } from "../../errors.ts";
import type { Platform } from "../platform.ts";
import type { Address } from "../reach.ts";
import { createExternalCluster } from "./cluster.ts";
import { platformName } from "./name.ts";

export const external: Platform = {
  name: platformName,
  meaning: "a cluster that already runs, at --addresses",
  virtualTime: false,
  usualHistories: 5,
  sideBySide: null,
  usualJobs: 1,
  needs: "cluster that already runs",
  howToGet: "start the cluster, and name its nodes with --addresses host:port,…",
  missingCode: "no-cluster",
  runs: (target) => target.external !== undefined,
  available: async () => ({ ok: true, what: "Addresses were given" }),
  prepare: async () => {},
  open: async (target, { nodes, addresses = [] } = {}) => {
    if (nodes !== undefined && addresses.length > 0 && addresses.length !== nodes)
      throw new UsageError({
        code: "wrong-number-of-addresses",
        expected: `an address for each of the ${nodes} nodes of the plan`,
        got: `${addresses.length}: ${addresses.join(", ")}`,
        hint: "Name each node's address once, the first node's first.",
      });
    return createExternalCluster(target, parseAddresses(addresses));
  },
};

/**
 * Parses the addresses of a cluster's nodes.
 *
 * @throws UsageError if a text is not host:port or appears twice, since two nodes cannot share an address.
 */
export function parseAddresses(texts: readonly string[]): readonly Address[] {
  const twice = texts.find((text, index) => texts.indexOf(text) < index);
  if (twice === undefined) return texts.map(parseAddress);
  throw new UsageError({
    code: "bad-address",
    expected: "a different address for each node",
    got: `${JSON.stringify(twice)} twice`,
    hint: "Name the address where clients reach each node.",
  });
}

/**
 * Parses an address host:port. The host of IPv6 is in brackets.
 *
 * @throws UsageError if the text is not host:port with a port from 1 to 65535.
 */
export function parseAddress(text: string): Address {
  const [, host, port] = /^(\[[\da-fA-F:.%]+\]|[\w.-]+):(\d{1,5})$/.exec(text) ?? [];
  if (host !== undefined && Number(port) > 0 && Number(port) < 65_536)
    return { host: host.replace(/^\[(.*)\]$/, "$1"), port: Number(port) };
  throw new UsageError({
    code: "bad-address",
    expected: "an address host:port, with a port from 1 to 65535",
    got: JSON.stringify(text),
    hint: "For example 127.0.0.1:8080; of IPv6 [::1]:8080. No http:// and no path.",
  });
}
