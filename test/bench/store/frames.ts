/** The requests of the benchmark's clients, and replies that are about as long as those of the store. */
import type { ClientReply, ClientRequest } from "../../../store/index.ts";

const keys = 1_000;
const value = "v".repeat(20);
const stamp = "0001767225600000.n1.000001.000001";

export const frameOf = (kind: "read" | "write", id: number): string => {
  const key = `k${id % keys}`;
  const request: ClientRequest =
    kind === "read" ? { type: "get", id, key } : { type: "put", id, key, value };
  return JSON.stringify(request);
};

const got: ClientReply = {
  type: "got",
  id: 10_000,
  key: "k500",
  state: { kind: "stamped", stamp, value },
};
const stored: ClientReply = { type: "stored", id: 10_000, key: "k500", version: stamp };
export const gotFrame = JSON.stringify(got);
export const storedFrame = JSON.stringify(stored);
