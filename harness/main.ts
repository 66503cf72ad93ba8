#!/usr/bin/env node
import process from "node:process";

/**
 * Everything else is imported here: if a static import failed, the process would end with status 1, which means a
 * broken promise.
 */
const program = await import("./cli/program.ts").catch((error: unknown) => {
  const why = error instanceof Error ? error.message : String(error);
  process.stderr.write(`quorate: its own files could not be read: ${why}\n`);
  process.exitCode = 70;
});
await program?.main(process.argv);
