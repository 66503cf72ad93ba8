/**
 * A client of etcd's JSON gateway (API version 3). The version of a write is its revision in etcd, since revisions
 * order all writes of the cluster.
 */
import { ofRead } from "../software/http-session.ts";
import type { Asked, NotOk, Outcome } from "../software/outcome.ts";
import { type Answer, decoded, encoded, isFailure, type Kv, openGateway } from "./gateway.ts";
import { runTransaction, stepsOf } from "./transactions.ts";

export interface EtcdOptions {
  readonly host: string;
  readonly port: number;
  /** The prefix of this history's keys. */
  readonly prefix: string;
}

export interface EtcdClient {
  /** Carries out a request. A request that fails also resolves with an outcome. */
  perform(request: Asked, timeoutMs: number): Promise<Outcome>;
  /** Returns what this node itself holds of the history's keys. Reads serializably, so that no other node is asked. */
  inspect(timeoutMs: number): Promise<{ readonly state: Readonly<Record<string, Found>> } | NotOk>;
  close(): void;
}

export interface Found {
  readonly version: string;
  readonly value: string;
}

const digits = 20;

/** Returns the name of the version with this revision. Names sort like revisions. */
export const versionOf = (revision: string): string => revision.padStart(digits, "0");

const found = ({ value, mod_revision }: Kv): Found => ({
  version: versionOf(mod_revision),
  value: decoded(value),
});

/** Opens a session with one node. */
export const openEtcd = ({ host, port, prefix }: EtcdOptions): EtcdClient => {
  const gateway = openGateway(host, port);
  const { call } = gateway;
  const nameOf = (key: string): string => encoded(`${prefix}${key}`);

  /**
   * Returns the outcome of a write. Its version is the revision in the answer, which is the cluster's revision after
   * the write was applied.
   */
  const written = (answer: Answer | NotOk, value: string | null): Outcome =>
    isFailure(answer)
      ? answer
      : { kind: "ok", versions: [{ version: versionOf(answer.header?.revision ?? "0"), value }] };

  const cas = async ({ key, args }: Asked, timeoutMs: number): Promise<Outcome> => {
    const old = args?.["old"];
    const value = String(args?.["new"]);
    const name = nameOf(key);
    const absent = old === null || old === undefined;
    const answer = await call(
      "txn",
      {
        compare: [
          absent
            ? { key: name, target: "CREATE", create_revision: "0" }
            : { key: name, target: "VALUE", value: encoded(String(old)) },
        ],
        success: [{ request_put: { key: name, value: encoded(value) } }],
        failure: [{ request_range: { key: name } }],
      },
      timeoutMs,
    );
    if (isFailure(answer)) return answer;
    if (answer.succeeded === true) return { kind: "ok", result: { applied: true } };
    const [kv] = answer.responses?.[0]?.response_range?.kvs ?? [];
    return {
      kind: "ok",
      result: { applied: false, found: kv === undefined ? null : decoded(kv.value) },
    };
  };

  return {
    perform: async (request, timeoutMs) => {
      const { f, key, value = "", levels } = request;
      switch (f) {
        case "read": {
          const serializable = levels?.["reads"] === "serializable";
          const answer = await call("range", { key: nameOf(key), serializable }, timeoutMs);
          if (isFailure(answer)) return ofRead(answer);
          return { kind: "ok", versions: (answer.kvs ?? []).map(found) };
        }
        case "delete":
          return written(await call("deleterange", { key: nameOf(key) }, timeoutMs), null);
        case "cas":
          return cas(request, timeoutMs);
        case "txn":
          return runTransaction(gateway, {
            steps: stepsOf(request),
            nameOf,
            serializable: levels?.["reads"] === "serializable",
            timeoutMs,
          });
        default:
          return written(
            await call("put", { key: nameOf(key), value: encoded(value) }, timeoutMs),
            value,
          );
      }
    },
    inspect: async (timeoutMs) => {
      const end = encoded(`${prefix}\u{10ffff}`);
      const answer = await call(
        "range",
        { key: encoded(prefix), range_end: end, serializable: true },
        timeoutMs,
      );
      if (isFailure(answer)) return answer;
      return {
        state: Object.fromEntries(
          (answer.kvs ?? []).map((kv) => [decoded(kv.key).slice(prefix.length), found(kv)]),
        ),
      };
    },
    close: () => gateway.close(),
  };
};
