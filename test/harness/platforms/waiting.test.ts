import { describe, expect, it } from "vitest";
import { createWaiting } from "../../../harness/platforms/waiting.ts";

describe("waiting on a real clock", () => {
  it("resolves true once the condition holds, looked at when something happened", async () => {
    const waiting = createWaiting();
    let looks = 0;
    let holds = false;
    const wait = waiting.until(() => {
      looks++;
      return holds;
    }, 60_000);
    expect(looks).toBe(1);
    waiting.happened();
    expect(looks).toBe(2);
    holds = true;
    expect(await wait).toBe(true);
  });

  it("resolves false when the time has passed, and rejects when the condition throws", async () => {
    const waiting = createWaiting();
    expect(await waiting.until(() => false, 20)).toBe(false);
    await expect(
      waiting.until(() => {
        throw new Error("cannot look");
      }, 60_000),
    ).rejects.toThrow("cannot look");
  });

  it("counts from where a history begins", async () => {
    const waiting = createWaiting();
    const before = waiting.beganUs + waiting.clock.nowUs();
    waiting.begin();
    expect(waiting.beganUs).toBeGreaterThanOrEqual(before);
    expect(waiting.clock.nowUs()).toBeLessThan(waiting.beganUs);
    expect(waiting.beganUs + waiting.clock.nowUs()).toBeGreaterThanOrEqual(before);
  });

  it("looks after a timer fired, and ends timers and waits with the history", async () => {
    const waiting = createWaiting();
    let fired = 0;
    waiting.clock.setTimer(5, () => fired++);
    expect(await waiting.until(() => fired === 1, 60_000)).toBe(true);
    waiting.clock.setTimer(5, () => fired++);
    const cancelled = waiting.clock.setTimer(5, () => fired++);
    cancelled.cancel();
    cancelled.cancel();
    const wait = waiting.until(() => false, 60_000);
    waiting.end();
    expect(await wait).toBe(false);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(fired).toBe(1);
  });
});

it("a timer that is set between two histories never fires, one of the next history does", async () => {
  const waiting = createWaiting();
  const fired: string[] = [];
  waiting.begin();
  waiting.clock.setTimer(0, () => fired.push("before the end"));
  waiting.end();
  waiting.clock.setTimer(0, () => fired.push("after the end"));
  waiting.begin();
  waiting.clock.setTimer(1, () => fired.push("of the next history"));
  expect(await waiting.until(() => fired.length > 0, 5_000)).toBe(true);
  expect(fired).toEqual(["of the next history"]);
});
