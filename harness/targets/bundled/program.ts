/** The node's program, bundled from the store's sources, so that a container needs only Node.js. */
import { join } from "node:path";
import { build } from "esbuild";
import { packageRoot } from "../../paths.ts";

let bundled: Promise<Buffer> | undefined;

const bundle = async (): Promise<Buffer> => {
  const result = await build({
    entryPoints: [join(packageRoot, "store/real/main.ts")],
    bundle: true,
    write: false,
    platform: "node",
    // CommonJS, since ws and ajv call require() for Node's own modules.
    format: "cjs",
    target: "node20",
    // Optional native parts of ws, which has JavaScript versions of both.
    external: ["bufferutil", "utf-8-validate"],
    logLevel: "silent",
  });
  const file = result.outputFiles[0];
  if (file === undefined) throw new Error("esbuild wrote no file");
  return Buffer.from(file.contents);
};

/** One CommonJS file that runs a node of the store. Bundled once in each process. */
export const nodeProgram = (): Promise<Buffer> => {
  bundled ??= bundle();
  return bundled;
};
