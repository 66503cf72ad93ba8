/** Tests clients of a cluster that continues to run between histories, so that each history has keys of its own. */
import { expect, test } from "vitest";
import { ownKeys } from "../../../harness/platforms/own-keys.ts";
import type { ChangeState, Inspected, TargetClients } from "../../../harness/platforms/session.ts";

const session = { perform: () => {}, close: () => {} };
const held = { versions: [] };

test("inspection shows the history's own keys, and all else that a node says", () => {
  const clients: TargetClients = {
    session: () => session,
    inspect: (_, done) => {
      done({
        state: { "q1-k0": held, "q0-k0": held },
        pending: 2,
        ring: { version: 3 },
        leftovers: 1,
      });
      return () => {};
    },
  };
  let seen: Inspected | undefined;
  ownKeys(clients, "q1-").inspect?.("n1", (inspected) => (seen = inspected));
  expect(seen).toEqual({ state: { k0: held }, pending: 2, ring: { version: 3 }, leftovers: 1 });
});

test("changes of membership reach the target, where it has any", () => {
  const change = { kind: "add", node: "n4", through: "n1" } as const;
  const asked: unknown[] = [];
  const clients: TargetClients = {
    session: () => session,
    change: (name, wanted, done) => {
      asked.push(name, wanted);
      done({ is: "over" });
    },
  };
  let state: ChangeState | undefined;
  ownKeys(clients, "q1-").change?.("add n4", change, (told) => (state = told));
  expect(asked).toEqual(["add n4", change]);
  expect(state).toEqual({ is: "over" });
  expect(ownKeys({ session: () => session }, "q1-").change).toBeUndefined();
});
