/**
 * HTTP to one node over one connection. It tells whether a request may have reached the node. The published port of a
 * dead node still accepts connections, so a new connection must answer a harmless request before it is used for others.
 */
import { Agent, type OutgoingHttpHeaders, request as httpRequest } from "node:http";
import type { NotOk } from "./outcome.ts";

export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string;
}

export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

export interface HttpSession {
  /**
   * Resolves with the node's answer, or with the outcome if there is no answer. Never rejects. Only one request may be
   * under way at a time.
   */
  request(request: HttpRequest, timeoutMs: number): Promise<HttpReply | NotOk>;
  close(): void;
}

/**
 * Sends one request. A timer of its own keeps the process alive and ends the request, whatever the connection does: the
 * published port of a dead node may close connections at any time.
 *
 * @throws An Error with Node's error code. The code is ETIMEDOUT if no answer came in time.
 */
export const httpCall = (
  host: string,
  port: number,
  { method, path, headers = {}, body }: HttpRequest,
  timeoutMs: number,
  agent: Agent | false = false,
): Promise<HttpReply> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      failed(Object.assign(new Error(`no reply within ${timeoutMs} ms`), { code: "ETIMEDOUT" }));
    }, timeoutMs);
    const failed = (error: Error): void => {
      clearTimeout(timer);
      outgoing.destroy();
      reject(error);
    };
    const outgoing = httpRequest(
      {
        host,
        port,
        method,
        path,
        agent,
        headers: { ...headers, "content-length": Buffer.byteLength(body ?? "") },
      },
      (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("error", failed);
        response.on("end", () => {
          clearTimeout(timer);
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(parts).toString(),
          });
        });
      },
    );
    outgoing.on("error", failed);
    outgoing.end(body);
  });

const notConnected = (message: string): NotOk => ({ kind: "fail", code: "not-connected", message });

/**
 * Makes a session with a node, which connects at the first request.
 *
 * @param probe A request without effect that the node answers at once. The status of the answer does not matter.
 */
export const openHttp = (host: string, port: number, probe: HttpRequest): HttpSession => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let trusted = false;

  const send = (request: HttpRequest, ms: number): Promise<HttpReply> =>
    httpCall(host, port, request, ms, agent).catch((error: unknown) => {
      trusted = false;
      throw error;
    });

  return {
    request: async (request, timeoutMs) => {
      const deadlineMs = performance.now() + timeoutMs;
      if (!trusted) {
        try {
          await send(probe, timeoutMs);
          trusted = true;
        } catch (error) {
          return notConnected((error as Error).message);
        }
      }
      try {
        return await send(request, Math.max(1, deadlineMs - performance.now()));
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        return {
          kind: "info",
          code: code === "ETIMEDOUT" ? "client-timeout" : "connection-lost",
          message,
        };
      }
    },
    close: () => agent.destroy(),
  };
};

/** Whether the request has an answer. */
export const answered = (reply: HttpReply | NotOk): reply is HttpReply => "status" in reply;

/**
 * Returns the outcome of a read that failed: a definite failure, since nothing was returned and nothing has changed.
 */
export const ofRead = (failure: NotOk): NotOk => ({ ...failure, kind: "fail" });
