/** Builds the site of the documents into dist/site. A warning fails the build, as a dead link does. */
import { fileURLToPath } from "node:url";
import { build } from "vitepress";

let warnings = 0;
for (const level of ["warn", "error"]) {
  const say = console[level].bind(console);
  console[level] = (...words) => {
    warnings++;
    say(...words);
  };
}
await build(fileURLToPath(new URL(".", import.meta.url)));
if (warnings > 0) {
  process.stderr.write(`the documents' site: ${warnings} warnings, see above\n`);
  process.exitCode = 1;
}
