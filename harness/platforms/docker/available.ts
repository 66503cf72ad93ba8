/** Checks whether quorate can use a container engine on this machine. */
import { existsSync } from "node:fs";
import { EnvironmentError } from "../../errors.ts";

export type Availability =
  { readonly ok: true; readonly version: string } | { readonly ok: false; readonly reason: string };

const socket = "/var/run/docker.sock";
/** How long the engine may take to answer, in ms. Even an engine on a busy machine usually needs less. */
const patienceMs = 10_000;
const local = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * Says, without asking the engine, why quorate cannot use the engine at `host` (DOCKER_HOST). Returns null if no reason
 * is known.
 */
const hindrance = (host: string | undefined): string | null => {
  if (host === undefined || host === "")
    return process.platform === "win32" || existsSync(socket)
      ? null
      : `no ${socket}, and DOCKER_HOST is not set`;
  if (/^(unix|npipe):/.test(host)) return null;
  if (!URL.canParse(host)) return `DOCKER_HOST=${host} is not an address`;
  // Clients reach nodes through ports that the engine publishes on its own machine's loopback.
  return local.has(new URL(host).hostname)
    ? null
    : `DOCKER_HOST=${host} is another machine, whose loopback cannot be reached from here`;
};

/**
 * Asks the engine for its version, unless it is clear without asking that quorate cannot use it. Resolves within about
 * ten seconds and never rejects.
 */
export const available = async (): Promise<Availability> => {
  const reason = hindrance(process.env["DOCKER_HOST"]);
  if (reason !== null) return { ok: false, reason };
  try {
    // Loaded here, so that runs without containers need not wait for the engine's client.
    const { connectEngine } = await import("./connect-engine.ts");
    return { ok: true, version: await connectEngine({ deadlineMs: patienceMs }).version() };
  } catch (error) {
    return {
      ok: false,
      reason:
        error instanceof EnvironmentError && error.code === "engine-stalled"
          ? `the engine did not answer within ${patienceMs} ms`
          : error instanceof Error
            ? ((error.cause as Error | undefined)?.message ?? error.message)
            : String(error),
    };
  }
};
