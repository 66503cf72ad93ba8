import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { withTable } from "./promises-table.ts";

const readme = fileURLToPath(new URL("../../store/README.md", import.meta.url));

test("the table of promises in store/README.md is what promises() says", async () => {
  await expect(withTable(readFileSync(readme, "utf8"))).toMatchFileSnapshot(readme);
});
