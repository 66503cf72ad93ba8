/** Tests that docs/check.md names all formats and models, and that its example can be read. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { foreignModelNames, foreignModels, formatNames } from "../../../checkers/index.ts";
import { judged } from "./support.ts";

const page = readFileSync("docs/check.md", "utf8");

describe("docs/check.md", () => {
  test("names every model, with its guarantees", () => {
    const rows = page.split("\n").filter((row) => row.startsWith("| `"));
    for (const name of foreignModelNames) {
      const row = rows.find((one) => one.includes(`\`${name}\``));
      expect(row, name).toBeDefined();
      const isTransactional = name === "list-append" || name === "rw-register";
      for (const guarantee of foreignModels[name].guarantees)
        if (!isTransactional || !guarantee.startsWith("strong-"))
          expect(row, name).toContain(`\`${guarantee}\``);
    }
  });

  test("has an example of each language's history that is read and valid", () => {
    const [, json = ""] = /```json\n(.*?)```/s.exec(page) ?? [];
    expect(judged(json)).toMatchObject({ verdict: "valid", judged: 2, model: "register" });
  });

  test("names every format", () => {
    const formats = page.slice(page.indexOf("## Formats"), page.indexOf("## How to get"));
    for (const name of [
      "EDN operations",
      "`jepsen.log`",
      "`history.txt`",
      "JSON operations",
      "Porcupine's operations",
      "etcd's robustness",
      "test.jepsen",
    ])
      expect(formats).toContain(name);
    expect(Object.keys(formatNames)).toHaveLength(7);
  });
});
