import { setImmediate as nextTurn } from "node:timers/promises";
import { beforeEach, describe, expect, it } from "vitest";
import { createTurn } from "../../../store/real/turn.ts";
import type { Turn } from "../../../store/real/turn.ts";

describe("a turn of the real Host", () => {
  let happened: string[];
  let isLive: boolean;
  let turn: Turn;
  beforeEach(() => {
    happened = [];
    isLive = true;
    turn = createTurn(
      () => happened.push("write"),
      () => isLive,
    );
  });

  it("writes once, then lets all leave in their order", async () => {
    turn.leaving(() => happened.push("first"));
    turn.begin();
    turn.leaving(() => happened.push("second"));
    expect(happened).toEqual([]);
    await nextTurn();
    expect(happened).toEqual(["write", "first", "second"]);
  });

  it("writes what was recorded though nothing leaves", async () => {
    turn.begin();
    await nextTurn();
    expect(happened).toEqual(["write"]);
  });

  it("starts anew after its end", async () => {
    turn.leaving(() => happened.push("first"));
    turn.end();
    expect(happened).toEqual(["write", "first"]);
    turn.leaving(() => happened.push("second"));
    turn.end();
    expect(happened).toEqual(["write", "first", "write", "second"]);
  });

  it("lets nothing leave, ever, whose evidence could not be written", () => {
    let isFull = true;
    const failing = createTurn(
      () => {
        if (isFull) throw new Error("the disk is full");
      },
      () => true,
    );
    failing.leaving(() => happened.push("left"));
    expect(() => failing.end()).toThrow("the disk is full");
    isFull = false;
    failing.end();
    expect(happened).toEqual([]);
  });

  it("does nothing once the boot is over", async () => {
    turn.leaving(() => happened.push("left"));
    isLive = false;
    await nextTurn();
    expect(happened).toEqual([]);
  });
});
