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
  threads: false,
  needs: "cluster that already runs",
  howToGet: "start it, and name its nodes with --addresses host:port,…",
  missingCode: "no-cluster",
  runs: (target) => target.external !== undefined,
  available: async () => ({ ok: true, what: "Addresses were given" }),
  open: async (target, { addresses = [] } = {}) =>
    createExternalCluster(target, addresses.map(parseAddress)),
};

/** @throws UsageError for what is no host:port. */
export function parseAddress(text: string): Address {
  const [, host, port] = /^(.+):(\d{1,5})$/.exec(text) ?? [];
  if (host !== undefined && Number(port) > 0 && Number(port) < 65_536)
    return { host: host.replace(/^\[(.*)\]$/, "$1"), port: Number(port) };
  throw new UsageError({
    code: "bad-address",
    expected: "an address host:port",
    got: JSON.stringify(text),
    hint: "For example 127.0.0.1:8080; of IPv6 [::1]:8080.",
  });
}
