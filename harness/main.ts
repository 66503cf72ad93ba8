#!/usr/bin/env node
import process from "node:process";

/**
 * All else is loaded from here: an import that fails would end the process with status 1, which says that a promise was
 * broken.
 */
const program = await import("./cli/program.ts").catch((error: unknown) => {
  const why = error instanceof Error ? error.message : String(error);
  process.stderr.write(`quorate: its own files could not be read: ${why}\n`);
  process.exitCode = 70;
});
await program?.main(process.argv);
