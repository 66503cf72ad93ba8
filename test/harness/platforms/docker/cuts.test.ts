import { describe, expect, it } from "vitest";
import {
  type Cut,
  cutRules,
  filterTable,
  lossRules,
} from "../../../../harness/platforms/docker/cuts.ts";
import type { ImpairedLink } from "../../../../harness/platforms/docker/shaping.ts";

const addresses = new Map([
  ["n1", "10.0.0.1"],
  ["n2", "10.0.0.2"],
  ["n3", "10.0.0.3"],
]);
/** The packet filter of a node with these cuts and these link impairments. */
function tableOf(node: string, cuts: readonly Cut[], links: readonly ImpairedLink[] = []): string {
  const addressOf = (name: string): string => {
    const address = addresses.get(name);
    if (address === undefined) throw new Error(`no ${name}`);
    return address;
  };
  const place = { node, addressOf, clientPort: 7200 };
  return filterTable([...cutRules(cuts)(place), ...lossRules(links)(place)]);
}

const rules = (table: string): string[] =>
  table.split("\n").filter((line) => line.startsWith("-A"));

describe("filter tables", () => {
  it("drop at the receiver, by the sender's address, one way only", () => {
    const cuts = [
      ["n1", "n2"],
      ["n3", "n2"],
    ] as const;
    expect(rules(tableOf("n2", cuts))).toEqual([
      "-A INPUT -s 10.0.0.1 -j DROP",
      "-A INPUT -s 10.0.0.3 -j DROP",
    ]);
    expect(rules(tableOf("n1", cuts))).toEqual([]);
  });

  it("are the same for the same cuts in any order, so that what holds is left alone", () => {
    const one = tableOf("n2", [
      ["n1", "n2"],
      ["n3", "n2"],
      ["n1", "n2"],
    ]);
    expect(
      tableOf("n2", [
        ["n3", "n2"],
        ["n1", "n2"],
      ]),
    ).toBe(one);
  });

  it("lose by chance at the receiver, after what is cut", () => {
    expect(
      rules(
        tableOf(
          "n2",
          [["n3", "n2"]],
          [
            ["n1", "n2", { lossPercent: 7 }],
            ["n2", "n1", { lossPercent: 50 }],
            ["n3", "n2", { delayMs: 5 }],
          ],
        ),
      ),
    ).toEqual([
      "-A INPUT -s 10.0.0.3 -j DROP",
      "-A INPUT -s 10.0.0.1 -m statistic --mode random --probability 0.07 -j DROP",
    ]);
  });

  it("drop what clients send, what they are sent, or both, by their port, where peers do not reach it", () => {
    expect(
      rules(
        tableOf("n1", [
          ["clients", "n1"],
          ["n2", "clients"],
        ]),
      ),
    ).toEqual(["-A INPUT ! -i lo -p tcp --dport 7200 ! -d 10.0.0.1 -j DROP"]);
    expect(
      rules(
        tableOf("n2", [
          ["clients", "n1"],
          ["n2", "clients"],
        ]),
      ),
    ).toEqual(["-A OUTPUT ! -o lo -p tcp --sport 7200 ! -s 10.0.0.2 -j DROP"]);
  });

  it("refuse a node that does not exist", () => {
    expect(() => tableOf("n2", [["n9", "n2"]])).toThrow("n9");
  });
});
