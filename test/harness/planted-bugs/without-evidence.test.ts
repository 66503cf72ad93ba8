/** Clients and inspection alone show the planted bugs too, the Host's evidence not looked at. */
import { expect, test } from "vitest";
import { huntable, huntBug } from "../../../harness/hunt/index.ts";
import { huntOptions } from "./hunt-options.ts";

test.each(huntable(false))("%s is found without evidence", async (bug) => {
  // A bug whose guarantees need evidence may show to clients in one history of some hundreds.
  const row = await huntBug(bug, huntOptions({ evidence: false, max: 1000 }));
  expect(row).toMatchObject({ bug, found: true });
});
