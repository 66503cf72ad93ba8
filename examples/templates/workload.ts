/** A workload in which each client sets and reads markers. Copy this file and change its operations. */
import { draw, type Workload } from "quorate";

export const markers: Workload = {
  name: "markers",
  meaning: "Clients set and read markers.",
  operations: {
    read: { say: ({ key }) => `reads marker ${key}`, writes: false },
    mark: {
      // The JSON Schema of the operation's arguments.
      args: {
        type: "object",
        properties: { text: { type: "string" } },
        required: ["text"],
        additionalProperties: false,
      },
      say: ({ key, args }) => `marks ${key} with ${String(args?.["text"])}`,
      writes: true,
    },
  },
  always: "mark",
  carries: false,
  mix: () => ({ read: 2, mark: 1 }),
  // `index` is the operation's number, so each text is unique.
  args: (_, { f }, index) => (f === "mark" ? { text: `m${index}` } : undefined),
  finalReads: ({ keys }) => draw.range(keys).map((key) => ({ f: "read", key })),

  // Performs each operation with register reads and writes, so that every target with registers can run the workload.
  overRegister: ({ keys }) => ({
    keys: draw.range(keys).map((key) => `k${key}`),
    requests: 1,
    perform({ f, key, args }, register, done) {
      if (f === "read")
        register({ f: "read", key }, (outcome) =>
          done(
            outcome.kind === "ok"
              ? { kind: "ok", result: outcome.versions?.at(-1)?.value ?? null }
              : outcome,
          ),
        );
      else register({ f: "write", key, value: String(args?.["text"]) }, done);
    },
  }),
  // Names the checkers whose promises follow from the guarantees of the register. `marked` is the checker in
  // checker.ts.
  promisedOver: ({ guarantees }) => (guarantees.has("no-thin-air") ? ["marked"] : []),
};
