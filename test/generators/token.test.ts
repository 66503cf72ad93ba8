import * as fc from "fast-check";
import { deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { PlanError, isToken, planArbitrary, readToken, toToken } from "../../generators/index.ts";
import { parse, siblings, smallPlan } from "./support.ts";

function codeOf(text: string): string {
  try {
    parse(readToken(text));
  } catch (error) {
    if (error instanceof PlanError) return error.code;
    throw error;
  }
  return "accepted";
}

describe("a token", () => {
  it("brings back the plan, whichever it is", () => {
    fc.assert(
      fc.property(planArbitrary(siblings), (plan) => {
        expect(toToken(plan)).toMatch(/^quorate:v2:[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{6}$/);
        expect(parse(readToken(toToken(plan)))).toEqual(plan);
      }),
      { numRuns: 50, seed: 4 },
    );
  });

  it("may be pasted with white space around it", () => {
    expect(parse(readToken(`  ${toToken(smallPlan)}\n`))).toEqual(smallPlan);
  });

  it("is told from a path", () => {
    expect([isToken(toToken(smallPlan)), isToken("runs/1/plan.json")]).toEqual([true, false]);
  });

  it("is refused when it is something else, cut, changed, or no plan", () => {
    const token = toToken(smallPlan);
    const of = (value: unknown) =>
      `quorate:v2:${deflateRawSync(JSON.stringify(value)).toString("base64url")}`;
    expect(codeOf("sim:v2:abc")).toBe("token-format");
    expect(codeOf("quorate:v2:")).toBe("token-format");
    expect(codeOf(`${token.slice(0, 40)} ${token.slice(40)}`)).toBe("token-format");
    expect(codeOf(token.slice(0, -20))).toBe("token-damaged");
    expect(codeOf(`quorate:v2:AAAA${token.slice(15)}`)).toBe("token-mistyped");
    expect(codeOf(of({ ...smallPlan, speed: 1 }))).toBe("plan-unknown-field");
  });

  it("with one wrong letter says so", () => {
    const token = toToken(smallPlan);
    const { length: start } = "quorate:v2:";
    fc.assert(
      fc.property(fc.integer({ min: start, max: token.length - 1 }), (at) => {
        fc.pre(token[at] !== "." && token[at] !== "A");
        expect(codeOf(`${token.slice(0, at)}A${token.slice(at + 1)}`)).toBe("token-mistyped");
      }),
    );
  });

  it("without a checksum, as earlier versions made it, is read too", () => {
    const [body = ""] = toToken(smallPlan).split(".");
    expect(parse(readToken(body))).toEqual(smallPlan);
  });

  it("of the format /1 is read as a plan of the bundled store", () => {
    const { target: _, workload: __, ...rest } = smallPlan;
    const old = {
      ...rest,
      format: "quorate-plan/1",
      operations: rest.operations.map(({ levels, ...operation }) => ({ ...operation, ...levels })),
    };
    const token = `sim:v1:${deflateRawSync(JSON.stringify(old)).toString("base64url")}`;
    expect(isToken(token)).toBe(true);
    expect(parse(readToken(token))).toEqual({
      ...smallPlan,
      target: { name: "bundled", version: "0.1.0" },
    });
  });

  it("cannot fill the memory", () => {
    const bomb = `sim:v1:${deflateRawSync(Buffer.alloc(80 << 20, " ")).toString("base64url")}`;
    expect(codeOf(bomb)).toBe("token-damaged");
  });
});
