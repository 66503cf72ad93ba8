/**
 * Tests that docs/reference and the schemas of plans and histories are as generated from the code, and that the
 * examples match the schemas. `npx vitest run test/docs/reference.test.ts -u` generates them again.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { format } from "prettier";
import { describe, expect, it } from "vitest";
import { builtInCheckers, judge, parseHistory } from "../../checkers/index.ts";
import { historyEventSchema } from "../../checkers/reading/event-shapes.ts";
import { builtInKinds, parsePlan } from "../../generators/index.ts";
import { planSchema } from "../../generators/schema.ts";
import { readCampaignFile, readHuntFile, readReplayFile } from "../../harness/campaign-file.ts";
import { createProgram } from "../../harness/cli/program.ts";
import { bundled } from "../../harness/targets/bundled/index.ts";
import { cliReference } from "./cli-reference.ts";
import { configurationReference, examples, formatReference } from "./format-reference.ts";
import { guaranteeReference } from "./guarantee-reference.ts";

const page = (markdown: string): Promise<string> =>
  format(markdown, { parser: "markdown", printWidth: 100 });
const pageFile = (name: string): string => `../../docs/reference/${name}.md`;

const schemaText = (schema: object): Promise<string> =>
  format(JSON.stringify({ $schema: "http://json-schema.org/draft-07/schema#", ...schema }), {
    parser: "json",
    printWidth: 100,
  });
const schemaFile = (name: string): string => `../../schemas/${name}.schema.json`;

const schemaOf = (name: string): object =>
  JSON.parse(readFileSync(`schemas/${name}.schema.json`, "utf8")) as object;
const exampleOf = (name: string): string => readFileSync(join(examples, name), "utf8");

describe("the schemas (those of reports are checked by npm run docs)", () => {
  it("of plans and histories are what the code checks with", async () => {
    const plan = {
      title: "plan.json of the bundled store",
      ...planSchema({ target: bundled, kinds: builtInKinds }),
    };
    const history = { title: "A line of history.jsonl", ...historyEventSchema() };
    await expect(await schemaText(plan)).toMatchFileSnapshot(schemaFile("plan"));
    await expect(await schemaText(history)).toMatchFileSnapshot(schemaFile("history"));
  });

  it.each(["plan", "verdict", "campaign", "replay", "hunt"])("fit the example %s.json", (name) => {
    const isValid = new Ajv({ strict: false }).compile(schemaOf(name));
    expect(isValid(JSON.parse(exampleOf(`${name}.json`))), JSON.stringify(isValid.errors)).toBe(
      true,
    );
  });

  it("fit each line of the example's history, and no line with a field more", () => {
    const isValid = new Ajv({ strict: false }).compile(schemaOf("history"));
    for (const line of exampleOf("history.jsonl").trimEnd().split("\n")) {
      const event = JSON.parse(line) as object;
      expect(isValid(event), line).toBe(true);
      expect(isValid({ ...event, more: 1 })).toBe(false);
    }
  });
});

describe("the examples", () => {
  it("are read by quorate, and the history is judged as its verdict says", () => {
    parsePlan(JSON.parse(exampleOf("plan.json")), bundled);
    const shown = JSON.parse(exampleOf("verdict.json")) as ReturnType<typeof judge>;
    const { verdict, guarantees } = judge(parseHistory(exampleOf("history.jsonl")));
    expect(verdict).toBe(shown.verdict);
    expect(guarantees).toMatchObject(shown.guarantees);
    expect(readCampaignFile(join(examples, "campaign.json"))).not.toHaveProperty("problem");
    expect(readReplayFile(join(examples, "replay.json"))).not.toHaveProperty("problem");
    expect(readHuntFile(join(examples, "hunt.json"))).not.toHaveProperty("problem");
  });
});

describe("the reference", () => {
  it("has every command and flag", async () => {
    await expect(await page(cliReference(await createProgram(undefined)))).toMatchFileSnapshot(
      pageFile("cli"),
    );
  });

  it("has every guarantee, with its predicate and source", async () => {
    expect(
      builtInCheckers.filter(
        ({ predicate, source }) => (predicate ?? "") === "" || (source ?? "") === "",
      ),
    ).toEqual([]);
    await expect(await page(guaranteeReference())).toMatchFileSnapshot(pageFile("guarantees"));
  });

  it("has every format with an example, and every field of the configuration", async () => {
    await expect(await page(formatReference())).toMatchFileSnapshot(pageFile("formats"));
    await expect(await page(configurationReference())).toMatchFileSnapshot(
      pageFile("configuration"),
    );
  });
});
