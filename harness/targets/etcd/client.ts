/**
 * etcd by its JSON gateway (API version 3). A revision is the version of what it wrote: revisions order all writes of
 * the cluster.
 */
import { answered, type HttpReply, ofRead, openHttp } from "../software/http-session.ts";
import type { Asked, NotOk, Outcome } from "../software/outcome.ts";

export interface EtcdOptions {
  readonly host: string;
  readonly port: number;
  /** Of this history's keys. */
  readonly prefix: string;
}

export interface EtcdClient {
  /** Never rejects. */
  perform(request: Asked, timeoutMs: number): Promise<Outcome>;
  /** What this node itself has, of all keys of the history: a serializable read. */
  inspect(timeoutMs: number): Promise<{ readonly state: Readonly<Record<string, Found>> } | NotOk>;
  close(): void;
}

export interface Found {
  readonly version: string;
  readonly value: string;
}

interface Kv {
  readonly key: string;
  readonly value?: string;
  readonly mod_revision: string;
}

/** The gateway leaves out what is zero, empty or false. */
interface Answer {
  readonly header?: { readonly revision?: string };
  readonly kvs?: readonly Kv[];
  readonly succeeded?: boolean;
  readonly responses?: readonly { readonly response_range?: { readonly kvs?: readonly Kv[] } }[];
}

const digits = 20;

/** A revision as the name of a version: names order as revisions do. */
export const versionOf = (revision: string): string => revision.padStart(digits, "0");

const encoded = (text: string): string => Buffer.from(text).toString("base64");
const decoded = (text: string | undefined): string => Buffer.from(text ?? "", "base64").toString();

/**
 * gRPC codes of a request that was refused before it was proposed: invalid argument, resource exhausted (etcd: too many
 * requests).
 */
const refusedCodes: ReadonlySet<number> = new Set([3, 8]);

const failureOf = ({ status, body }: HttpReply): NotOk => {
  let code: number | undefined;
  let message = body;
  try {
    const error = JSON.parse(body) as { readonly code?: number; readonly message?: string };
    code = error.code;
    message = error.message ?? body;
  } catch {
    // Not JSON: the status says all.
  }
  const refused = code === undefined ? status >= 400 && status < 500 : refusedCodes.has(code);
  return {
    kind: refused ? "fail" : "info",
    code: code === undefined ? `http-${status}` : `grpc-${code}`,
    message,
  };
};

const isFailure = (answer: Answer | NotOk): answer is NotOk => "kind" in answer;

const found = ({ value, mod_revision }: Kv): Found => ({
  version: versionOf(mod_revision),
  value: decoded(value),
});

/** Opens a session with one node. */
export const openEtcd = ({ host, port, prefix }: EtcdOptions): EtcdClient => {
  const http = openHttp(host, port, { method: "GET", path: "/version" });
  const nameOf = (key: string): string => encoded(`${prefix}${key}`);

  const call = async (path: string, body: unknown, timeoutMs: number): Promise<Answer | NotOk> => {
    const reply = await http.request(
      { method: "POST", path: `/v3/kv/${path}`, body: JSON.stringify(body) },
      timeoutMs,
    );
    if (!answered(reply)) return reply;
    return reply.status === 200 ? (JSON.parse(reply.body) as Answer) : failureOf(reply);
  };

  /** A write's revision is the cluster's when it was applied. */
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
    close: () => http.close(),
  };
};
