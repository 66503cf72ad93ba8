import fc from "fast-check";
import { expect, test } from "vitest";
import { EventHeap, type SimEvent } from "../../../../harness/platforms/simulator/event-heap.ts";

type Step = { readonly add: number } | { readonly cancel: number } | { readonly take: true };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ add: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ cancel: fc.nat(50) }) },
  { weight: 2, arbitrary: fc.constant({ take: true as const }) },
);

test("events leave by (time, order of scheduling), whatever was cancelled in between", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const heap = new EventHeap<null>();
      const scheduled: SimEvent<null>[] = [];
      // The model of the heap: a list in no order, which is searched as a whole.
      let model: SimEvent<null>[] = [];
      for (const action of steps) {
        if ("add" in action) {
          const event = heap.add(action.add, null, () => {}, null, null);
          scheduled.push(event);
          model.push(event);
        } else if ("cancel" in action) {
          const event = scheduled[action.cancel];
          if (event === undefined) continue;
          heap.remove(event);
          model = model.filter((other) => other !== event);
        } else {
          const [earliest] = model.toSorted((a, b) => a.atUs - b.atUs || a.sequence - b.sequence);
          expect(heap.first()).toBe(earliest);
          if (earliest === undefined) continue;
          heap.remove(earliest);
          model = model.filter((other) => other !== earliest);
        }
        expect(heap.size).toBe(model.length);
      }
    }),
  );
});

test("a million cancelled timers hold no memory", () => {
  const heap = new EventHeap<null>();
  heap.add(5, null, () => {}, null, null);
  for (let count = 0; count < 1_000_000; count++)
    heap.remove(heap.add(1_000_000 + count, null, () => {}, null, null));
  expect(heap.size).toBe(1);
});
