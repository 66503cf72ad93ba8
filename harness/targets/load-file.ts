/** Loads a target from a TypeScript or JavaScript file: its default export, or that export's `target`. */
import { resolve } from "node:path";
import { loadConfigModule } from "../config/load-module.ts";
import { UsageError } from "../errors.ts";
import type { Target } from "./target.ts";

/** @throws UsageError for a file that cannot be loaded, or exports no target. */
export async function loadTargetFile(path: string): Promise<Target> {
  const file = resolve(path);
  const exported = await loadConfigModule(file);
  const target =
    typeof exported === "object" && exported !== null && "target" in exported
      ? exported.target
      : exported;
  const problem = problemOf(target);
  if (problem === null) return { ...(target as Target), file };
  throw refused(
    "no-target-exported",
    "a file whose default export is a target",
    `${path}: ${problem}`,
  );
}

function problemOf(target: unknown): string | null {
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

const refused = (code: string, expected: string, got: string): UsageError =>
  new UsageError({
    code,
    expected,
    got,
    hint: "See harness/targets/template for one that works.",
  });
