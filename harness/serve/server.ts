/** Serves the runs over HTTP on loopback, read only. */
import { createReadStream } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream/promises";
import {
  browseStyleHash,
  isHunt,
  type ListedRun,
  liveScriptHash,
  liveView,
  newestFirst,
  renderHunt,
  renderLive,
  renderPair,
  renderRefusal,
  renderRun,
  renderRuns,
} from "../../reports/index.ts";
import { EnvironmentError } from "../errors.ts";
import { openRuns, type Runs } from "./runs.ts";

export interface Serving {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

const loopback = "127.0.0.1";

/**
 * Serves the runs in `folder` until closed. Port 0 takes any free port. Rejects with EnvironmentError if the port
 * cannot be used.
 */
export async function serve(folder: string, port: number): Promise<Serving> {
  const runs = openRuns(folder);
  const server = createServer((request, response) => {
    answer(runs, request, response, (server.address() as AddressInfo).port).catch(
      (error: unknown) => {
        // The client is gone, so nobody waits for the rest.
        if (response.destroyed || response.closed) return;
        // The request fails, but the server continues and prints the reason.
        process.stderr.write(
          `quorate serve: ${error instanceof Error ? error.message : String(error)}\n`,
        );
        if (!response.headersSent)
          refuse(
            response,
            500,
            "Something went wrong",
            "The terminal where quorate serve runs shows the error.",
          );
        response.destroy();
      },
    );
  });
  await listening(server, port);
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${loopback}:${taken}/`,
    port: taken,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) =>
      reject(
        new EnvironmentError(
          {
            code: "no-port",
            expected: `to listen on ${loopback}:${port}`,
            got: error.message,
            hint: "Use --port 0 for any free port",
          },
          error,
        ),
      ),
    );
    server.listen(port, loopback, resolve);
  });
}

/**
 * Headers of the answers. The policy forbids scripts, frames and every request except form submission. Reports and live
 * pages get another policy.
 */
const headers = {
  "Content-Security-Policy": `default-src 'none'; style-src ${browseStyleHash}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Cache-Control": "no-store",
} as const;

/**
 * The policy of reports. A report contains a script, which the policy inside the report allows by hash. The sandbox
 * gives the report an origin of its own, so that the script cannot read other pages.
 */
const reportPolicy =
  "sandbox allow-scripts allow-downloads; default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

async function answer(
  runs: Runs,
  request: IncomingMessage,
  response: ServerResponse,
  port: number,
): Promise<void> {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  // Another site may make its name resolve to this machine. The Host header reveals that.
  if (![loopback, "localhost"].some((host) => request.headers.host === `${host}:${port}`))
    return refuse(
      response,
      403,
      "Not for this host",
      `Only ${loopback} and localhost are answered.`,
    );
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.setHeader("Allow", "GET, HEAD");
    return refuse(response, 405, "Read only", "Nothing can be changed here.");
  }
  const asked = parsed(request.url ?? "");
  if (asked === undefined)
    return refuse(response, 400, "No such address", "The address cannot be read.");
  const { parts, query } = asked;
  if (parts.length === 0) {
    const of = (name: string): string => (query.get(name) ?? "").slice(0, 100);
    return send(
      response,
      renderRuns(runs.folder, runs.list(), {
        verdict: of("verdict"),
        on: of("on"),
        profile: of("profile"),
        text: of("text"),
      }),
    );
  }
  if (parts.length === 1 && parts[0] === "compare") return compare(runs, query, response);
  const run = parts[0] === "runs" && parts[1] !== undefined ? runs.find(parts[1]) : undefined;
  if (run === undefined) return refuse(response, 404, "Not there", "There is no such page or run.");
  if (parts.length === 2)
    return send(
      response,
      isHunt(run) ? renderHunt(run) : renderRun(run, newestFirst(runs.list().filter(isHunt))[0]),
    );
  const file = parts.slice(2).join("/");
  if (file === "live") {
    response.setHeader("Content-Security-Policy", livePolicy);
    return send(response, renderLive(run, runs.isRunning(run)));
  }
  if (file === "events") return sendEvents(runs, run.name, response);
  const path = runs.path(run, file);
  if (path === undefined) return refuse(response, 404, "Not there", "The run has no such file.");
  const isReport = file === "report.html";
  if (isReport) response.setHeader("Content-Security-Policy", reportPolicy);
  response.writeHead(200, { "Content-Type": `text/${isReport ? "html" : "plain"}; charset=utf-8` });
  if (request.method === "HEAD") response.end();
  else await pipeline(createReadStream(path), response);
}

/** The live page may run its one script, which may ask only this server for events. */
const livePolicy = `${headers["Content-Security-Policy"]}; script-src ${liveScriptHash}; connect-src 'self'`;

/** How many ms pass between two checks of a run's folder. */
const lookEveryMs = 500;

/** Sends the live page's content as server-sent events after each change, until the run ends. */
function sendEvents(runs: Runs, name: string, response: ServerResponse): void {
  response.writeHead(200, { "Content-Type": "text/event-stream; charset=utf-8" });
  if (response.req.method === "HEAD") return void response.end();
  let sent = "";
  const look = (): void => {
    const run = runs.find(name);
    // A run without a campaign file has not recorded its process yet, so it counts as running.
    const isOver = run === undefined || (run.campaign !== undefined && !runs.isRunning(run));
    const shown = run === undefined ? sent : JSON.stringify(liveView(run, !isOver).text);
    if (isOver) {
      clearInterval(looking);
      response.end(`event: end\ndata: ${shown}\n\n`);
    } else if (shown !== sent) {
      response.write(`data: ${shown}\n\n`);
      sent = shown;
    }
  };
  const looking = setInterval(look, lookEveryMs);
  response.on("close", () => clearInterval(looking));
  look();
}

function compare(runs: Runs, query: URLSearchParams, response: ServerResponse): void {
  const chosen = ["a", "b"].map((name) => runs.find(query.get(name) ?? ""));
  const [a, b] = chosen.filter(
    (run): run is ListedRun & { campaign: NonNullable<ListedRun["campaign"]> } =>
      run?.campaign !== undefined,
  );
  if (a === undefined || b === undefined)
    return refuse(
      response,
      400,
      "Two runs are needed",
      "Choose an A and a B among the runs that have a campaign.json.",
    );
  send(response, renderPair([a, b]));
}

/**
 * Splits the path before decoding its parts: an encoded slash or dot stays inside its part and matches no name. Returns
 * undefined for a path that cannot be decoded.
 */
function parsed(
  url: string,
): { readonly parts: readonly string[]; readonly query: URLSearchParams } | undefined {
  const [path = "", query = ""] = url.split(/\?(.*)/s);
  try {
    return path.startsWith("/")
      ? {
          parts: path
            .split("/")
            .filter((part) => part !== "")
            .map(decodeURIComponent),
          query: new URLSearchParams(query),
        }
      : undefined;
  } catch {
    return undefined;
  }
}

function send(response: ServerResponse, html: string, status = 200): void {
  response.writeHead(status, {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Length": Buffer.byteLength(html),
  });
  response.end(response.req.method === "HEAD" ? undefined : html);
}

const refuse = (response: ServerResponse, status: number, title: string, what: string): void =>
  send(response, renderRefusal(title, what), status);
