/**
 * Ports: the ways in which faults change the world. A fault declares what it wants of a port, and each platform
 * implements the port.
 */
import type { Json } from "../plan.ts";

/** The order in which the nemesis sets ports. Links and limits must be in force before a node starts. */
export const stages = ["network", "machine", "process", "dead-disk"] as const;
/** When the nemesis sets a port. */
export type Stage = (typeof stages)[number];

/**
 * `network`, `machine` and `process` ports keep their state as long as a fault wants it. A `dead-disk` port acts once,
 * when its fault begins, on the disk of a node that the same fault has killed.
 */
export interface Port<Name extends string = string, Value = unknown> {
  readonly name: Name;
  readonly stage: Stage;
  /** The combined state if two faults want `a` and `b` for the same subject. */
  merge(a: Value, b: Value): Value;
  /** Creates a want of one fault for the subject. */
  want(subject: string, value: Value): Want;
}

/** What one fault wants of a port. `subject`: the name of a node or a link (`linkName`). */
export interface Want {
  readonly port: string;
  readonly subject: string;
  readonly value: unknown;
}

/**
 * Makes a port. Each platform needs an entry of that name to implement it.
 *
 * @param name Unique among ports.
 * @param stage When the nemesis sets it.
 * @param merge The combined state if two faults want `a` and `b` for the same subject.
 */
export function port<const Name extends string, Value extends Json | object>(
  name: Name,
  stage: Stage,
  merge: (a: Value, b: Value) => Value,
): Port<Name, Value> {
  return { name, stage, merge, want: (subject, value) => ({ port: name, subject, value }) };
}

/** The name for all clients as the end of a link. */
export const allClients = "clients";

/** The name of a directed link for ports. */
export const linkName = (from: string, to: string): string => `${from}>${to}`;

/** The ends of the link. */
export function linkEnds(name: string): readonly [from: string, to: string] {
  const [from = "", to = ""] = name.split(">");
  return [from, to];
}

/** Links that drop all packets, including those of clients. */
export const cuts = port("cuts", "network", (cut: true, _: true) => cut);

/** The state of a node's process that a fault wants. */
export type ProcessState = "killed" | "paused";

/** Processes that are killed or paused. `subject`: a node. */
export const process = port("process", "process", (a: ProcessState, b: ProcessState) =>
  a === "killed" ? a : b,
);

/** A fault that one shell command begins and another ends. */
export type ShellFault = {
  /** The name of the affected node. */
  readonly node: string;
  readonly begin: string;
  readonly end: string;
  /** The folder in which the commands run. */
  readonly folder: string;
};

/** Shell commands of a configuration's kinds of fault. `subject`: the kind and the node. */
export const commands = port(
  "commands",
  "machine",
  (command: ShellFault, _: ShellFault) => command,
);
