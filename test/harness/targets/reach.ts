/**
 * For tests of clients: access to one node in real time. Keeps the lines that clients log, and the errors that they
 * report.
 */
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
