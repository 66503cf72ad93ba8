/** The settings of the target Garage. */
import { type SettingsReader, settingsReader } from "../software/settings.ts";
import type { GarageNodeSettings } from "./container.ts";
import { defaultVersion } from "./software.ts";

export type GarageSettings = Required<GarageNodeSettings> & {
  readonly version: string;
  readonly nodes: number;
  /** Whether a read stores its result on a quorum before it answers, which is Garage's default. */
  readonly monotonicReads: boolean;
  /**
   * Whether the harness synchronizes all tables before the last reads. It does not use `garage repair tables`, which
   * leaves out K2V's items.
   */
  readonly repair: boolean;
  /** How long a request may take, in ms. Clients wait half a second longer for an answer. */
  readonly requestTimeoutMs: number;
};

export const garageSettings: SettingsReader<GarageSettings> = settingsReader(
  "garage",
  {
    version: { type: "string", pattern: "^[0-9]+\\.[0-9]+\\.[0-9]+$" },
    nodes: { type: "integer", minimum: 3, maximum: 3 },
    consistencyMode: { enum: ["consistent", "degraded", "dangerous"] },
    metadataFsync: { type: "boolean" },
    engine: { enum: ["sqlite", "lmdb"] },
    monotonicReads: { type: "boolean" },
    repair: { type: "boolean" },
    requestTimeoutMs: { type: "integer", minimum: 200, maximum: 60_000 },
  },
  {
    version: defaultVersion,
    nodes: 3,
    consistencyMode: "consistent",
    metadataFsync: true,
    engine: "sqlite",
    monotonicReads: true,
    repair: true,
    requestTimeoutMs: 1500,
  },
);

/** Returns how many of the three replicas a read (`r`) and a write (`w`) wait for. */
export const quorumsOf = ({
  consistencyMode,
}: Pick<GarageSettings, "consistencyMode">): { readonly r: number; readonly w: number } => {
  switch (consistencyMode) {
    case "consistent":
      return { r: 2, w: 2 };
    case "degraded":
      return { r: 1, w: 2 };
    case "dangerous":
      return { r: 1, w: 1 };
  }
};
