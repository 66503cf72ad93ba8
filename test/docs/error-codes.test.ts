/** Tests that the documents name the errors and exit statuses that a user may see. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { endings } from "../../harness/cli/signals.ts";

const text = (file: string): string => readFileSync(file, "utf8");

/** Strings with hyphens in the sources below that are no error of a node. */
const others = new Set(["not-sent"]);

it.each([
  "harness/platforms/messages/cluster.ts",
  "harness/platforms/process/machine.ts",
  "harness/platforms/process/world.ts",
  "harness/targets/maelstrom/clients.ts",
])("docs/maelstrom.md names each error code of %s", (file) => {
  const codes = [...text(file).matchAll(/"([a-z]+(?:-[a-z]+)+)"/g)].map(([, code]) => code ?? "");
  const documented = text("docs/maelstrom.md");
  expect(codes).not.toEqual([]);
  for (const code of codes) if (!others.has(code)) expect(documented).toContain(`\`${code}\``);
});

it("docs/commands.md names the exit status after each signal", () => {
  const documented = text("docs/commands.md");
  for (const status of Object.values(endings)) expect(documented).toContain(String(status));
});
