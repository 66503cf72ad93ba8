/**
 * Whether tests in containers run, which is so if an engine answers. Without one they are skipped with name and reason.
 * With CI=true they run and fail.
 */
import { available } from "../../harness/platforms/docker/index.ts";

const engine = await available();
const isCi = process.env["CI"] === "true";

/** `skip` is for skipIf. `reason` ends the test's name: empty, or why it is skipped. */
export const docker: { readonly skip: boolean; readonly reason: string } = {
  skip: !engine.ok && !isCi,
  reason: engine.ok ? "" : ` (no Docker engine: ${engine.reason})`,
};
