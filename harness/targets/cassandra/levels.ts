/** The consistency levels that a plan's operations use. */
import type { Random } from "fast-check";
import { draw, type Levels, type TargetLevels } from "../../../generators/index.ts";
import { consistency } from "./node-client.ts";
import { readLevels, writeLevels } from "./settings.ts";

const { pick } = draw;

const drawn = (random: Random, f: string): Levels => ({
  consistency:
    f === "read"
      ? pick(random, ["ONE", "TWO", "QUORUM", "ALL"])
      : pick(random, ["ONE", "TWO", "QUORUM", "ALL"]),
});

export const cassandraLevels: TargetLevels = {
  schema: {
    type: "object",
    properties: { consistency: { enum: Object.keys(consistency) } },
    additionalProperties: false,
  },
  drawStyle: () => null,
  draw: (random, _, f) => drawn(random, f),
  problem: (levels, f) => {
    const possible: readonly string[] = f === "read" ? readLevels : writeLevels;
    const { consistency: level } = levels;
    return level === undefined || possible.includes(String(level))
      ? null
      : {
          name: "consistency",
          expected: `a level for a ${f}: ${possible.join(", ")}`,
          hint: "Name one of these levels.",
        };
  },
  say: ({ consistency: level }) => String(level),
};
