import type { BuiltInWorkload } from "./workload.ts";

declare module "./workload.ts" {
  interface BuiltInWorkloads {
    readonly echo: Workload;
  }
}

export const echo: BuiltInWorkload<"echo"> = {
  name: "echo",
  meaning: "Clients send a text to a node, which must send the same text back.",
  operations: {
    echo: {
      args: {
        type: "object",
        properties: { text: { type: "string" } },
        required: ["text"],
        additionalProperties: false,
      },
      say: ({ args }) => `asks for an echo of ${String(args?.["text"])}`,
      writes: false,
    },
  },
  always: "echo",
  carries: false,
  oneKey: true,
  mix: () => ({ echo: 1 }),
  args: (_, __, index) => ({ text: `Please echo ${index}` }),
  finalReads: () => [],
};
