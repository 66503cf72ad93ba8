import { describe, expect, it } from "vitest";
import {
  parseEvidence,
  wholeOutput,
} from "../../../../harness/targets/bundled/recorded-evidence.ts";

const boot = (number: number): string =>
  JSON.stringify({ e: "boot", atUs: number, node: "n1", boot: number, seq: 0, phase: "start" });

describe("evidence files", () => {
  it("of several boots are read, whole", () => {
    expect(parseEvidence(`${boot(1)}\n\n${boot(2)}\n\n`)).toMatchObject([{ boot: 1 }, { boot: 2 }]);
  });

  it("lose the line that a kill cut off, and nothing of the next boot", () => {
    expect(parseEvidence(`${boot(1)}\n{"e":"sync","atUs":17,"no\n${boot(2)}\n\n`)).toMatchObject([
      { boot: 1 },
      { boot: 2 },
    ]);
  });

  it("hold frames as they were, and tell what they say", () => {
    const frame =
      '["sent","n2","n1",1,3,5999,2,{"type":"replica-get","id":32,"trace":7,"key":"k"}]';
    expect(parseEvidence(frame)).toEqual([
      {
        e: "sent",
        atUs: 3_000_005,
        node: "n1",
        boot: 1,
        seq: 2,
        peer: "n2",
        frame: "replica-read",
        trace: 7,
        request: 32,
        key: "k",
      },
    ]);
  });

  it("tell of what a node sent itself that it was sent and received", () => {
    const frame =
      '["passed","n1","n1",1,3,5999,2,{"type":"replica-stored","id":32,"trace":7,"key":"k"}]';
    const said = {
      atUs: 3_000_005,
      node: "n1",
      boot: 1,
      peer: "n1",
      frame: "replica-write-ok",
      trace: 7,
      request: 32,
      key: "k",
    };
    expect(parseEvidence(frame)).toEqual([
      { e: "sent", seq: 2, ...said },
      { e: "received", seq: 3, ...said },
    ]);
  });

  it("may be empty: evidence is off, or a node was never started", () => {
    expect(parseEvidence("\n")).toEqual([]);
  });

  it("are refused where the engine gave a part of them only", () => {
    const whole = `${boot(1)}\n\n# end of evidence\n`;
    expect(parseEvidence(wholeOutput(whole))).toMatchObject([{ boot: 1 }]);
    expect(parseEvidence(wholeOutput("# end of evidence\n"))).toEqual([]);
    for (let length = 0; length < whole.length; length++)
      expect(() => wholeOutput(whole.slice(0, length))).toThrow("evidence-cut-off");
  });
});
