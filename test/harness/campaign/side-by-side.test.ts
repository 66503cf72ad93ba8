/** Tests runs on several clusters at the same time, in this thread. */
import { describe, expect, it } from "vitest";
import { runSideBySide } from "../../../harness/campaign/side-by-side.ts";
import type { NextAsked } from "../../../harness/campaign/pool.ts";
import type { Cluster } from "../../../harness/platforms/cluster.ts";

const clusters = ["a", "b"].map((name) => ({ name }) as unknown as Cluster);

const upTo = (count: number): NextAsked => {
  let next = 0;
  return () => (next < count ? { index: next++ } : "none");
};

/** A function for runs that end only when the test calls `end`. */
function controlled(): {
  readonly begun: number[];
  readonly busy: Set<Cluster>;
  run(asked: { readonly index: number }, cluster: Cluster): Promise<number>;
  end(index: number, error?: Error): Promise<void>;
} {
  const begun: number[] = [];
  const busy = new Set<Cluster>();
  const ends = new Map<number, (error?: Error) => void>();
  return {
    begun,
    busy,
    run: ({ index }, cluster) => {
      expect(busy.has(cluster)).toBe(false);
      busy.add(cluster);
      begun.push(index);
      return new Promise((resolve, reject) => {
        ends.set(index, (error) => {
          busy.delete(cluster);
          if (error === undefined) resolve(index);
          else reject(error);
        });
      });
    },
    async end(index, error) {
      ends.get(index)?.(error);
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

describe("histories side by side", () => {
  it("run on each cluster one at a time, and are taken in order of index", async () => {
    const { begun, busy, run, end } = controlled();
    const side = runSideBySide(clusters, upTo(4), run);
    expect(begun).toEqual([0, 1]);
    await end(1);
    expect(begun).toEqual([0, 1, 2]);
    expect(busy.size).toBe(2);
    const first = side.take(0);
    await end(0);
    expect(await first).toBe(0);
    expect(await side.take(1)).toBe(1);
    await end(2);
    await end(3);
    expect([await side.take(2), await side.take(3)]).toEqual([2, 3]);
    expect(await side.close()).toEqual([]);
  });

  it("do not run far ahead of what is taken", async () => {
    const { begun, run, end } = controlled();
    const side = runSideBySide(clusters, upTo(100), run);
    for (let index = 0; index < 10; index++) await end(index);
    expect(begun).toEqual([0, 1, 2, 3]);
    await side.take(0);
    expect(begun).toEqual([0, 1, 2, 3, 4]);
    await end(4);
    await side.close();
  });

  it("give a failure to whoever takes that history, and no other", async () => {
    const { run, end } = controlled();
    const side = runSideBySide(clusters, upTo(2), run);
    await end(1, new Error("no node"));
    await end(0);
    expect(await side.take(0)).toBe(0);
    await expect(side.take(1)).rejects.toThrow("no node");
  });

  it("name what ran in vain once they are closed", async () => {
    const { begun, run, end } = controlled();
    const side = runSideBySide(clusters, upTo(9), run);
    await end(0);
    await side.take(0);
    const closed = side.close();
    await end(1);
    await end(2);
    expect(await closed).toEqual([1, 2]);
    expect(begun).toEqual([0, 1, 2]);
  });
});
