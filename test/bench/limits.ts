/**
 * Measures upper bounds for a simulator on this machine: the event loop alone, without a store, a network or a disk.
 */
import { EventHeap } from "../../harness/platforms/simulator/event-heap.ts";
import type { Message } from "../../store/index.ts";

/** The number of events that wait at any time: about as many as in a busy cluster of five nodes. */
const underWay = 100;

interface Passing {
  readonly id: number;
  readonly to: number;
}

const message = ({ id, to }: Passing): Message => ({
  type: "replica-put",
  id,
  trace: id,
  key: `k${to}`,
  state: {
    kind: "stamped",
    stamp: "0001767225600000000-0000-n1-00000001-00000001",
    value: `v${id}`,
  },
  cause: "write",
});

/** The number of events a second with plain callbacks. Each event makes a message and schedules another event. */
export function callbacks(events: number): number {
  return rate(events, (heap, take) => {
    let taken = 0;
    while (taken < events) {
      const event = heap.first();
      if (event === undefined) break;
      heap.remove(event);
      take(event.atUs, event.argument as Message);
      taken++;
    }
  });
}

/** The number of events a second if each message is encoded as JSON and decoded, as on real sockets. */
export function withJson(events: number): number {
  return rate(events, (heap, take) => {
    let taken = 0;
    while (taken < events) {
      const event = heap.first();
      if (event === undefined) break;
      heap.remove(event);
      take(event.atUs, JSON.parse(JSON.stringify(event.argument)) as Message);
      taken++;
    }
  });
}

/** The number of events a second if each event awaits a promise, as in a simulator with promises. */
export async function awaited(events: number): Promise<number> {
  const heap = full();
  const take = taker(heap);
  const started = performance.now();
  for (let taken = 0; taken < events; taken++) {
    const event = heap.first();
    if (event === undefined) break;
    heap.remove(event);
    await Promise.resolve();
    take(event.atUs, event.argument as Message);
  }
  return events / ((performance.now() - started) / 1000);
}

type Take = (atUs: number, message: Message) => void;

function rate(events: number, loop: (heap: EventHeap<null>, take: Take) => void): number {
  const heap = full();
  const started = performance.now();
  loop(heap, taker(heap));
  return events / ((performance.now() - started) / 1000);
}

function full(): EventHeap<null> {
  const heap = new EventHeap<null>();
  for (let id = 0; id < underWay; id++)
    heap.add(id, null, () => {}, null, message({ id, to: id % 10 }));
  return heap;
}

const nothing = (): void => {};

/** Returns a handler that schedules the next event at a pseudo-random time, so that the heap has work to do. */
function taker(heap: EventHeap<null>): Take {
  let random = 1;
  return (atUs, taken) => {
    random = (Math.imul(random, 1103515245) + 12345) | 0;
    heap.add(
      atUs + 1 + ((random >>> 16) & 1023),
      null,
      nothing,
      null,
      message({ id: taken.id + 1, to: taken.id % 10 }),
    );
  };
}
