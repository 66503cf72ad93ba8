/**
 * Writes the JSON Schemas of the files whose shape is a TypeScript type: verdict.json, campaign.json, hunt.json and
 * replay.json. The comments of the types become descriptions. With `--check`, writes nothing, and fails if a schema is
 * not up to date.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { format } from "prettier";
import { createGenerator } from "ts-json-schema-generator";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "../..");
const files = {
  verdict: { path: "checkers/language/verdict.ts", type: "Verdict" },
  campaign: { path: "reports/campaign.ts", type: "Campaign" },
  hunt: { path: "reports/hunt.ts", type: "HuntReport" },
  replay: { path: "reports/replay.ts", type: "ReplayReport" },
};

for (const [name, { path, type }] of Object.entries(files)) {
  const generator = createGenerator({
    path: join(root, path),
    tsconfig: join(here, "tsconfig.json"),
    type,
    skipTypeCheck: true,
    topRef: false,
  });
  const schema = { ...generator.createSchema(type), title: `${name}.json` };
  const text = await format(JSON.stringify(schema), { parser: "json", printWidth: 100 });
  const file = join(root, "schemas", `${name}.schema.json`);
  if (!process.argv.includes("--check")) writeFileSync(file, text);
  else if (readFileSync(file, "utf8") !== text) {
    process.stderr.write(`${file} is not up to date: run npm run schemas\n`);
    process.exitCode = 1;
  }
}
