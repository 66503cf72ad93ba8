import fc from "fast-check";
import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createIntake } from "../../../store/real/intake.ts";

/** A stream whose frames are ids of requests. Its other end reads when the test calls `read`. */
function createStream(limits: { readonly mostAsked: number; readonly mostBytes: number }) {
  const taken: number[] = [];
  let waiting = 0;
  let isPaused = false;
  let isOver = false;
  const intake = createIntake({
    ...limits,
    longestReply: 100,
    bufferedBytes: () => waiting,
    take: (text) => {
      taken.push(Number(text));
      intake.asked(Number(text));
    },
    pause: () => (isPaused = true),
    resume: () => (isPaused = false),
    live: () => !isOver,
  });
  return {
    taken,
    offer: (id: number) => intake.offer(String(id)),
    answer: (id: number, bytes: number) => {
      waiting += bytes;
      intake.answered(id, bytes);
    },
    read: () => {
      waiting = 0;
      intake.left();
    },
    end: () => (isOver = true),
    get isPaused() {
      return isPaused;
    },
  };
}

describe("an intake", () => {
  it("takes no more than so many requests until some are answered, each in its turn", async () => {
    const stream = createStream({ mostAsked: 3, mostBytes: Infinity });
    for (let id = 1; id <= 6; id++) stream.offer(id);
    expect([stream.taken, stream.isPaused]).toEqual([[1, 2, 3], true]);
    stream.answer(2, 1);
    await turn();
    expect([stream.taken, stream.isPaused]).toEqual([[1, 2, 3, 4], true]);
    for (const id of [1, 3]) stream.answer(id, 1);
    await turn();
    // Now one place is free and no frame waits, so reading from the socket resumes.
    stream.answer(4, 1);
    await turn();
    expect([stream.taken, stream.isPaused]).toEqual([[1, 2, 3, 4, 5, 6], false]);
  });

  it("expects long replies until it has seen short ones", async () => {
    const stream = createStream({ mostAsked: 256, mostBytes: 250 });
    for (let id = 1; id <= 100; id++) stream.offer(id);
    expect(stream.taken).toHaveLength(3);
    for (let id = 1; id <= 12; id++) {
      stream.answer(id, 1);
      stream.read();
      await turn();
    }
    expect(stream.taken).toHaveLength(100);
  });

  it("takes nothing while the other end leaves too much unread", async () => {
    const stream = createStream({ mostAsked: Infinity, mostBytes: 50 });
    stream.offer(1);
    stream.answer(1, 51);
    stream.offer(2);
    await turn();
    expect([stream.taken, stream.isPaused]).toEqual([[1], true]);
    stream.read();
    await turn();
    expect([stream.taken, stream.isPaused]).toEqual([[1, 2], false]);
  });

  it("takes nothing once its stream is over", async () => {
    const stream = createStream({ mostAsked: 1, mostBytes: Infinity });
    stream.offer(1);
    stream.offer(2);
    stream.end();
    stream.answer(1, 1);
    await turn();
    expect(stream.taken).toEqual([1]);
  });

  it("takes each request once, in order, whatever happens in between", async () => {
    const step = fc.constantFrom("offer", "offer", "answer", "read", "turn");
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 60 }),
        fc.integer({ min: 1, max: 4 }),
        async (steps, mostAsked) => {
          const stream = createStream({ mostAsked, mostBytes: 250 });
          let offered = 0;
          let answered = 0;
          const answer = (): void => {
            if (answered < stream.taken.length) stream.answer(++answered, 80);
          };
          for (const what of steps) {
            if (what === "offer") stream.offer(++offered);
            else if (what === "answer") answer();
            else if (what === "read") stream.read();
            else await turn();
            expect(stream.taken.length - answered).toBeLessThanOrEqual(mostAsked);
          }
          for (let i = 0; i < offered; i++) {
            answer();
            stream.read();
            await turn();
          }
          expect(stream.taken).toEqual(Array.from({ length: offered }, (_, i) => i + 1));
          expect(stream.isPaused).toBe(false);
        },
      ),
    );
  });
});
