/** Access to one node in real time for clients in tests, with what they log and complain about. */
import type { Reach } from "../../../harness/platforms/reach.ts";
import type { ClientRequest, ClientSession, Outcome } from "../../../harness/platforms/session.ts";
import { createWaiting } from "../../../harness/platforms/waiting.ts";

export interface TestReach extends Reach {
  readonly logged: string[];
  readonly failures: Error[];
}

export function testReach(port = 1): TestReach {
  const logged: string[] = [];
  const failures: Error[] = [];
  return {
    nodes: ["n1"],
    settings: {},
    workload: "register",
    addressOf: () => "127.0.0.1",
    address: () => ({ host: "127.0.0.1", port }),
    clock: createWaiting().clock,
    secret: "",
    log: (line) => void logged.push(line),
    fail: (error) => void failures.push(error),
    logged,
    failures,
  };
}

export const perform = (
  session: ClientSession,
  request: ClientRequest,
  timeoutMs = 10_000,
): Promise<Outcome> => new Promise((resolve) => session.perform(request, timeoutMs, resolve));

export const read = (op: number, key = "k0"): ClientRequest => ({ op, f: "read", key });
export const write = (op: number, value: string, key = "k0"): ClientRequest => ({
  op,
  f: "write",
  key,
  value,
});
