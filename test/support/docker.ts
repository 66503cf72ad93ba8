/**
 * Decides whether tests in containers run. They do if an engine answers. Without one they are skipped, and the reason
 * is shown. With CI=true they run in any case, and fail without an engine.
 */
import { available } from "../../harness/platforms/docker/index.ts";

const engine = await available();
const isCi = process.env["CI"] === "true";

/** `skip` is for skipIf. `reason` is added to the name of a test: "" if an engine answers, or else why none does. */
export const docker: { readonly skip: boolean; readonly reason: string } = {
  skip: !engine.ok && !isCi,
  reason: engine.ok ? "" : ` (no Docker engine: ${engine.reason})`,
};
