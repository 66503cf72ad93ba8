/** Tests an operator's changes of Garage's layout, with a fake of Garage's administration API. */
import { describe, expect, it } from "vitest";
import type { MembershipChange } from "../../../../generators/index.ts";
import type { Admin, RoleChange } from "../../../../harness/targets/garage/admin.ts";
import {
  createLayoutChanges,
  type LayoutChanges,
} from "../../../../harness/targets/garage/layout-changes.ts";

interface Cluster {
  version: number;
  isSynchronized: boolean;
  down: readonly string[];
  fails: boolean;
  readonly done: unknown[];
}

function open(): { readonly cluster: Cluster; readonly changes: LayoutChanges } {
  const cluster: Cluster = { version: 1, isSynchronized: true, down: [], fails: false, done: [] };
  const admin: Partial<Admin> = {
    layoutVersion: async () => cluster.version,
    isSynchronized: async () => cluster.isSynchronized,
    down: async () => cluster.down,
    connect: async (peers) => void cluster.done.push({ connect: peers }),
    skipDeadNodes: async (version) => void cluster.done.push({ skipDeadNodes: version }),
    reshape: async (roles: readonly RoleChange[]) => {
      if (cluster.fails) throw new Error("no answer");
      cluster.done.push(...roles);
      cluster.isSynchronized = false;
      return ++cluster.version;
    },
  };
  const changes = createLayoutChanges({
    nodes: ["n1", "n2", "n3"],
    admin: () => admin as Admin,
    idOf: (node) => `id of ${node}`,
    addressOf: (node) => `address of ${node}`,
  });
  return { cluster, changes };
}

const add: MembershipChange = { kind: "add", node: "n4", through: "n1" };
const remove: MembershipChange = { kind: "remove", node: "n2", through: "n1" };
const replace: MembershipChange = { kind: "replace", node: "n3", by: "n5", through: "n1" };

describe("a change of Garage's layout", () => {
  it("connects the node that comes, gives it a role, and is over once all have synchronized", async () => {
    const { cluster, changes } = open();
    expect(await changes.ask("add n4", add)).toEqual({ is: "under-way" });
    expect(cluster.done).toEqual([
      { connect: [{ id: "id of n4", address: "address of n4" }] },
      { assign: "id of n4" },
    ]);
    expect(await changes.ask("add n4", add)).toEqual({ is: "under-way" });
    cluster.isSynchronized = true;
    expect(await changes.ask("add n4", add)).toEqual({ is: "over" });
    expect(changes.members()).toEqual(["n1", "n2", "n3", "n4"]);
    expect(cluster.done).toHaveLength(2);
  });

  it("waits for the one before it", async () => {
    const { cluster, changes } = open();
    await changes.ask("add n4", add);
    expect(await changes.ask("remove n2", remove)).toMatchObject({ is: "refused", again: true });
    cluster.isSynchronized = true;
    await changes.ask("add n4", add);
    expect(await changes.ask("remove n2", remove)).toEqual({ is: "under-way" });
    expect(changes.members()).toEqual(["n1", "n3", "n4"]);
  });

  it("is refused for good where three nodes would not be left", async () => {
    const { cluster, changes } = open();
    expect(await changes.ask("remove n2", remove)).toMatchObject({ is: "refused", again: false });
    expect(cluster.done).toEqual([]);
    expect(await changes.ask("add n4", add)).toEqual({ is: "under-way" });
  });

  it("is asked for again where nobody knows whether it began", async () => {
    const { cluster, changes } = open();
    cluster.fails = true;
    expect(await changes.ask("add n4", add)).toEqual({ is: "unknown" });
    cluster.fails = false;
    expect(await changes.ask("add n4", add)).toEqual({ is: "under-way" });
  });

  it("speaks for a dead node only while it reaches all others", async () => {
    const { cluster, changes } = open();
    await changes.ask("replace n3", replace);
    expect(cluster.done.slice(1)).toEqual([{ remove: "id of n3" }, { assign: "id of n5" }]);
    cluster.down = ["id of n3", "id of n2"];
    await changes.ask("replace n3", replace);
    expect(cluster.done).toHaveLength(3);
    cluster.down = ["id of n3"];
    await changes.ask("replace n3", replace);
    expect(cluster.done.at(-1)).toEqual({ skipDeadNodes: 2 });
    expect(changes.members()).toEqual(["n1", "n2", "n5"]);
  });
});
