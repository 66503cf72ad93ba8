/// <reference lib="dom" />
/** Describes the thing under the pointer, or the selected thing. It writes text only, never markup. */
import type { Trace, TraceOwner } from "../trace/trace-shape.ts";
import type { Format } from "./format.ts";
import type { Hit } from "./layout.ts";

export type Facts = {
  readonly title: string;
  readonly rows: readonly (readonly [name: string, value: string])[];
};

export interface Details {
  facts(hit: Hit): Facts;
  /** Replaces the content of the element by the facts. */
  write(element: HTMLElement, facts: Facts): void;
}

const keysAtMost = 12;

export function createDetails(trace: Trace, format: Format): Details {
  const outcomes = {
    ok: "✓ ok",
    fail: "✕ fail: the operation did not take effect and never will",
    info: "? info: nobody knows whether the operation took effect; it may still do so later",
    open: "… still open when the history ends",
  };
  const optional = (
    name: string,
    value: string | undefined,
  ): readonly (readonly [string, string])[] => (value === undefined ? [] : [[name, value]]);

  const keysOfOwners = [...new Set((trace.owners ?? []).map(({ key }) => key))].slice(
    0,
    keysAtMost,
  );

  /**
   * The owners of a key at a time, for example "n1, n2, n3; writes go to n6 too". Undefined if the trace does not have
   * them, for example since membership never changed.
   */
  function ownersAt(key: string, atUs: number): string | undefined {
    const own = trace.owners?.filter(
      (owner) => owner.key === key && owner.fromUs <= atUs && atUs < owner.toUs,
    );
    if (own === undefined || own.length === 0) return undefined;
    const of = (role: TraceOwner["role"]): string =>
      own.flatMap(({ node, role: its }) => (its === role ? [node] : [])).join(", ");
    return `${of("owner")}${of("writes") === "" ? "" : `; writes go to ${of("writes")} too`}`;
  }

  function facts(hit: Hit): Facts {
    switch (hit.kind) {
      case "operation": {
        const { operation } = hit;
        const { endUs, startUs } = operation;
        const named = trace.anomalies.filter((anomaly) =>
          anomaly.operations.includes(operation.op),
        );
        return {
          title: `#${operation.op} ${format.operation(operation)}`,
          rows: [
            ["outcome", outcomes[operation.outcome]],
            ...optional(
              "error",
              operation.code === undefined
                ? undefined
                : `${operation.code}${operation.message === undefined ? "" : `: ${operation.message}`}`,
            ),
            ["client", `${operation.client}, process ${operation.process}`],
            ["coordinator", operation.node],
            ["key", operation.key],
            ...optional("owners then", ownersAt(operation.key, startUs)),
            ...optional(
              "value",
              operation.f === "write" ? format.value(operation.value ?? "") : undefined,
            ),
            ...optional("quorum asked", operation.quorum),
            ["invocation", format.time(startUs, 1)],
            [
              "completion",
              endUs === undefined
                ? "none"
                : `${format.time(endUs, 1)} (after ${format.time(endUs - startUs, 1)})`,
            ],
            ...optional(
              operation.f === "read" ? "returned" : "version",
              operation.versions &&
                (operation.versions
                  .map(({ version, value }) =>
                    operation.f === "read"
                      ? `${format.value(value)} at version ${version}`
                      : version,
                  )
                  .join("; ") ||
                  "not found"),
            ),
            ...optional(
              "context of",
              operation.contextOf === undefined ? undefined : `#${operation.contextOf}`,
            ),
            ...optional(
              "replicas that answered",
              operation.replies
                ?.map(
                  ({ node, atUs }) =>
                    `${node} at ${format.time(atUs, 1)}${endUs !== undefined && atUs > endUs ? " (after the completion)" : ""}`,
                )
                .join(", "),
            ),
            ...named.map(
              (anomaly) =>
                [
                  anomaly.promised ? "⚑ broken promise" : "⚐ observed",
                  `${anomaly.guarantee}: ${anomaly.explanation}`,
                ] as const,
            ),
          ],
        };
      }
      case "message": {
        const { message } = hit;
        return {
          title: `${message.from} → ${message.to}: ${message.label}`,
          rows: [
            ["sent", format.time(message.sentUs, 1)],
            [
              "arrived",
              message.receivedUs === undefined
                ? "✕ the evidence does not show that it arrived"
                : `${format.time(message.receivedUs, 1)} (after ${format.time(message.receivedUs - message.sentUs, 1)})`,
            ],
            ...optional("the network", message.fate),
            ...optional("operation", message.op === undefined ? undefined : `#${message.op}`),
          ],
        };
      }
      case "fault":
        return {
          title: hit.fault.label,
          rows: [
            [
              "from",
              `${format.time(hit.fault.fromUs)} (in force from ${format.time(hit.fault.fullFromUs)})`,
            ],
            [
              "to",
              `${format.time(hit.fault.toUs)} (healing from ${format.time(hit.fault.fullToUs)})`,
            ],
            ["nodes", hit.fault.nodes.join(", ")],
          ],
        };
      case "ring":
        return {
          title: `ring ${hit.ring.version}${hit.ring.under === undefined ? "" : `: ${hit.ring.under}`}`,
          rows: [
            [
              "from",
              `${format.time(hit.ring.fromUs, 1)} (the first node), ${format.time(hit.ring.everyUs, 1)} (the last)`,
            ],
            ["members", hit.ring.members.join(", ")],
            ...keysOfOwners.map(
              (key) => [`owners of ${key}`, ownersAt(key, hit.ring.fromUs) ?? ""] as const,
            ),
          ],
        };
      case "sync":
        return {
          title: `◆ ${hit.sync.node} synced its log`,
          rows: [
            ["at", format.time(hit.sync.atUs, 1)],
            ["durable from here", hit.sync.what],
          ],
        };
      case "boot":
        return {
          title: hit.boot === 0 ? hit.node : `${hit.node}, boot ${hit.boot}`,
          rows: [
            ["ran from", format.time(hit.fromUs, 1)],
            ["to", format.time(hit.toUs, 1)],
          ],
        };
    }
  }

  function write(element: HTMLElement, { title, rows }: Facts): void {
    const heading = document.createElement("strong");
    heading.textContent = title;
    const list = document.createElement("dl");
    for (const [name, value] of rows) {
      const term = document.createElement("dt");
      const description = document.createElement("dd");
      term.textContent = name;
      description.textContent = value;
      list.append(term, description);
    }
    element.replaceChildren(heading, list);
  }

  return { facts, write };
}
