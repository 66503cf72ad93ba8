/** Parses settings from a file, a plan or a command line. */
import { Ajv, type ValidateFunction } from "ajv";
import { roundTripMs } from "./links/liveness.ts";
import { replicasOf, settingQuorumNames, type SettingQuorumName } from "./placement/quorum.ts";
import { defaultSettings, type StoreSettings } from "./settings.ts";

export type SettingsErrorCode =
  | "settings-shape"
  | "settings-unknown"
  /** Not `name=value` with the name of a setting, or the value is of another kind. */
  | "settings-assignment"
  /** Each setting is possible, but not together. */
  | "settings-contradiction";

/** Thrown for settings that are not valid. Tells what was expected, what was given, and what to do. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
  readonly code: SettingsErrorCode;
  readonly expected: string;
  readonly got: string;
  readonly hint: string;

  constructor(code: SettingsErrorCode, expected: string, got: string, hint: string) {
    super(`${code}: expected ${expected}, got ${got}; ${hint}`);
    this.code = code;
    this.expected = expected;
    this.got = got;
    this.hint = hint;
  }
}

const settingNames = Object.keys(defaultSettings) as readonly Exclude<
  keyof StoreSettings,
  "members"
>[];

/** Settings before parsing. `r` and `w` may be names. */
export type SettingsInput = Omit<StoreSettings, "r" | "w"> & {
  readonly r: number | SettingQuorumName;
  readonly w: number | SettingQuorumName;
};

const milliseconds = { type: "integer", minimum: 1, maximum: 3_600_000 };
const nodeCount = { type: "integer", minimum: 1, maximum: 9 };
const quorum = { if: { type: "string" }, then: { enum: settingQuorumNames }, else: nodeCount };
const properties: Readonly<Record<Exclude<keyof StoreSettings, "members">, object>> = {
  nodes: nodeCount,
  n: nodeCount,
  r: quorum,
  w: quorum,
  quorums: { enum: ["strict", "sloppy"] },
  hints: { type: "boolean" },
  hintWindowMs: { type: "integer", minimum: 1, maximum: 86_400_000 },
  hintLimit: { type: "integer", minimum: 0, maximum: 1_000_000 },
  handoffIntervalMs: milliseconds,
  deletes: { enum: ["keep", "grace", "reap", "physical"] },
  graceMs: { type: "integer", minimum: 1, maximum: 86_400_000 },
  reapedMs: { type: "integer", minimum: 0, maximum: 86_400_000 },
  routing: { enum: ["coordinator", "client"] },
  versions: { enum: ["stamps", "siblings"] },
  stamps: { enum: ["wall", "hybrid", "quorum"] },
  reads: { enum: ["full", "digest"] },
  readRepair: { enum: ["off", "async", "blocking"] },
  antiEntropy: { type: "boolean" },
  // An exchange takes several round trips. If exchanges start faster than they end, the staleness bound, which assumes
  // one exchange for each interval, does not hold.
  antiEntropyIntervalMs: { ...milliseconds, minimum: 100 },
  sync: { enum: ["each", "group", "periodic"] },
  syncIntervalMs: milliseconds,
  segmentBytes: { type: "integer", minimum: 256, maximum: 1 << 30 },
  // A delivered hint waits this long for its confirmation. If this is shorter than a round trip and a sync,
  // confirmations come too late, and the hint is sent again and again.
  requestTimeoutMs: { ...milliseconds, minimum: roundTripMs },
  pingIntervalMs: milliseconds,
  silenceMs: milliseconds,
  reconnectFirstMs: milliseconds,
  reconnectCapMs: milliseconds,
  virtualNodes: { type: "integer", minimum: 1, maximum: 1024 },
  bufferBytes: { type: "integer", minimum: 16_384, maximum: 1 << 30 },
  frameBytes: { type: "integer", minimum: 16_384, maximum: 64 << 20 },
};
/** Compiled at the first call, since many commands never read the store's settings. */
let shape: ValidateFunction<Partial<SettingsInput>> | undefined;
const shapeOf = (): ValidateFunction<Partial<SettingsInput>> =>
  (shape ??= new Ajv({ strict: true, allErrors: false, validateSchema: false }).compile<
    Partial<SettingsInput>
  >({
    type: "object",
    properties,
    additionalProperties: false,
  }));

/**
 * Checks `input`, takes missing settings from `base`, and returns both together.
 *
 * @throws SettingsError
 */
export function parseSettings(
  input: unknown,
  base: StoreSettings = defaultSettings,
): StoreSettings {
  const hasShape = shapeOf();
  if (!hasShape(input)) throw shapeError(input);
  const empty = settingNames.find(
    (name) => Object.hasOwn(input, name) && input[name] === undefined,
  );
  if (empty !== undefined)
    throw new SettingsError(
      "settings-shape",
      `${empty}: a value`,
      "undefined",
      "give the setting a value or leave it out",
    );
  const named: SettingsInput = { ...base, ...input };
  const settings: StoreSettings = {
    ...named,
    r: replicasOf(named.r, named.n, base.r),
    w: replicasOf(named.w, named.n, base.w),
  };
  const { nodes, n, r, w, pingIntervalMs, silenceMs, reconnectFirstMs, reconnectCapMs } = settings;
  together(
    n <= nodes,
    "at most as many replicas as nodes (n ≤ nodes)",
    `n = ${n}, nodes = ${nodes}`,
    "lower n or raise nodes",
  );
  together(
    r <= n,
    "a read quorum among the replicas (r ≤ n)",
    `r = ${r}, n = ${n}`,
    "lower r or raise n",
  );
  together(
    w <= n,
    "a write quorum among the replicas (w ≤ n)",
    `w = ${w}, n = ${n}`,
    "lower w or raise n",
  );
  together(
    settings.bufferBytes >= settings.frameBytes,
    "room for the largest frame (bufferBytes ≥ frameBytes)",
    `bufferBytes = ${settings.bufferBytes}, frameBytes = ${settings.frameBytes}`,
    "raise bufferBytes or lower frameBytes",
  );
  together(
    silenceMs >= 2 * pingIntervalMs + roundTripMs,
    `a limit of silence that leaves time for a link's first ping, which comes after up to two intervals, and for a round trip (silenceMs ≥ 2 · pingIntervalMs + ${roundTripMs})`,
    `pingIntervalMs = ${pingIntervalMs}, silenceMs = ${silenceMs}`,
    "lower pingIntervalMs or raise silenceMs",
  );
  together(
    reconnectFirstMs <= reconnectCapMs,
    "a first wait before reconnecting that is at most the longest wait (reconnectFirstMs ≤ reconnectCapMs)",
    `reconnectFirstMs = ${reconnectFirstMs}, reconnectCapMs = ${reconnectCapMs}`,
    "lower reconnectFirstMs or raise reconnectCapMs",
  );
  together(
    settings.quorums === "strict" || settings.hints,
    "hints where fallback nodes replace replicas (quorums = sloppy needs hints = true)",
    "quorums = sloppy, hints = false",
    "set hints=true or quorums=strict",
  );
  together(
    settings.quorums === "strict" || settings.readRepair !== "blocking",
    "blocking read repair only with strict quorums",
    "quorums = sloppy, readRepair = blocking",
    "set readRepair=async or quorums=strict",
  );
  together(
    settings.routing === "coordinator" ||
      (settings.quorums === "strict" &&
        settings.reads === "full" &&
        settings.readRepair !== "blocking" &&
        (settings.versions === "siblings" || settings.stamps !== "quorum")),
    "with routing = client: strict quorums, full reads, no blocking read repair and no quorum stamps",
    `routing = client, quorums = ${settings.quorums}, reads = ${settings.reads}, readRepair = ${settings.readRepair}, stamps = ${settings.stamps}`,
    "change these settings, or set routing=coordinator",
  );
  return settings;
}

/**
 * Adds one `name=value` of a command line to the settings. The caller must still check the result with parseSettings.
 *
 * @throws SettingsError
 */
export function applySetting(settings: SettingsInput, assignment: string): SettingsInput {
  const equals = assignment.indexOf("=");
  const text = assignment.slice(equals + 1);
  const name = settingNames.find((known) => equals > 0 && known === assignment.slice(0, equals));
  if (name === undefined) {
    throw new SettingsError(
      "settings-assignment",
      `name=value with one of the names ${settingNames.join(", ")}`,
      JSON.stringify(assignment),
      "correct the name",
    );
  }
  return { ...settings, [name]: valueOf(name, text) };
}

function valueOf(name: keyof StoreSettings, text: string): number | boolean | string {
  switch (typeof defaultSettings[name]) {
    case "number":
      if (/^[0-9]+$/.test(text)) return Number(text);
      if (name === "r" || name === "w") {
        if (settingQuorumNames.some((known) => known === text)) return text;
        throw new SettingsError(
          "settings-assignment",
          `a whole number or one of ${settingQuorumNames.join(", ")} for ${name}`,
          JSON.stringify(text),
          `write ${name}=QUORUM, say`,
        );
      }
      throw new SettingsError(
        "settings-assignment",
        `a whole number for ${name}`,
        JSON.stringify(text),
        `write ${name}=${defaultSettings[name]}, say`,
      );
    case "boolean":
      if (text === "true" || text === "false") return text === "true";
      throw new SettingsError(
        "settings-assignment",
        `true or false for ${name}`,
        JSON.stringify(text),
        `write ${name}=true or ${name}=false`,
      );
    default:
      return text;
  }
}

function together(holds: boolean, expected: string, got: string, hint: string): void {
  if (!holds) throw new SettingsError("settings-contradiction", expected, got, hint);
}

function shapeError(input: unknown): SettingsError {
  const [error] = shapeOf().errors ?? [];
  const params: Readonly<Record<string, unknown>> = error?.params ?? {};
  if (error?.keyword === "additionalProperties") {
    return new SettingsError(
      "settings-unknown",
      `one of the settings ${settingNames.join(", ")}`,
      JSON.stringify(params["additionalProperty"]),
      "correct the spelling of the setting, or drop the setting",
    );
  }
  const name = error?.instancePath.slice(1) ?? "";
  const got: unknown = name === "" ? input : (input as Readonly<Record<string, unknown>>)[name];
  const expected = Array.isArray(params["allowedValues"])
    ? `one of ${params["allowedValues"].join(", ")}`
    : (error?.message ?? "settings").replace(/^must be /, "");
  return new SettingsError(
    "settings-shape",
    `${name === "" ? "settings" : name}: ${expected}`,
    shown(got),
    "correct the value",
  );
}

/** Describes lists and objects only by kind, since they may be large. */
function shown(got: unknown): string {
  if (typeof got === "object" && got !== null) return Array.isArray(got) ? "a list" : "an object";
  return typeof got === "string" ? JSON.stringify(got) : String(got);
}
