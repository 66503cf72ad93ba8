/** The node's program, bundled from the store's sources, so that a container needs only Node.js. */
import { join } from "node:path";
import { packageRoot } from "../../paths.ts";

let bundled: Promise<Buffer> | undefined;

const bundle = async (): Promise<Buffer> => {
  // esbuild takes a tenth of a second to start, so it is loaded only if needed.
  const { build } = await import("esbuild");
  const result = await build({
    entryPoints: [join(packageRoot, "store/real/main.ts")],
    bundle: true,
    write: false,
    platform: "node",
    // The format is CommonJS, since ws and ajv call require() for Node's own modules.
    format: "cjs",
    target: "node20",
    // These are optional native parts of ws, which contains JavaScript versions of both.
    external: ["bufferutil", "utf-8-validate"],
    logLevel: "silent",
  });
  const file = result.outputFiles[0];
  if (file === undefined) throw new Error("esbuild wrote no file");
  return Buffer.from(file.contents);
};

/** Returns one CommonJS file that runs a node of the store. Each process bundles this file only once. */
export const nodeProgram = (): Promise<Buffer> => {
  bundled ??= bundle();
  return bundled;
};
