/** Generates the table of promises in store/README.md from promises(). */
import { defaultSettings } from "../../../../store/index.ts";
import { profileNames, profiles, promises } from "../../../../harness/targets/bundled/index.ts";
import type { StoreSettings } from "../../../../store/index.ts";

const begin =
  "<!-- promises: made by test/harness/targets/bundled/promises-table.test.ts; `npx vitest run -u` on it writes this again -->";
const end = "<!-- end of promises -->";

const settings: readonly (readonly [name: string, Partial<StoreSettings>])[] = [
  ["stamps from hybrid clocks (the default)", {}],
  ["… `stamps=wall`", { stamps: "wall" }],
  ["… `stamps=quorum`", { stamps: "quorum" }],
  ["… `stamps=quorum readRepair=blocking`", { stamps: "quorum", readRepair: "blocking" }],
  ["… `r=1 w=1`: R + W ≤ N", { r: 1, w: 1 }],
  ["… `quorums=sloppy hints=true`", { quorums: "sloppy", hints: true }],
  ["… `antiEntropy=false readRepair=off`", { antiEntropy: false, readRepair: "off" }],
  ["… `sync=periodic`", { sync: "periodic" }],
  ["… `deletes=physical`, or a grace time that the faults outlast", { deletes: "physical" }],
  ["`versions=siblings`", { versions: "siblings" }],
  ["… `quorums=sloppy hints=true`", { versions: "siblings", quorums: "sloppy", hints: true }],
];

/** Replaces the table in `text` by a newly generated one. */
export function withTable(text: string): string {
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from)
    throw new Error(`expected the lines ${begin} and ${end}, in this order`);
  return `${text.slice(0, from + begin.length)}\n${table()}\n${text.slice(to)}`;
}

function table(): string {
  const always = of({}).filter((name) =>
    [
      ...settings.map(([, some]) => some),
      ...profileNames.map((name) => profiles[name].settings),
    ].every((some) => of(some).includes(name)),
  );
  const rows = [
    ...settings.map(([name, some]) => [name, some] as const),
    ...profileNames.map((name) => [`profile \`${name}\``, profiles[name].settings] as const),
  ];
  const lines = rows.map(
    ([name, some]) =>
      `| ${name} | ${of(some)
        .filter((guarantee) => !always.includes(guarantee))
        .join(", ")} |`,
  );
  return [
    `Always: ${always.join(", ")}. Besides, under partitions, kills and pauses, in runs of a minute at most:`,
    "",
    "| settings | promised |",
    "| --- | --- |",
    ...lines,
  ].join("\n");
}

/** The promises for a plan whose requests ask for no R or W of their own. */
function of(some: Partial<StoreSettings>): readonly string[] {
  return promises(
    { ...defaultSettings, ...some },
    {
      workload: "register",
      requests: [{ f: "read" }, { f: "write" }, { f: "delete" }],
      effects: [],
      keys: ["k0"],
      longestRunMs: 60_000,
    },
  ).guarantees;
}
