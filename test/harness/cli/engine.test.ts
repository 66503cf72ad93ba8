import { expect, it } from "vitest";
import { stopping } from "../../../harness/cli/engine.ts";
import type { Cluster } from "../../../harness/platforms/cluster.ts";

/** A cluster that only counts how often it was stopped. */
function stoppable(): { readonly cluster: Cluster; stops(): number } {
  let stops = 0;
  const stop = async (): Promise<void> => void stops++;
  return { cluster: { stop } as unknown as Cluster, stops: () => stops };
}

it("stops the clusters once the work is done, and gives what became of it", async () => {
  const { cluster, stops } = stoppable();
  expect(await stopping(Promise.resolve(5), () => [cluster])).toBe(5);
  expect(stops()).toBe(1);
});

it("stops the clusters where somebody's code calls process.exit, and says so", async () => {
  const { cluster, stops } = stoppable();
  const { exit } = process;
  const work = new Promise<never>(() => {
    setImmediate(() => {
      // If a client calls process.exit, the error is thrown in the client's own operation.
      expect(() => process.exit(3)).toThrow("exit-called");
    });
  });
  await expect(stopping(work, () => [cluster])).rejects.toMatchObject({
    code: "exit-called",
    got: "process.exit(3), called by that code",
  });
  expect(stops()).toBe(1);
  expect(process.exit).toBe(exit);
});
