/** Tests that configurations are checked with the schema that is published. */
import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { format } from "prettier";
import { describe, expect, it } from "vitest";
import { configSchema } from "../../../harness/config/config-schema.ts";

describe("schemas/config.schema.json", () => {
  it("is what the code checks with", async () => {
    // vitest -u writes it again.
    const text = await format(JSON.stringify(configSchema), { parser: "json", printWidth: 100 });
    await expect(text).toMatchFileSnapshot("../../../schemas/config.schema.json");
  });

  it("takes a target in words, and refuses a field that is unknown", () => {
    const published = JSON.parse(readFileSync("schemas/config.schema.json", "utf8")) as object;
    const isConfig = new Ajv({ strict: false }).compile(published);
    const target = {
      name: "mine",
      version: "1",
      promises: ["durable"],
      clientCommand: ["./client"],
      containers: { image: "host", port: 7000, node: { command: ["node", "x.mjs"] } },
    };
    expect(isConfig({ target, faults: ["kill"], seconds: 60 })).toBe(true);
    expect(isConfig({ target: "bundled", faults: "all" })).toBe(true);
    expect(isConfig({ target: { ...target, port: 7000 } })).toBe(false);
    expect(isConfig({ faults: "some" })).toBe(false);
  });
});
