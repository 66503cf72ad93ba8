import { integer, range } from "../draw.ts";
import type { BuiltInWorkload } from "./workload.ts";

declare module "./workload.ts" {
  interface BuiltInWorkloads {
    readonly kafka: Workload;
  }
}

/**
 * Messages are sent to logs and polled from them. Each client tracks its own offsets in the logs, so plans contain no
 * offsets.
 */
export const kafka: BuiltInWorkload<"kafka"> = {
  name: "kafka",
  meaning:
    "Clients send unique messages to logs, poll the logs from where they stopped, and commit how far they have read.",
  operations: {
    send: {
      args: {
        type: "object",
        properties: { message: { type: "integer", minimum: 0 } },
        required: ["message"],
        additionalProperties: false,
      },
      say: ({ keyName, args }) => `sends ${String(args?.["message"])} to the log ${keyName}`,
      writes: true,
    },
    poll: {
      say: ({ keyName }) => `polls ${keyName} and the logs that it has polled before`,
      writes: false,
    },
    commit: { say: () => "commits how far it has read", writes: true },
    committed: { say: ({ keyName }) => `asks how far ${keyName} is committed`, writes: false },
  },
  always: "send",
  carries: false,
  mix: (random) => ({
    send: integer(random, 3, 6),
    poll: integer(random, 3, 6),
    commit: integer(random, 0, 2),
    committed: integer(random, 0, 1),
  }),
  args: (_, { f }, index) => (f === "send" ? { message: index } : undefined),
  finalReads: ({ keys }) => range(keys).map((key) => ({ f: "poll", key })),
};
