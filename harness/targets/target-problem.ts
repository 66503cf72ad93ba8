/** Checks whether a value has the most important members of a target. */

/**
 * Returns which of a target's most important members the value lacks, or that the value is no object, as the end of a
 * sentence. Returns null if it lacks none of them.
 */
export function targetProblem(target: unknown): string | null {
  if (typeof target !== "object" || target === null) return `it exports ${typeof target}`;
  const needed = {
    name: "string",
    version: "string",
    parseSettings: "function",
    facts: "function",
    promises: "function",
    capabilities: "function",
    describe: "function",
    finalPhase: "function",
  } as const;
  const wrong = Object.entries(needed).filter(
    ([name, type]) => typeof (target as Record<string, unknown>)[name] !== type,
  );
  return wrong.length === 0
    ? null
    : `it lacks ${wrong.map(([name, type]) => `${name} (a ${type})`).join(", ")}`;
}
