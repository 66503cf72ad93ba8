/** Calls etcd's JSON gateway (API version 3) and interprets its failures. */
import { answered, type HttpReply, openHttp } from "../software/http-session.ts";
import type { NotOk } from "../software/outcome.ts";

export interface Kv {
  readonly key: string;
  readonly value?: string;
  readonly mod_revision: string;
}

/** An answer of the gateway, which leaves out fields that are zero, empty or false. */
export interface Answer {
  readonly header?: { readonly revision?: string };
  readonly kvs?: readonly Kv[];
  readonly succeeded?: boolean;
  readonly responses?: readonly { readonly response_range?: { readonly kvs?: readonly Kv[] } }[];
}

export const encoded = (text: string): string => Buffer.from(text).toString("base64");
export const decoded = (text: string | undefined): string =>
  Buffer.from(text ?? "", "base64").toString();

/**
 * Whether etcd refused the request before it was proposed: an invalid argument (gRPC code 3), or too many requests
 * (code 8 with the message "etcdserver: too many requests"; etcd 3.4, etcdserver/v3_server.go). Other answers with code
 * 8 may come after the write was applied: that the space quota is exceeded (etcdserver/apply.go), or that an answer is
 * too large for gRPC.
 */
const isRefusedBefore = (code: number, message: string): boolean =>
  code === 3 || (code === 8 && message.includes("etcdserver: too many requests"));

export const failureOf = ({ status, body }: Pick<HttpReply, "status" | "body">): NotOk => {
  let code: number | undefined;
  let message = body;
  try {
    const error = JSON.parse(body) as { readonly code?: number; readonly message?: string };
    code = error.code;
    message = error.message ?? body;
  } catch {
    // Not JSON: the status says all.
  }
  const refused =
    code === undefined ? status >= 400 && status < 500 : isRefusedBefore(code, message);
  return {
    kind: refused ? "fail" : "info",
    code: code === undefined ? `http-${status}` : `grpc-${code}`,
    message,
  };
};

export const isFailure = (answer: Answer | NotOk): answer is NotOk => "kind" in answer;

/** A connection with one node's gateway. */
export interface EtcdGateway {
  /** Posts to a method of the key-value API. A call that fails also resolves, with the failure. */
  call(
    path: "put" | "range" | "deleterange" | "txn",
    body: object,
    timeoutMs: number,
  ): Promise<Answer | NotOk>;
  close(): void;
}

/** Opens a connection with one node's gateway. */
export const openGateway = (host: string, port: number): EtcdGateway => {
  const http = openHttp(host, port, { method: "GET", path: "/version" });
  return {
    call: async (path, body, timeoutMs) => {
      const reply = await http.request(
        { method: "POST", path: `/v3/kv/${path}`, body: JSON.stringify(body) },
        timeoutMs,
      );
      if (!answered(reply)) return reply;
      return reply.status === 200 ? (JSON.parse(reply.body) as Answer) : failureOf(reply);
    },
    close: () => http.close(),
  };
};
