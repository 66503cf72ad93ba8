// Bundles the command line, the library, an example, and the programs that measure and attack quorate into dist/. Does
// not bundle npm packages, except dockerode (tools/lean-dockerode.mjs). Also writes type declarations if the compiler
// is installed (`npm ci --omit=dev` does not install the compiler).
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, rmSync } from "node:fs";
import { build } from "esbuild";
import { bundledText } from "./tools/bundled-text.mjs";
import { dockerode, leanDockerode } from "./tools/lean-dockerode.mjs";

const entries = {
  quorate: "harness/main.ts",
  index: "harness/index.ts",
  checkers: "harness/judging.ts",
  vitest: "harness/suite/vitest.ts",
  node: "node/index.ts",
  "campaign-worker": "harness/campaign/worker.ts",
  attack: "test/attack/main.ts",
  bench: "test/bench/main.ts",
  "bench-search": "test/bench/search.ts",
  "mutation-store": "test/mutation/store/main.ts",
  "examples/textbook": "examples/run-textbook.ts",
};
rmSync("dist", { recursive: true, force: true });
await build(dockerode);
await build({
  entryPoints: Object.fromEntries(Object.entries(entries).filter(([, file]) => existsSync(file))),
  outdir: "dist",
  bundle: true,
  splitting: true,
  packages: "external",
  platform: "node",
  format: "esm",
  target: "node20",
  sourcemap: true,
  logLevel: "warning",
  plugins: [bundledText, leanDockerode],
});
if (existsSync("dist/quorate.js")) chmodSync("dist/quorate.js", 0o755);
const compiler = "node_modules/typescript/bin/tsc";
if (existsSync(compiler))
  execFileSync(process.execPath, [compiler, "-p", "tsconfig.types.json"], { stdio: "inherit" });
