/** The settings of the target etcd. */
import { type SettingsReader, settingsReader } from "../software/settings.ts";

export type EtcdSettings = {
  readonly nodes: number;
  /** How clients read. Serializable reads ask only for the node's own state, so they may be stale. */
  readonly reads: "linearizable" | "serializable";
  /** How long a request may take, in ms. Clients wait half a second longer for an answer. */
  readonly requestTimeoutMs: number;
};

export const etcdSettings: SettingsReader<EtcdSettings> = settingsReader(
  "etcd",
  {
    nodes: { enum: [1, 3, 5] },
    reads: { enum: ["linearizable", "serializable"] },
    requestTimeoutMs: { type: "integer", minimum: 200, maximum: 60_000 },
  },
  { nodes: 3, reads: "linearizable", requestTimeoutMs: 1500 },
);
