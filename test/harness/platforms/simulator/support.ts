import { listening, ping, quiet, type TinyWorld, tinyWorld } from "./tiny-world.ts";

export interface Pair extends TinyWorld {
  /** Sends messages from n1 to n2, one after the other, and returns how many ms each took. */
  forthMs(times: number): number[];
  backMs(times: number): number[];
}

/** A world in which n1 and n2 have a stream to each other, with functions that measure both. */
export function pair(seed = 7): Pair {
  const arrived: { at: number; from: string; id: number }[] = [];
  const tiny = tinyWorld({ seed, program: listening(arrived) });
  const forth = tiny.host("n1").dial("n2", quiet);
  const back = tiny.host("n2").dial("n1", quiet);
  tiny.pass(100);
  const measure = (stream: typeof forth, times: number): number[] =>
    Array.from({ length: times }, (_, id) => {
      const fromUs = tiny.world.loop.nowUs;
      const before = arrived.length;
      stream.send(ping(id));
      tiny.world.loop.run(() => arrived.length > before, fromUs + 60_000_000);
      return (tiny.world.loop.nowUs - fromUs) / 1000;
    });
  return {
    ...tiny,
    forthMs: (times) => measure(forth, times),
    backMs: (times) => measure(back, times),
  };
}
