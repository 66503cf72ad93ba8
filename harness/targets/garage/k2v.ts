/**
 * Garage's K2V interface. Values that were written concurrently are kept side by side until a client that has seen them
 * replaces them by a write.
 */
import { createHash } from "node:crypto";
import type * as Aws4 from "aws4";
import {
  answered,
  type HttpReply,
  type HttpRequest,
  ofRead,
  openHttp,
} from "../software/http-session.ts";
import { loadOptional } from "../software/optional-package.ts";
import type { Json } from "../../../generators/index.ts";
import type { Asked, NotOk, Outcome } from "../software/outcome.ts";
import type { Credentials } from "./admin.ts";
import { region } from "./container.ts";

const tokenHeader = "x-garage-causality-token";

export interface K2vOptions {
  readonly host: string;
  readonly port: number;
  readonly bucket: string;
  /** The prefix of this history's partitions. */
  readonly prefix: string;
  readonly credentials: Credentials;
  /** Whether a read stores its result on a quorum before it answers, which is Garage's default. */
  readonly monotonicReads: boolean;
}

export interface K2v {
  /** Carries out a request. A request that fails also resolves with an outcome. */
  perform(request: Asked, timeoutMs: number): Promise<Outcome>;
  close(): void;
}

const signer = async (): Promise<typeof Aws4> => {
  const loaded = await loadOptional("aws4", () => import("aws4"));
  return (loaded as unknown as { readonly default?: typeof Aws4 }).default ?? loaded;
};

/** Returns the entries of a token after its checksum: node → time, 64 bits each. Garage calls them a vector clock. */
export const vectorOf = (token: string): Readonly<Record<string, bigint>> => {
  const bytes = Buffer.from(token, "base64url");
  const vector: Record<string, bigint> = {};
  for (let at = 8; at + 16 <= bytes.length; at += 16)
    vector[bytes.readBigUInt64BE(at).toString(16)] = bytes.readBigUInt64BE(at + 8);
  return vector;
};

const partOf = (body: string, name: "code" | "message"): string => {
  try {
    return (JSON.parse(body) as Readonly<Record<string, string>>)[name] ?? body;
  } catch {
    return body;
  }
};
const messageOf = (body: string): string => partOf(body, "message");
const codeOf = (body: string): string => partOf(body, "code");

/**
 * Returns the outcome of an error reply. A client error is a refusal. A server error leaves the outcome open, since the
 * value may be on one node and spread later.
 */
const refusal = ({ status, body }: HttpReply): NotOk => ({
  kind: status >= 400 && status < 500 ? "fail" : "info",
  code: `http-${status}`,
  message: messageOf(body),
});

const valuesOf = (body: string): readonly (string | null)[] =>
  (JSON.parse(body) as readonly (string | null)[]).map((value) =>
    value === null ? null : Buffer.from(value, "base64").toString(),
  );

/** Opens a session with one node. */
export const openK2v = async (options: K2vOptions): Promise<K2v> => {
  const { sign } = await signer();
  const { host, port, bucket, prefix, credentials } = options;
  const authority = `${host}:${port}`;
  // The probe is a request without a signature, which a node refuses at once. The refusal counts as an answer.
  const http = openHttp(host, port, { method: "GET", path: `/${bucket}` });

  const signed = (method: string, key: string, token?: string, body?: string): HttpRequest => {
    const path = `/${bucket}/${encodeURIComponent(`${prefix}${key}`)}?sort_key=v`;
    const headers = {
      host: authority,
      "x-amz-content-sha256": createHash("sha256")
        .update(body ?? "")
        .digest("hex"),
      ...(token === undefined ? {} : { [tokenHeader]: token }),
      ...(method === "GET" ? { accept: "application/json" } : {}),
      ...(method === "GET" && !options.monotonicReads
        ? { "x-garage-non-monotonic-read": "true" }
        : {}),
    };
    const unsigned = { host, method, path, service: "k2v", region, headers };
    const request = sign(body === undefined ? unsigned : { ...unsigned, body }, credentials);
    return {
      method,
      path: request.path ?? path,
      headers: request.headers ?? {},
      ...(body === undefined ? {} : { body }),
    };
  };

  const read = async (
    key: string,
    timeoutMs: number,
  ): Promise<
    { readonly values: readonly (string | null)[]; readonly token: string | undefined } | NotOk
  > => {
    const reply = await http.request(signed("GET", key), timeoutMs);
    if (!answered(reply)) return ofRead(reply);
    // A node without the bucket (because its disk was wiped) also answers 404, but knows nothing of the key.
    if (reply.status === 404 && codeOf(reply.body) === "NoSuchKey")
      return { values: [], token: undefined };
    if (reply.status !== 200) return ofRead(refusal(reply));
    const token = reply.headers[tokenHeader];
    return { values: valuesOf(reply.body), token: typeof token === "string" ? token : undefined };
  };

  const write = async (
    key: string,
    token: string | undefined,
    body: string | undefined,
    timeoutMs: number,
  ): Promise<Outcome> => {
    const method = body === undefined ? "DELETE" : "PUT";
    const reply = await http.request(signed(method, key, token, body), timeoutMs);
    if (!answered(reply)) return reply;
    return reply.status >= 200 && reply.status < 300 ? { kind: "ok" } : refusal(reply);
  };

  /**
   * Adds an element to a set. The client itself merges: it reads, and then writes the union of all siblings and the new
   * element.
   */
  const add = async (key: string, element: string, timeoutMs: number): Promise<Outcome> => {
    const deadlineMs = performance.now() + timeoutMs;
    const seen = await read(key, timeoutMs);
    if ("kind" in seen) return seen;
    const elements = [...new Set([...elementsOf(seen.values), element])];
    const leftMs = Math.max(1, deadlineMs - performance.now());
    return write(key, seen.token, JSON.stringify(elements), leftMs);
  };

  return {
    perform: async ({ f, key, value = "", args, context: token }, timeoutMs) => {
      switch (f) {
        case "read": {
          const seen = await read(key, timeoutMs);
          if ("kind" in seen) return seen;
          const versions = seen.values.map((one) => ({ value: one }));
          return {
            kind: "ok",
            versions,
            ...(seen.token === undefined ? {} : { token: seen.token }),
          };
        }
        case "delete":
          // Garage refuses a delete without the token of a value, so the client does not even send it.
          return token === undefined
            ? {
                kind: "fail",
                code: "bad-request",
                message: "the client has read nothing that it could delete",
              }
            : write(key, token, undefined, timeoutMs);
        case "add":
          return add(key, elementOf(args), timeoutMs);
        case "read-all": {
          const seen = await read(key, timeoutMs);
          return "kind" in seen ? seen : { kind: "ok", result: elementsOf(seen.values) };
        }
        default:
          return write(key, token, value, timeoutMs);
      }
    },
    close: () => http.close(),
  };
};

const elementOf = (args: Asked["args"]): string => String(args?.["element"] ?? "");

/** Merges the siblings of a set. Each sibling is a JSON array, or null if it was deleted. */
const elementsOf = (values: readonly (string | null)[]): readonly string[] => [
  ...new Set(
    values.flatMap((value) => (value === null ? [] : (JSON.parse(value) as Json as string[]))),
  ),
];
