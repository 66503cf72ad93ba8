/** Generates docs/reference/guarantees.md from the registry of checkers. */
import { builtInCheckers } from "../../checkers/index.ts";

export const guaranteeReference = (): string =>
  [
    "# Guarantees",
    "",
    "Made from the registry of checkers (`checkers/built-in-checkers.ts`). A target says which of them it promises under which settings and",
    "faults; all others are observed. What a checker needs and a target does not show makes the guarantee not applicable.",
    "",
    ...builtInCheckers.flatMap(
      ({ name, meaning, predicate = "", source = "", needs, workloads }) => [
        `## ${name}`,
        "",
        `${meaning.slice(0, 1).toUpperCase()}${meaning.slice(1)}.`,
        "",
        `- **Judged**: ${predicate}`,
        `- **Source**: ${source}`,
        `- **Workloads**: ${workloads === "all" ? "all" : workloads.join(", ")}`,
        ...(needs.length === 0 ? [] : [`- **Needs**: ${needs.join(", ")}`]),
        "",
      ],
    ),
  ].join("\n");
