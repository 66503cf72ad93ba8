/** Kinds of fault from a configuration: one shell command begins the fault, another ends it. */
import { commands, draw, type Effect, type FaultKind } from "../../generators/index.ts";

/** An effect of a fault of two shell commands on its node. */
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
  /** The name of the kind: lower-case letters, digits and dashes. */
  readonly kind: string;
  /** One sentence for reports that says what the fault does. */
  readonly meaning?: string;
  /**
   * The shell commands that begin and end the fault. They run on this machine in the configuration file's folder.
   * QUORATE_NODE is the name of the affected node, and QUORATE_INDEX is its number, counted from 0. Clients reach the
   * node at QUORATE_HOST and QUORATE_PORT.
   */
  readonly begin: string;
  readonly end: string;
  /**
   * The effects on the affected node, which decide what stays promised. With `unknown`, nearly nothing is promised.
   * With `[]`, the store must keep all its promises during the fault.
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
 * cannot reach the nodes of other platforms.
 *
 * @param own The commands that begin and end the fault, and its effects.
 * @param folder The folder in which the commands run.
 * @returns A kind like the built-in ones. A configuration lists the kind in `faultKinds`. Other callers pass it to
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
    meaning:
      own.meaning ?? `Runs \`${begin}\` to begin the fault, and \`${end}\` to end the fault.`,
    schema: {
      type: "object",
      properties: { kind: { const: kind }, node: { type: "integer", minimum: 0, maximum: 999 } },
      required: ["kind", "node"],
      additionalProperties: false,
    },
    ports: [commands],
    example: { kind, node: 0 },
    draw: (_, { aim }) => ({ kind, node: aim }),
    say: ({ node }, nameOf) => `${kind} at ${nameOf(node)}`,
    nodesOf: ({ node }) => [node],
    partsOf: () => 1,
    narrow: () => null,
    withoutNode: (fault, gone) =>
      fault.node === gone ? null : { kind, node: fault.node > gone ? fault.node - 1 : fault.node },
    wants: ({ node }, { nameOf }) => [
      commands.want(`${kind} ${nameOf(node)}`, { node: nameOf(node), begin, end, folder }),
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
