/** The clients' operations in CQL. Each workload has tables of its own. */
import type { Json } from "../../../generators/index.ts";
import type { Asked, Ok, Outcome } from "../software/outcome.ts";
import { type Effect, outcomeOf } from "./errors.ts";
import {
  bigint,
  type Consistency,
  type NodeClient,
  type Parameter,
  type QueryOptions,
  type Row,
  text,
} from "./node-client.ts";
import { versionOf } from "./stamps.ts";

/** The settings of a workload's table and statements. */
export interface TableSettings {
  readonly readRepair?: "BLOCKING" | "NONE";
  /** How long tombstones are kept, in seconds. */
  readonly gcGraceS?: number;
  /** How the workload `set` stores elements: each as a row of the key's partition, or all in one set column. */
  readonly setAs?: "rows" | "column";
  /**
   * Whether the two rows of the workload `batch` are in one partition, or in two, for which isolation is not promised.
   */
  readonly batchOver?: "partition" | "partitions";
  /** How the workload `cas` carries out the operation `write`: as a lightweight transaction or as a plain write. */
  readonly casWrites?: "conditional" | "plain";
}

export type CassandraWorkload = "register" | "cas" | "set" | "counter" | "batch";

const columns = (workload: CassandraWorkload, settings: TableSettings): string => {
  switch (workload) {
    case "register":
    case "cas":
      return "k text PRIMARY KEY, v text";
    case "set":
      return settings.setAs === "column"
        ? "k text PRIMARY KEY, s set<text>"
        : "k text, e text, PRIMARY KEY (k, e)";
    case "counter":
      return "k text PRIMARY KEY, n counter";
    case "batch":
      return "p text, k text, v text, PRIMARY KEY (p, k)";
  }
};

/** Returns the statement `CREATE TABLE` with the table's options. */
export const createTable = (
  table: string,
  workload: CassandraWorkload,
  settings: TableSettings,
): string =>
  `CREATE TABLE ${table} (${columns(workload, settings)}) WITH read_repair = '${settings.readRepair ?? "BLOCKING"}'` +
  ` AND gc_grace_seconds = ${settings.gcGraceS ?? 864_000} AND speculative_retry = 'NONE' AND additional_write_policy = 'NEVER'`;

interface Statement {
  readonly effect: Effect;
  readonly cql: string;
  readonly parameters: readonly Parameter[];
  /** Returns the outcome of a statement that succeeded with these rows. */
  ok(rows: readonly Row[]): Ok;
}

interface Place {
  readonly table: string;
  readonly settings: TableSettings;
  /** Returns the stamp for the requesting client's write. Null: the coordinator stamps the write. */
  nextStamp(): bigint | null;
}

const stringOf = (value: Row[string] | undefined): string | null =>
  typeof value === "string" ? value : null;

const given = (args: Asked["args"], name: string): Json | undefined => args?.[name];

/**
 * Makes the statement of a write, with the client's stamp if clients stamp. The outcome then contains this stamp as the
 * version.
 */
const stamped = (
  { nextStamp }: Place,
  make: (using: string) => string,
  parameters: (using: readonly Parameter[]) => readonly Parameter[],
  value: string | null,
): Statement => {
  const stamp = nextStamp();
  return {
    effect: "writes",
    cql: make(stamp === null ? "" : "USING TIMESTAMP ?"),
    parameters: parameters(stamp === null ? [] : [bigint(stamp)]),
    ok: () =>
      stamp === null
        ? { kind: "ok" }
        : { kind: "ok", versions: [{ version: versionOf(stamp), value }] },
  };
};

const register = (place: Place, { f, key, value = "" }: Asked): Statement => {
  const { table } = place;
  switch (f) {
    case "read":
      return {
        effect: "reads",
        cql: `SELECT v, writetime(v) AS t FROM ${table} WHERE k = ?`,
        parameters: [text(key)],
        ok: ([row]) => ({ kind: "ok", versions: row === undefined ? [] : [shown(row)] }),
      };
    case "delete":
      return stamped(
        place,
        (using) => `DELETE FROM ${table} ${using} WHERE k = ?`,
        (using) => [...using, text(key)],
        null,
      );
    default:
      return stamped(
        place,
        (using) => `INSERT INTO ${table} (k, v) VALUES (?, ?) ${using}`,
        (using) => [text(key), text(value), ...using],
        value,
      );
  }
};

const shown = (row: Row): { readonly version?: string; readonly value: string | null } => {
  const stamp = row["t"];
  const value = stringOf(row["v"]);
  return typeof stamp === "bigint" ? { version: versionOf(stamp), value } : { value };
};

/**
 * A value that no client writes. The condition "not this value" always holds, so a write with this condition goes
 * through consensus and takes effect.
 */
const neverWritten = " ";

const cas = (place: Place, request: Asked): Statement => {
  const { table, settings } = place;
  const { f, key, args } = request;
  const value = f === "cas" ? String(given(args, "new")) : (request.value ?? "");
  if (f === "write" && settings.casWrites === "plain") return register(place, request);
  const expected = given(args, "old");
  switch (f) {
    case "read":
      return {
        effect: "reads",
        cql: `SELECT v FROM ${table} WHERE k = ?`,
        parameters: [text(key)],
        ok: ([row]) => ({ kind: "ok", result: stringOf(row?.["v"]) }),
      };
    case "write":
      return {
        effect: "conditional",
        cql: `UPDATE ${table} SET v = ? WHERE k = ? IF v != ?`,
        parameters: [text(value), text(key), text(neverWritten)],
        ok: () => ({ kind: "ok" }),
      };
    default: {
      const absent = expected === null || expected === undefined;
      return {
        effect: "conditional",
        cql: absent
          ? `INSERT INTO ${table} (k, v) VALUES (?, ?) IF NOT EXISTS`
          : `UPDATE ${table} SET v = ? WHERE k = ? IF v = ?`,
        parameters: absent
          ? [text(key), text(value)]
          : [text(value), text(key), text(String(expected))],
        ok: ([row]) =>
          row?.["[applied]"] === true
            ? { kind: "ok", result: { applied: true } }
            : // The row contains the key's actual value, which the consensus has read.
              { kind: "ok", result: { applied: false, found: stringOf(row?.["v"]) } },
      };
    }
  }
};

const set = (place: Place, request: Asked): Statement => {
  const { table, settings } = place;
  const { f, key, args } = request;
  const value = String(given(args, "element"));
  const asColumn = settings.setAs === "column";
  const element: Parameter = { type: "set<text>", value: [value] };
  switch (f) {
    case "read":
      return {
        effect: "reads",
        cql: asColumn ? `SELECT s FROM ${table} WHERE k = ?` : `SELECT e FROM ${table} WHERE k = ?`,
        parameters: [text(key)],
        ok: (rows) => {
          const column = rows[0]?.["s"];
          const elements = asColumn
            ? Array.isArray(column)
              ? (column as readonly string[])
              : []
            : rows.map((row) => stringOf(row["e"]) ?? "");
          return { kind: "ok", result: elements };
        },
      };
    case "remove":
      return stamped(
        place,
        (using) =>
          asColumn
            ? `UPDATE ${table} ${using} SET s = s - ? WHERE k = ?`
            : `DELETE FROM ${table} ${using} WHERE k = ? AND e = ?`,
        (using) => [...using, ...(asColumn ? [element, text(key)] : [text(key), text(value)])],
        value,
      );
    default:
      return stamped(
        place,
        (using) =>
          asColumn
            ? `UPDATE ${table} ${using} SET s = s + ? WHERE k = ?`
            : `INSERT INTO ${table} (k, e) VALUES (?, ?) ${using}`,
        (using) => (asColumn ? [...using, element, text(key)] : [text(key), text(value), ...using]),
        value,
      );
  }
};

const counter = ({ table }: Place, { f, key, args }: Asked): Statement =>
  f === "read"
    ? {
        effect: "reads",
        cql: `SELECT n FROM ${table} WHERE k = ?`,
        parameters: [text(key)],
        ok: ([row]) => ({ kind: "ok", result: Number(row?.["n"] ?? 0n) }),
      }
    : {
        effect: "writes",
        cql: `UPDATE ${table} SET n = n + ? WHERE k = ?`,
        parameters: [bigint(BigInt(Number(given(args, "by") ?? 1))), text(key)],
        ok: () => ({ kind: "ok" }),
      };

/** The names of the two rows that one batch writes for a key. */
const halves = ["a", "b"] as const;

const batch = ({ table, settings, nextStamp }: Place, request: Asked): Statement => {
  const { f, key, value = "" } = request;
  const apart = settings.batchOver === "partitions";
  const partitions = halves.map((half) => (apart ? `${key}${half}` : key));
  if (f === "read")
    return {
      effect: "reads",
      cql: `SELECT k, v FROM ${table} WHERE p IN ?`.replace("IN ?", apart ? "IN (?, ?)" : "= ?"),
      parameters: (apart ? partitions : [key]).map(text),
      ok: (rows) => ({
        kind: "ok",
        result: halves.map((half) => stringOf(rows.find((row) => row["k"] === half)?.["v"])),
      }),
    };
  const stamp = nextStamp();
  const inserts = halves.map(() => `INSERT INTO ${table} (p, k, v) VALUES (?, ?, ?);`).join(" ");
  return {
    effect: "writes",
    cql: `BEGIN BATCH ${stamp === null ? "" : `USING TIMESTAMP ${stamp}`} ${inserts} APPLY BATCH`,
    parameters: halves.flatMap((half, index) => [
      text(partitions[index] ?? key),
      text(half),
      text(value),
    ]),
    ok: () => ({ kind: "ok" }),
  };
};

const statements: Readonly<Record<CassandraWorkload, (place: Place, request: Asked) => Statement>> =
  { register, cas, set, counter, batch };

const levelsOf = (request: Asked, effect: Effect): Omit<QueryOptions, "timeoutMs"> => {
  const level = (request.levels?.["consistency"] ?? "QUORUM") as Consistency;
  // A read at a serial level completes unfinished transactions. For a transaction, `consistency` is the level of its
  // commit.
  return effect === "conditional"
    ? { consistency: level, serial: "SERIAL" }
    : { consistency: level };
};

/**
 * Carries out one request. If Cassandra or the driver refuses it, the promise resolves with the outcome of that error.
 */
export const perform = async (
  client: NodeClient,
  workload: CassandraWorkload,
  place: Place,
  request: Asked,
  timeoutMs: number,
): Promise<Outcome> => {
  const statement = statements[workload](place, request);
  try {
    const rows = await client.query(statement.cql, statement.parameters, {
      ...levelsOf(request, statement.effect),
      timeoutMs,
    });
    return statement.ok(rows);
  } catch (error) {
    return outcomeOf(error, statement.effect);
  }
};

/** Returns what this node itself holds of these keys of a register table. Reads at the level NODE_LOCAL. */
export const inspect = async (
  client: NodeClient,
  table: string,
  keys: readonly string[],
  timeoutMs: number,
): Promise<
  Readonly<Record<string, { readonly version?: string; readonly value: string | null }>>
> => {
  if (keys.length === 0) return {};
  const marks = keys.map(() => "?").join(", ");
  const rows = await client.query(
    `SELECT k, v, writetime(v) AS t FROM ${table} WHERE k IN (${marks})`,
    keys.map(text),
    { consistency: "NODE_LOCAL", timeoutMs },
  );
  return Object.fromEntries(rows.map((row) => [stringOf(row["k"]) ?? "", shown(row)]));
};
