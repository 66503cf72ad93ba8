/** Tests that the fate of a message depends only on the seed, the link and the message's number. */
import { describe, expect, it } from "vitest";
import type { MessageAim } from "../../../../generators/index.ts";
import { type Latency, Link } from "../../../../harness/platforms/messages/link.ts";

const latency: Latency = { meanMs: 5, dist: "exponential" };
const aim: MessageAim = {
  from: "n1",
  to: "n2",
  type: "append",
  first: 2,
  count: 1,
  act: "lose",
  delayMs: 0,
};

const fates = (link: Link, types: readonly string[]): (readonly number[])[] =>
  types.map((type) => link.next(type, 100, 0).delaysUs);
const many = Array.from({ length: 50 }, () => "append");

describe("a link", () => {
  it("gives its messages the same fates for the same seed, and others for another", () => {
    const of = (seed: number, name: string): unknown => fates(new Link(seed, name, latency), many);
    expect(of(1, "n1>n2")).toEqual(of(1, "n1>n2"));
    expect(of(1, "n1>n2")).not.toEqual(of(2, "n1>n2"));
    expect(of(1, "n1>n2")).not.toEqual(of(1, "n2>n1"));
  });

  it("gives the messages behind a lost one the fates that they have without it", () => {
    const aimed = new Link(1, "n1>n2", latency);
    aimed.aimAt(new Map([["aim", aim]]));
    const plain = fates(new Link(1, "n1>n2", latency), many);
    expect(fates(aimed, many)).toEqual(plain.map((fate, index) => (index === 1 ? [] : fate)));
  });

  it("counts messages of the type that is aimed at alone", () => {
    const link = new Link(1, "n1>n2", latency);
    link.aimAt(new Map([["aim", aim]]));
    const lost = fates(link, ["vote", "append", "vote", "append", "append"]).map(
      ({ length }) => length === 0,
    );
    expect(lost).toEqual([false, false, false, true, false]);
  });

  it("delivers twice what an aim duplicates", () => {
    const link = new Link(1, "n1>n2", { meanMs: 0, dist: "constant" });
    link.aimAt(new Map([["aim", { ...aim, act: "duplicate", delayMs: 30 }]]));
    expect(fates(link, ["append", "append"])).toEqual([[0], [0, 30_000]]);
  });

  it("loses all while it is cut, and about a share while it is lossy", () => {
    const link = new Link(1, "n1>n2", latency);
    link.isCut = true;
    expect(fates(link, many).every(({ length }) => length === 0)).toBe(true);
    link.isCut = false;
    link.impairment = { lossPercent: 50 };
    const lost = fates(link, many).filter(({ length }) => length === 0).length;
    expect(lost).toBeGreaterThan(10);
    expect(lost).toBeLessThan(40);
  });

  it("lets a message wait for those before it where its bandwidth is capped", () => {
    const link = new Link(1, "n1>n2", { meanMs: 0, dist: "constant" });
    link.impairment = { bytesPerS: 100_000 };
    expect(fates(link, ["a", "a", "a"])).toEqual([[1000], [2000], [3000]]);
  });
});
