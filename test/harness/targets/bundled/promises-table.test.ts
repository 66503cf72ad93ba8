import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { format } from "prettier";
import { expect, test } from "vitest";
import { withTable } from "./promises-table.ts";

const readme = fileURLToPath(new URL("../../../../store/README.md", import.meta.url));

test("the table of promises in store/README.md is what promises() says", async () => {
  const text = await format(withTable(readFileSync(readme, "utf8")), { parser: "markdown" });
  await expect(text).toMatchFileSnapshot(readme);
});
