/** Kinds of fault from a configuration: one shell command begins the fault, another ends it. */
import { commands, draw, type Effect, type FaultKind, nodeName } from "../../generators/index.ts";

/** The effect of such a fault on its node. */
export type NamedEffect =
  | "apart"
  | "clients-apart"
  | "clock-off"
  | "data-lost"
  | "node-down"
  | "node-slow"
  | "synced-data-lost"
  | "syncs-slow"
  | "unknown"
  | "writes-refused";

/** A kind of fault made of two shell commands. */
export interface CommandFault {
  /** Lower-case letters, digits and dashes. */
  readonly kind: string;
  /** One sentence for reports that says what the fault does. */
  readonly meaning?: string;
  /**
   * Shell commands that run on this machine in the configuration file's folder. QUORATE_NODE is the node's name,
   * QUORATE_INDEX its number from 0 on, QUORATE_HOST and QUORATE_PORT where clients reach it.
   */
  readonly begin: string;
  readonly end: string;
  /**
   * The effects on that node, from which promises follow. `unknown`: nearly nothing is promised. []: a fault that the
   * store must not notice.
   */
  readonly effects: readonly NamedEffect[];
}

export const namedEffects: readonly NamedEffect[] = [
  "apart",
  "clients-apart",
  "clock-off",
  "data-lost",
  "node-down",
  "node-slow",
  "synced-data-lost",
  "syncs-slow",
  "unknown",
  "writes-refused",
];

/**
 * Makes a kind of fault of two shell commands. Only the platforms `docker` and `external` can run it, since commands
 * cannot reach the nodes of the others.
 *
 * @param own The commands that begin and end the fault, and its effects.
 * @param folder Where the commands run.
 * @returns A kind like the built-in ones. A configuration lists it in `faultKinds`, other callers pass it to
 *   `kindsWith`.
 * @example
 * const unplug = commandFault(
 *   { kind: "unplug", begin: "./unplug.sh on", end: "./unplug.sh off", effects: ["clients-apart"] },
 *   import.meta.dirname,
 * );
 */
export function commandFault(
  own: CommandFault,
  folder: string,
): FaultKind<{ readonly kind: string; readonly node: number }> {
  const { kind, begin, end, effects } = own;
  return {
    kind,
    meaning: own.meaning ?? `Runs \`${begin}\`, and \`${end}\` to end it.`,
    schema: {
      type: "object",
      properties: { kind: { const: kind }, node: { type: "integer", minimum: 0, maximum: 999 } },
      required: ["kind", "node"],
      additionalProperties: false,
    },
    ports: [commands],
    example: { kind, node: 0 },
    draw: (_, { aim }) => ({ kind, node: aim }),
    say: ({ node }) => `${kind} at ${nodeName(node)}`,
    nodesOf: ({ node }) => [node],
    partsOf: () => 1,
    narrow: () => null,
    withoutNode: (fault, gone) =>
      fault.node === gone ? null : { kind, node: fault.node > gone ? fault.node - 1 : fault.node },
    wants: ({ node }) => [
      commands.want(`${kind} ${nodeName(node)}`, { node: nodeName(node), begin, end, folder }),
    ],
    effects: ({ node }, { nodes }) => effects.flatMap((effect) => effectsOf(effect, node, nodes)),
  };
}

function effectsOf(effect: NamedEffect, node: number, nodes: number): readonly Effect[] {
  switch (effect) {
    case "apart":
      return draw
        .range(nodes)
        .filter((other) => other !== node)
        .flatMap((other) => [
          { effect, from: node, to: other },
          { effect, from: other, to: node },
        ]);
    case "data-lost":
      return [{ effect, node, synced: false }];
    case "synced-data-lost":
      return [{ effect: "data-lost", node, synced: true }];
    case "unknown":
      return [{ effect }];
    case "clients-apart":
    case "clock-off":
    case "node-down":
    case "node-slow":
    case "syncs-slow":
    case "writes-refused":
      return [{ effect, node }];
  }
}
