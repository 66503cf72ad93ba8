import { expect, test } from "vitest";
import { EventLoop } from "../../../../harness/platforms/simulator/event-loop.ts";

test("time passes from event to event, and to the deadline when nothing is left", () => {
  const loop = new EventLoop();
  const seen: number[] = [];
  for (const atUs of [30, 10, 20])
    loop.schedule(atUs, null, () => seen.push(loop.nowUs), null, null);
  expect(loop.run(() => seen.length === 2, 1_000)).toBe(true);
  expect(loop.nowUs).toBe(20);
  expect(loop.run(() => false, 1_000)).toBe(false);
  expect(seen).toEqual([10, 20, 30]);
  expect(loop.nowUs).toBe(1_000);
});

test("what is due at the deadline happens, what is due after it waits", () => {
  const loop = new EventLoop();
  const seen: number[] = [];
  for (const atUs of [100, 101]) loop.schedule(atUs, null, () => seen.push(loop.nowUs), null, null);
  loop.run(() => false, 100);
  expect(seen).toEqual([100]);
  loop.run(() => false, 101);
  expect(seen).toEqual([100, 101]);
});

test("events that go on without time passing are stopped with a code", () => {
  const loop = new EventLoop();
  const again = (): void => void loop.schedule(loop.nowUs, null, again, null, null);
  again();
  expect(() => loop.run(() => false, 1_000)).toThrow(/^simulation-stuck: /);
});

test("waiting from within an event is refused with a code", () => {
  const loop = new EventLoop();
  loop.schedule(1, null, () => void loop.run(() => true, 10), null, null);
  expect(() => loop.run(() => false, 10)).toThrow(/^simulation-reentered: /);
});

test("stops after so many events, and goes on where it stopped", () => {
  const loop = new EventLoop();
  const seen: number[] = [];
  for (let at = 1; at <= 5; at++) loop.schedule(at, null, () => seen.push(at), null, null);
  expect(loop.run(() => false, 10, 2)).toBeNull();
  expect([seen, loop.nowUs, loop.happened]).toEqual([[1, 2], 2, 2]);
  expect(loop.run(() => seen.length === 4, 10, 2)).toBe(true);
  expect(loop.run(() => false, 10, 2)).toBe(false);
  expect([seen, loop.nowUs, loop.happened]).toEqual([[1, 2, 3, 4, 5], 10, 5]);
});
